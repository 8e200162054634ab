"""Receipts: list, one, its PDF, cancelling (it keeps its number)."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.errors import Conflict, Invalid
from core.sdk.web import file_response, flash, page, redirect_to, render
from plugins.finance.services import einvoices, receipt_files
from plugins.finance.services import receipts as service
from plugins.finance.services.cash import may_give_back
from plugins.finance.services.einvoices.reading import STATES as INVOICE_STATES

from .site import asked, blueprint, faults, next_url, position, typed, whole

STATES: dict[str, tuple[str, Message]] = {"issued": ("ok", _("Valid")), "cancelled": ("stop", _("Cancelled"))}


@blueprint.get("/receipts")
@page("finance.receipt.read")
def receipts(ctx: Context) -> str:
    """Receipts, the newest first."""
    year = request.args.get("year", type=int)
    found = service.receipts(ctx, search=asked("q"), year=year, after=position("receipts"))
    return render(
        "finance/receipts.html",
        found=found,
        states=STATES,
        query=asked("q"),
        next=next_url("receipts", found.next),
    )


@blueprint.get("/receipts/<uuid:receipt_id>")
@page("finance.receipt.read")
def receipt(ctx: Context, receipt_id: UUID) -> str:
    """One receipt as it was issued."""
    return _receipt(ctx, receipt_id, {})


def _receipt(ctx: Context, receipt_id: UUID, errors: dict[str, Message]) -> str:
    view = service.receipt(ctx, receipt_id)
    return render(
        "finance/receipt.html",
        view=view,
        state=STATES[view.state],
        invoices=einvoices.of_receipt(ctx, receipt_id),
        invoice_states=INVOICE_STATES,
        cash=view.state == "issued" and may_give_back(ctx, receipt_id),
        errors=errors,
        values=typed(),
    )


@blueprint.get("/receipts/<uuid:receipt_id>/pdf")
@page("finance.receipt.read")
def receipt_pdf(ctx: Context, receipt_id: UUID) -> Response:
    """The document to print or send."""
    name, content = receipt_files.receipt_pdf(ctx, receipt_id)
    return file_response(content, name, "application/pdf")


@blueprint.post("/receipts/<uuid:receipt_id>/cancel")
@page("finance.receipt.cancel")
def cancel_receipt(ctx: Context, receipt_id: UUID) -> ResponseReturnValue:
    """Cancel a receipt with a reason; the money is not touched."""
    try:
        with whole(ctx):
            service.cancel_receipt(ctx, receipt_id, request.form.get("reason", ""))
        flash("ok", _("The receipt is cancelled. Its number stays in the series."))
    except Invalid as refused:
        return _receipt(ctx, receipt_id, faults(refused)), 422
    except Conflict as refused:
        flash("attention", refused.message)
    return redirect_to("finance.receipt", receipt_id=receipt_id)
