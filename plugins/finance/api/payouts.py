"""/api/v1/finance/balances, /payouts, and the parts of a bill"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from core.sdk import Context
from core.sdk.web import ApiBlueprint, Created, PageQuery, api, json_answer, json_list
from plugins.finance import schemas_billing as schemas
from plugins.finance.answers_billing import PartsAnswer
from plugins.finance.rules.parts import Part
from plugins.finance.services import bills, parts, payouts

blueprint = ApiBlueprint(
    "api-finance-payouts", __name__, url_prefix="/finance", description="Balances, payouts, bills in parts"
)


@blueprint.route("/balances")
@blueprint.answers(200, payouts.Holder, listed=True)
@api("finance.bill.read")
def list_holders(ctx: Context) -> Response:
    """Who has money at the school that nothing uses: those who have left first."""
    ctx.require("finance.bill.read")
    return json_list(payouts.holders(ctx))


@blueprint.route("/payouts")
@blueprint.arguments(PageQuery, location="query")
@blueprint.answers(200, payouts.PayoutRow, listed=True)
@api("payments.refund.request")
def list_payouts(ctx: Context, query: dict[str, Any]) -> Response:
    """Payouts, those that wait first."""
    return json_list(payouts.payouts(ctx, limit=query["limit"]))


@blueprint.route("/payouts", methods=["POST"])
@blueprint.arguments(schemas.PayoutBody)
@blueprint.answers(201, Created)
@api("payments.refund.request")
def request_payout(ctx: Context, body: dict[str, Any]) -> Response:
    """Ask for money to be given back; another person approves."""
    made = payouts.request_payout(
        ctx, body["person_id"], body["amount"], reason=body["reason"], to_whom=body["to_whom"]
    )
    return json_answer(Created(made), 201)


@blueprint.route("/payouts/<uuid:payout_id>/approval", methods=["POST"])
@blueprint.answers(200, Created)
@api("payments.refund.approve")
def approve_payout(ctx: Context, payout_id: UUID) -> Response:
    """The second person says yes."""
    payouts.approve_payout(ctx, payout_id)
    return json_answer(Created(payout_id))


@blueprint.route("/payouts/<uuid:payout_id>/payment", methods=["POST"])
@blueprint.arguments(schemas.PaidBody)
@blueprint.answers(200, Created)
@api("payments.refund.request")
def pay_payout(ctx: Context, body: dict[str, Any], payout_id: UUID) -> Response:
    """Note that the money has left."""
    payouts.mark_paid(ctx, payout_id, number=body["number"], bank=body["bank"])
    return json_answer(Created(payout_id))


@blueprint.route("/bills/<uuid:bill_id>/parts")
@blueprint.answers(200, PartsAnswer)
@api("finance.bill.read")
def get_parts(ctx: Context, bill_id: UUID) -> Response:
    """The parts that were agreed for a bill; empty without an agreement."""
    found = bills.bill(ctx, bill_id).bill
    return json_answer(PartsAnswer(parts=parts.parts_of(ctx, bill_id, found.paid)))


@blueprint.route("/bills/<uuid:bill_id>/parts", methods=["PUT"])
@blueprint.arguments(schemas.PartsBody)
@blueprint.answers(200, PartsAnswer)
@api("finance.bill.split")
def set_parts(ctx: Context, body: dict[str, Any], bill_id: UUID) -> Response:
    """Agree on parts; an empty list takes the agreement back."""
    agreed = [Part(part["due_on"], part["amount"]) for part in body["parts"]]
    if agreed:
        parts.split_bill(ctx, bill_id, agreed)
    else:
        parts.join_bill(ctx, bill_id)
    return json_answer(PartsAnswer(parts=parts.parts_of(ctx, bill_id, bills.bill(ctx, bill_id).bill.paid)))
