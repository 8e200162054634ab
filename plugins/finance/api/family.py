"""/api/v1/finance/shares, /bills/{id}/claims and /rounds/{id}/notices"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response

from core.sdk import Context, access
from core.sdk.errors import NotFound
from core.sdk.ledger import Claim, claims
from core.sdk.web import ApiBlueprint, Created, api, json_answer, json_list, runtime
from plugins.finance import schemas_family as schemas
from plugins.finance.answers import PayLink
from plugins.finance.services import baskets, bills, claiming, links, printing, rounds

blueprint = ApiBlueprint(
    "api-finance-family", __name__, url_prefix="/finance", description="Links for other payers, claims, notices"
)


@blueprint.route("/shares", methods=["POST"])
@blueprint.arguments(schemas.PayerShareBody)
@blueprint.answers(201, PayLink)
@api("finance.bill.read")
def make_share(ctx: Context, body: dict[str, Any]) -> Response:
    """A link for somebody who pays instead, such as a company: `/pay/for/{token}` shows sums and no more."""
    for bill_id in body["bill_ids"]:
        access.require_for(ctx, "finance.bill.read", bills.bill(ctx, bill_id).bill.person_id)
    payer = baskets.PayerInput(body["name"], body["tax_code"], body["address"])
    made: PayLink = {"token": baskets.share(ctx, body["bill_ids"], payer)}
    return json_answer(made, 201)


@blueprint.route("/bills/<uuid:bill_id>/claims")
@blueprint.answers(200, Claim, listed=True)
@api("finance.bill.read")
def list_claims(ctx: Context, bill_id: UUID) -> Response:
    """What has been said of a bill ("I have paid"), and what became of it."""
    charge_id = _charge(ctx, bill_id, "finance.bill.read")
    return json_list([asdict(claim) for claim in claims.claims_of(ctx, [charge_id])])


@blueprint.route("/bills/<uuid:bill_id>/claims", methods=["POST"])
@blueprint.arguments(schemas.ClaimBody)
@blueprint.answers(201, Claim)
@api("finance.bill.pay")
def make_claim(ctx: Context, body: dict[str, Any], bill_id: UUID) -> Response:
    """Say that a bill was paid; it is looked for at once, and otherwise waits for the accountant."""
    _charge(ctx, bill_id, "finance.bill.pay")
    told = {**body, "amount": str(body["amount"]), "paid_on": body["paid_on"].isoformat()}
    return json_answer(asdict(claiming.tell(ctx, links.pay_link(ctx, bill_id), **told)), 201)


def _charge(ctx: Context, bill_id: UUID, permission: str) -> UUID:
    found = bills.bill(ctx, bill_id)
    access.require_for(ctx, permission, found.bill.person_id)
    if found.charge_id is None:
        raise NotFound()
    return found.charge_id


@blueprint.route("/rounds/<uuid:round_id>/notices")
@blueprint.answers(200, printing.PrintRow, listed=True)
@api("finance.round.publish")
def list_notices(ctx: Context, round_id: UUID) -> Response:
    """Documents of notices that were made; they leave through the page, which asks what for."""
    rounds.round_(ctx, round_id)
    return json_list(printing.prints(ctx, round_id))


@blueprint.route("/rounds/<uuid:round_id>/notices", methods=["POST"])
@blueprint.arguments(schemas.NoticesBody)
@blueprint.answers(202, Created)
@api("finance.round.publish")
def print_notices(ctx: Context, body: dict[str, Any], round_id: UUID) -> Response:
    """Have the notices of a class, or of all, made as PDF; the answer names the job."""
    names = body["class_name"], body["by_family"]
    job = printing.ask(ctx, round_id, names[0], by_family=names[1], base_url=runtime().base_url)
    return json_answer(Created(job), 202)
