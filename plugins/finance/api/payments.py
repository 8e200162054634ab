"""/api/v1/finance/bills/{id}/payments, /payments and the links of families"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from core.sdk import Context, access
from core.sdk.errors import Conflict
from core.sdk.ledger import Started, attempts
from core.sdk.payments import Order, Redirect
from core.sdk.web import ApiBlueprint, api, idempotent, json_answer, runtime
from plugins.finance import schemas
from plugins.finance.answers import PayLink, PaymentAnswer
from plugins.finance.services import baskets, bills
from plugins.finance.services.amounts import amounts_of, require_allowed
from plugins.finance.services.baskets import PayerInput
from plugins.finance.services.parts import parts_of

blueprint = ApiBlueprint(
    "api-finance-payments", __name__, url_prefix="/finance", description="Payments of bills, links of families"
)


@blueprint.route("/bills/<uuid:bill_id>/payments", methods=["POST"])
@blueprint.arguments(schemas.PaymentBody)
@blueprint.answers(201, PaymentAnswer)
@api("finance.bill.pay")
@idempotent
def start_payment(ctx: Context, body: dict[str, Any], bill_id: UUID) -> Response:
    """Begin to pay a bill, or a part that its agreement or the school allows; needs Idempotency-Key."""
    return _start(ctx, body, [bill_id], body["amount"])


@blueprint.route("/payments", methods=["POST"])
@blueprint.arguments(schemas.PaymentsBody)
@blueprint.answers(201, PaymentAnswer)
@api("finance.bill.pay")
@idempotent
def start_payments(ctx: Context, body: dict[str, Any]) -> Response:
    """Begin one payment for several bills, such as those of all children; needs Idempotency-Key."""
    return _start(ctx, body, body["bill_ids"])


def _start(ctx: Context, body: dict[str, Any], bill_ids: Sequence[UUID], amount: int | None = None) -> Response:
    charges: dict[UUID, int] = {}
    for bill_id in dict.fromkeys(bill_ids):
        found = bills.bill(ctx, bill_id)
        access.require_for(ctx, "finance.bill.pay", found.bill.person_id)
        if found.charge_id is None or found.bill.open <= 0:
            raise Conflict(bills.NOTHING_TO_PAY, code="nothing_owed")
        charges[found.charge_id] = found.bill.open
        if amount is not None:
            parts = parts_of(ctx, bill_id, found.bill.paid)
            require_allowed(amounts_of(ctx, parts, found.bill.open), amount)
    started = attempts.start(
        ctx,
        body["channel_id"],
        list(charges),
        key=f"api:{','.join(map(str, bill_ids))}:{request.headers['Idempotency-Key']}",
        amounts={} if amount is None else dict.fromkeys(charges, amount),
        return_url=body["return_url"],
        payer_ip=request.remote_addr or "127.0.0.1",
    )
    return json_answer(_answer(ctx, started, bill_ids), 201)


def _answer(ctx: Context, started: Started, bill_ids: Sequence[UUID]) -> PaymentAnswer:
    action = started.action
    answer: PaymentAnswer = {
        "id": started.id,
        "reference": started.reference,
        "amount": started.amount,
        "expires_at": started.expires_at,
    }
    if isinstance(action, Redirect):
        answer["redirect"] = action.url
    elif isinstance(action, Order):  # our page makes the order at the service and leads there
        token = baskets.share(ctx, bill_ids, PayerInput())
        path = url_for("finance_pay.basket_leave", door="for", token=token, reference=started.reference)
        answer["redirect"] = runtime().base_url + path
    else:
        answer["qr"] = action.qr_payload
    return answer


@blueprint.route("/pupils/<uuid:person_id>/family-link", methods=["POST"])
@blueprint.answers(201, PayLink)
@api("finance.bill.read")
def make_family_link(ctx: Context, person_id: UUID) -> Response:
    """A signed, expiring token for the page of a pupil's family: `/pay/family/{token}`."""
    body: PayLink = {"token": baskets.family_link(ctx, person_id)}
    return json_answer(body, 201)


@blueprint.route("/pupils/<uuid:person_id>/family-link", methods=["DELETE"])
@blueprint.answers(204)
@api("finance.bill.read")
def end_family_links(ctx: Context, person_id: UUID) -> Response:
    """End every link that was handed out for the pupil's family."""
    baskets.end_links(ctx, person_id)
    return Response(status=204)


@blueprint.route("/family-link", methods=["POST"])
@blueprint.answers(201, PayLink)
@api("finance.bill.read.own")
def make_own_link(ctx: Context) -> Response:
    """The same for all children of the signed-in guardian, at every school of the account."""
    body: PayLink = {"token": baskets.guardian_link(ctx)}
    return json_answer(body, 201)
