"""/api/v1/finance/receipts"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from core.sdk import Context
from core.sdk.errors import Invalid
from core.sdk.text import _
from core.sdk.web import ApiBlueprint, Cursor, api, file_response, json_answer, json_list
from plugins.finance import schemas
from plugins.finance.answers import ReceiptAnswer
from plugins.finance.services import receipt_files
from plugins.finance.services import receipts as services

receipts = ApiBlueprint("api-finance-receipts", __name__, url_prefix="/finance/receipts", description="Receipts")


def _json(found: services.ReceiptView) -> ReceiptAnswer:
    return {
        "id": found.id,
        "number": found.label,
        "person_id": found.person_id,
        "amount": found.amount,
        "issued_at": found.issued_at,
        "state": found.state,
        "cancel_reason": found.cancel_reason,
        "bills": found.content["bills"],
        "balance": found.content["balance"],
    }


@receipts.route("")
@receipts.arguments(schemas.ReceiptQuery, location="query")
@receipts.answers(200, services.ReceiptRow, listed=True)
@api("finance.receipt.read")
def list_receipts(ctx: Context, query: dict[str, Any]) -> Response:
    """Receipts, the newest first. Of one pupil with `person`, for parents too."""
    if query["person"] is not None:
        return json_list(services.receipts_of(ctx, query["person"]))
    if not ctx.actor.has("finance.receipt.read"):
        message = _("Name the child whose receipts you want to see.")
        raise Invalid(message, fields={"person": message})
    cursor = Cursor("finance-receipts")
    page = services.receipts(
        ctx,
        search=query["q"],
        year=query["year"],
        after=cursor.read(query["cursor"]),
        limit=query["limit"],
    )
    return json_list(page.rows, cursor.write(page.next) if page.next else None)


@receipts.route("/<uuid:receipt_id>")
@receipts.answers(200, ReceiptAnswer)
@api("finance.receipt.read")
def get_receipt(ctx: Context, receipt_id: UUID) -> Response:
    """One receipt."""
    return json_answer(_json(services.receipt(ctx, receipt_id)))


@receipts.route("/<uuid:receipt_id>/document")
@receipts.answers(200, media_type="application/pdf")
@api("finance.receipt.read")
def document(ctx: Context, receipt_id: UUID) -> Response:
    """The printed receipt (PDF/A-3a)."""
    name, pdf = receipt_files.receipt_pdf(ctx, receipt_id)
    return file_response(pdf, name, "application/pdf")


@receipts.route("/<uuid:receipt_id>/cancellation", methods=["POST"])
@receipts.arguments(schemas.ReasonBody)
@receipts.answers(200, ReceiptAnswer)
@api("finance.receipt.cancel")
def cancel_receipt(ctx: Context, body: dict[str, Any], receipt_id: UUID) -> Response:
    """Cancel a receipt; it keeps its number."""
    return json_answer(_json(services.cancel_receipt(ctx, receipt_id, body["reason"])))
