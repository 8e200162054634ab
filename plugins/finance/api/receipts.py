"""/api/v1/finance/receipts"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request

from core.sdk import Context
from core.sdk.errors import Invalid
from core.sdk.text import _
from core.sdk.web import ApiBlueprint, Cursor, api, file_response, json_list, paged
from plugins.finance import schemas
from plugins.finance.services import receipt_files
from plugins.finance.services import receipts as services

receipts = ApiBlueprint("api-finance-receipts", __name__, url_prefix="/finance/receipts", description="Receipts")


def _json(found: services.ReceiptView) -> dict[str, object]:
    return {
        "id": str(found.id),
        "number": found.label,
        "person_id": str(found.person_id),
        "amount": found.amount,
        "issued_at": found.issued_at.isoformat(),
        "state": found.state,
        "cancel_reason": found.cancel_reason,
        "bills": found.content["bills"],
        "balance": found.content["balance"],
    }


@receipts.route("")
@api("finance.receipt.read")
def list_receipts(ctx: Context) -> Response:
    """Receipts, the newest first; `q`, `year`, `limit`, `cursor`. Of one pupil with `person`, for parents too."""
    person_id = request.args.get("person", type=UUID)
    if person_id is not None:
        return json_list(services.receipts_of(ctx, person_id))
    if not ctx.actor.has("finance.receipt.read"):
        message = _("Name the child whose receipts you want to see.")
        raise Invalid(message, fields={"person": message})
    cursor, limit = Cursor("finance-receipts"), paged(request.args.get("limit", type=int))
    page = services.receipts(
        ctx,
        search=request.args.get("q", ""),
        year=request.args.get("year", type=int),
        after=cursor.read(request.args.get("cursor")),
        limit=limit,
    )
    return json_list(page.rows, cursor.write(page.next) if page.next else None)


@receipts.route("/<uuid:receipt_id>")
@api("finance.receipt.read")
def get_receipt(ctx: Context, receipt_id: UUID) -> Response:
    """One receipt."""
    return jsonify(_json(services.receipt(ctx, receipt_id)))


@receipts.route("/<uuid:receipt_id>/document")
@api("finance.receipt.read")
def document(ctx: Context, receipt_id: UUID) -> Response:
    """The printed receipt (PDF/A-3a)."""
    name, pdf = receipt_files.receipt_pdf(ctx, receipt_id)
    return file_response(pdf, name, "application/pdf")


@receipts.route("/<uuid:receipt_id>/cancellation", methods=["POST"])
@receipts.arguments(schemas.ReasonBody)
@receipts.response(200)
@api("finance.receipt.cancel")
def cancel_receipt(ctx: Context, body: dict[str, Any], receipt_id: UUID) -> Response:
    """Cancel a receipt; it keeps its number."""
    return jsonify(_json(services.cancel_receipt(ctx, receipt_id, body["reason"])))
