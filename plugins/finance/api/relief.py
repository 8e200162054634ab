"""/api/v1/finance/sibling-rules and /api/v1/finance/supports"""

from __future__ import annotations

from flask import Response

from core.sdk import Context
from core.sdk.web import ApiBlueprint, Created, api, json_answer, json_list
from plugins.finance import schemas_billing as schemas
from plugins.finance.answers_billing import RuleAnswer, SupportAnswer
from plugins.finance.services import sharing

blueprint = ApiBlueprint("api-finance-relief", __name__, url_prefix="/finance", description="Rules of reduction")


@blueprint.route("/sibling-rules")
@blueprint.answers(200, RuleAnswer, listed=True)
@api("finance.round.read")
def list_sibling_rules(ctx: Context) -> Response:
    """Reductions for several children of a family, also those that have ended."""
    return json_list(
        RuleAnswer(id=r.id, item_id=r.item_id, nth=r.nth, percent=r.percent, valid_from=r.valid_from,
                   valid_to=r.valid_to, legal_basis=r.legal_basis)
        for r in sharing.sibling_rules(ctx)
    )  # fmt: skip


@blueprint.route("/sibling-rules", methods=["POST"])
@blueprint.arguments(schemas.SiblingRuleBody)
@blueprint.answers(201, Created)
@api("finance.item.edit")
def add_sibling_rule(ctx: Context, body: sharing.SiblingInput) -> Response:
    """Enter a reduction from the n-th child of a family on."""
    return json_answer(Created(sharing.add_sibling_rule(ctx, body).id), 201)


@blueprint.route("/supports")
@blueprint.answers(200, SupportAnswer, listed=True)
@api("finance.round.read")
def list_supports(ctx: Context) -> Response:
    """What the state pays of tuition, also what has ended."""
    return json_list(
        SupportAnswer(id=r.id, item_id=r.item_id, grade_from=r.grade_from, grade_to=r.grade_to, amount=r.amount,
                      valid_from=r.valid_from, valid_to=r.valid_to, legal_basis=r.legal_basis)
        for r in sharing.supports(ctx)
    )  # fmt: skip


@blueprint.route("/supports", methods=["POST"])
@blueprint.arguments(schemas.SupportBody)
@blueprint.answers(201, Created)
@api("finance.item.edit")
def add_support(ctx: Context, body: sharing.SupportInput) -> Response:
    """Enter what the state pays of the tuition of a private school."""
    return json_answer(Created(sharing.add_support(ctx, body).id), 201)
