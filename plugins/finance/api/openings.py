"""/api/v1/finance/openings"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from core.sdk import Context
from core.sdk.web import ApiBlueprint, api, json_answer
from plugins.finance import schemas_billing as schemas
from plugins.finance.answers_billing import OpeningAnswer
from plugins.finance.rules.opening import OpeningRow
from plugins.finance.services import opening

blueprint = ApiBlueprint("api-finance-openings", __name__, url_prefix="/finance", description="Opening balances")


@blueprint.route("/openings", methods=["POST"])
@blueprint.arguments(schemas.OpeningBody)
@blueprint.answers(201, OpeningAnswer)
@api("finance.opening.import")
def plan_opening(ctx: Context, body: dict[str, Any]) -> Response:
    """Plan opening balances: what confirming would do, line by line."""
    rows = [OpeningRow(place, r["code"], r["name"], "", r["amount"]) for place, r in enumerate(body["rows"], start=1)]
    made = opening.plan_opening(ctx, body["name"], body["as_of"], rows)
    return _opening(opening.opening(ctx, made), 201)


@blueprint.route("/openings/<uuid:batch_id>")
@blueprint.answers(200, OpeningAnswer)
@api("finance.opening.import")
def get_opening(ctx: Context, batch_id: UUID) -> Response:
    """A list of opening balances with its lines."""
    return _opening(opening.opening(ctx, batch_id))


def _opening(plan: opening.Plan, status: int = 200) -> Response:
    body: OpeningAnswer = {
        "id": plan.batch.id,
        "state": plan.batch.state,
        "money": plan.money,
        "owed": plan.owed,
        "faults": plan.faults,
        "round_id": plan.batch.round_id,
        "lines": list(plan.lines),
    }
    return json_answer(body, status)


@blueprint.route("/openings/<uuid:batch_id>/confirmation", methods=["POST"])
@blueprint.answers(200, OpeningAnswer)
@api("finance.opening.import")
def confirm_opening(ctx: Context, batch_id: UUID) -> Response:
    """Book the good lines."""
    opening.confirm_opening(ctx, batch_id)
    return _opening(opening.opening(ctx, batch_id))


@blueprint.route("/openings/<uuid:batch_id>/undoing", methods=["POST"])
@blueprint.arguments(schemas.WhyBody)
@blueprint.answers(200, OpeningAnswer)
@api("finance.opening.import")
def undo_opening(ctx: Context, body: dict[str, Any], batch_id: UUID) -> Response:
    """Take everything back while nothing of it was used."""
    opening.undo_opening(ctx, batch_id, body["reason"])
    return _opening(opening.opening(ctx, batch_id))
