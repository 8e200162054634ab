"""/api/v1/finance/exemptions"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from core.sdk import Context
from core.sdk.web import ApiBlueprint, Created, api, json_answer, json_list
from plugins.finance import schemas
from plugins.finance.services import exemptions as services

exemptions = ApiBlueprint(
    "api-finance-exemptions", __name__, url_prefix="/finance/exemptions", description="Exemptions"
)


@exemptions.route("")
@exemptions.arguments(schemas.ExemptionQuery, location="query")
@exemptions.answers(200, services.ExemptionRow, listed=True)
@api("finance.exemption.read")
def list_exemptions(ctx: Context, query: dict[str, Any]) -> Response:
    """Exemptions by name."""
    return json_list(
        services.exemptions(
            ctx,
            person_id=query["person"],
            waiting=query["waiting"],
            limit=query["limit"],
        )
    )


@exemptions.route("", methods=["POST"])
@exemptions.arguments(schemas.ExemptionBody)
@exemptions.answers(201, Created)
@api("finance.exemption.edit")
def add_exemption(ctx: Context, body: services.ExemptionInput) -> Response:
    """Enter an exemption; it counts once another person has approved it."""
    return json_answer(Created(services.add_exemption(ctx, body).id), 201)


@exemptions.route("/<uuid:exemption_id>")
@exemptions.answers(200, services.ExemptionRow, listed=True)
@api("finance.exemption.read")
def get_exemption(ctx: Context, exemption_id: UUID) -> Response:
    """One exemption."""
    return json_list([services.exemption(ctx, exemption_id)])


@exemptions.route("/<uuid:exemption_id>/approval", methods=["POST"])
@exemptions.answers(204)
@api("finance.exemption.approve")
def approve_exemption(ctx: Context, exemption_id: UUID) -> tuple[str, int]:
    """Approve an exemption that somebody else has entered."""
    services.approve_exemption(ctx, exemption_id)
    return "", 204


@exemptions.route("/<uuid:exemption_id>/end", methods=["POST"])
@exemptions.arguments(schemas.EndBody)
@exemptions.answers(204)
@api("finance.exemption.edit")
def end_exemption(ctx: Context, body: dict[str, Any], exemption_id: UUID) -> tuple[str, int]:
    """Let an exemption end earlier."""
    services.end_exemption(ctx, exemption_id, body["valid_to"], body["reason"])
    return "", 204
