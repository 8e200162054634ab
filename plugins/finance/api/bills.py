"""/api/v1/finance/bills and /api/v1/finance/debtors"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from core.sdk import Context
from core.sdk.web import (
    ApiBlueprint,
    Cursor,
    PageQuery,
    api,
    check_etag,
    etag_of,
    json_answer,
    json_list,
)
from plugins.finance import schemas
from plugins.finance.answers import BillAnswer, BillLineAnswer, ExplainedBill, PayLink, words
from plugins.finance.rules.explain import ExplainedLine
from plugins.finance.services import bills as services
from plugins.finance.services import corrections, debtors, families, links

bills = ApiBlueprint("api-finance-bills", __name__, url_prefix="/finance", description="Bills and debtors")


def _row(row: services.BillRow) -> BillAnswer:
    return {
        "id": row.id,
        "round_id": row.round_id,
        "round_title": row.round_title,
        "person_id": row.person_id,
        "code": row.code,
        "full_name": row.full_name,
        "class_name": row.class_name,
        "total": row.total,
        "paid": row.paid,
        "open": row.open,
        "reference": row.reference,
        "due_on": row.due_on,
        "state": row.state,
    }


def _etag(found: services.BillView) -> str:
    return etag_of(found.bill.id, found.bill.state, found.bill.paid)


def _answer(found: services.BillView) -> Response:
    """A bill with its explained lines; the ETag changes with its payments."""
    body: ExplainedBill = {**_row(found.bill), "issued_at": found.issued_at, "lines": list(map(_line, found.lines))}
    return json_answer(body, etag=_etag(found))


def _line(line: ExplainedLine) -> BillLineAnswer:
    return {
        "item": line.item_code,
        "label": {"vi": line.label_vi, "en": line.label_en},
        "legal_basis": line.legal_basis,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price": line.unit_price,
        "gross": line.gross,
        "reduction": line.reduction,
        "amount": line.amount,
        "explanation": list(map(words, line.steps())),
    }


@bills.route("/bills")
@bills.arguments(schemas.BillQuery, location="query")
@bills.answers(200, BillAnswer, listed=True)
@api("finance.bill.read")
def list_bills(ctx: Context, query: dict[str, Any]) -> Response:
    """Bills by name. A parent gets the open bills of the family."""
    if not ctx.actor.has("finance.bill.read"):
        return json_list(_row(row) for child in families.family(ctx) for row in child.bills)
    cursor = Cursor("finance-bills")
    chosen = services.BillFilter(
        round_id=query["round_id"],
        class_name=query["class_name"],
        state=query["state"],
        search=query["q"],
    )
    page = services.bills(ctx, chosen, after=cursor.read(query["cursor"]), limit=query["limit"])
    return json_list((_row(row) for row in page.rows), cursor.write(page.next) if page.next else None)


@bills.route("/bills/<uuid:bill_id>")
@bills.answers(200, ExplainedBill, etag=True)
@api("finance.bill.read")
def get_bill(ctx: Context, bill_id: UUID) -> Response:
    """One bill with every line explained; a parent reads those of their own children."""
    return _answer(services.bill(ctx, bill_id))


@bills.route("/bills/<uuid:bill_id>/cancellation", methods=["POST"])
@bills.arguments(schemas.ReasonBody)
@bills.answers(200, ExplainedBill, etag=True, if_match=True)
@api("finance.bill.cancel")
def cancel_bill(ctx: Context, body: dict[str, Any], bill_id: UUID) -> Response:
    """Cancel a bill; needs If-Match, so that a payment that came in meanwhile is seen first."""
    check_etag(_etag(services.bill(ctx, bill_id)))
    return _answer(corrections.cancel_bill(ctx, bill_id, body["reason"]))


@bills.route("/bills/<uuid:bill_id>/reissue", methods=["POST"])
@bills.answers(200, ExplainedBill, etag=True)
@api("finance.bill.cancel")
def reissue_bill(ctx: Context, bill_id: UUID) -> Response:
    """Issue a cancelled bill anew, under a new reference."""
    return _answer(corrections.reissue(ctx, bill_id))


@bills.route("/bills/<uuid:bill_id>/pay-link", methods=["POST"])
@bills.answers(201, PayLink)
@api("finance.bill.read")
def pay_link(ctx: Context, bill_id: UUID) -> Response:
    """A signed, expiring token for the pay page of a bill."""
    body: PayLink = {"token": links.pay_link(ctx, bill_id)}
    return json_answer(body, 201)


@bills.route("/debtors")
@bills.arguments(PageQuery, location="query")
@bills.answers(200, debtors.Debtor, listed=True)
@api("finance.debtor.read")
def list_debtors(ctx: Context, query: dict[str, Any]) -> Response:
    """Pupils with overdue charges, the largest sum first."""
    cursor = Cursor("finance-debtors")
    page = debtors.debtors(ctx, after=cursor.read(query["cursor"]), limit=query["limit"])
    return json_list(page.rows, cursor.write(page.next) if page.next else None)
