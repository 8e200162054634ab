"""/api/v1/finance/einvoices"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from core.sdk import Context
from core.sdk.web import ApiBlueprint, Created, Cursor, api, json_answer, json_list
from plugins.finance import schemas_einvoices as schemas
from plugins.finance.answers_einvoices import EInvoiceAnswer, InvoiceDue, IssuedAnswer, einvoice_answer
from plugins.finance.services import einvoices as service

blueprint = ApiBlueprint(
    "api-finance-einvoices", __name__, url_prefix="/finance/einvoices", description="Electronic invoices"
)


@blueprint.route("")
@blueprint.arguments(schemas.EInvoiceQuery, location="query")
@blueprint.answers(200, service.InvoiceRow, listed=True)
@api("finance.einvoice.read")
def list_einvoices(ctx: Context, query: dict[str, Any]) -> Response:
    """Invoices, the newest first."""
    cursor = Cursor("finance-einvoices")
    found = service.invoices(
        ctx, view=query["view"], search=query["q"], after=cursor.read(query["cursor"]), limit=query["limit"]
    )
    return json_list(found.rows, cursor.write(found.next) if found.next else None)


@blueprint.route("/due")
@blueprint.answers(200, InvoiceDue, listed=True)
@api("finance.einvoice.read")
def list_due(ctx: Context) -> Response:
    """What is paid and not invoiced, by bill and item; below zero where more is invoiced than is paid by now."""
    ctx.require("finance.einvoice.read")
    return json_list([InvoiceDue.of(due) for due in service.due_of(ctx)])


@blueprint.route("", methods=["POST"])
@blueprint.answers(201, IssuedAnswer)
@api("finance.einvoice.issue")
def issue_einvoices(ctx: Context) -> Response:
    """One invoice a pupil for everything that is paid and has none; they go out in the background."""
    return json_answer(IssuedAnswer(made=service.issue_due(ctx)), 201)


@blueprint.route("/<uuid:invoice_id>")
@blueprint.answers(200, EInvoiceAnswer)
@api("finance.einvoice.read")
def get_einvoice(ctx: Context, invoice_id: UUID) -> Response:
    """One invoice: what went out, where it stands, what belongs to it."""
    return json_answer(einvoice_answer(service.invoice(ctx, invoice_id)))


@blueprint.route("/<uuid:invoice_id>/question", methods=["POST"])
@blueprint.answers(200, Created)
@api("finance.einvoice.issue")
def ask_again(ctx: Context, invoice_id: UUID) -> Response:
    """Ask the service at once where an invoice stands."""
    service.ask_again(ctx, invoice_id)
    return json_answer(Created(invoice_id))


@blueprint.route("/<uuid:invoice_id>/buyer", methods=["PUT"])
@blueprint.arguments(schemas.BuyerBody)
@blueprint.answers(200, Created)
@api("finance.einvoice.issue")
def correct_buyer(ctx: Context, body: dict[str, Any], invoice_id: UUID) -> Response:
    """Correct an invoice that was refused and send it again under its number."""
    service.correct_buyer(ctx, invoice_id, body)
    return json_answer(Created(invoice_id))


@blueprint.route("/<uuid:invoice_id>/adjustment", methods=["POST"])
@blueprint.arguments(schemas.EInvoiceReason)
@blueprint.answers(201, Created)
@api("finance.einvoice.issue")
def adjust_einvoice(ctx: Context, body: dict[str, Any], invoice_id: UUID) -> Response:
    """An invoice below zero for what is not paid any more; the sums follow from the books."""
    return json_answer(Created(service.adjust(ctx, invoice_id, body["reason"])), 201)


@blueprint.route("/<uuid:invoice_id>/replacement", methods=["POST"])
@blueprint.arguments(schemas.ReplacementBody)
@blueprint.answers(201, Created)
@api("finance.einvoice.issue")
def replace_einvoice(ctx: Context, body: dict[str, Any], invoice_id: UUID) -> Response:
    """The same lines for another buyer, a company for example."""
    return json_answer(Created(service.replace(ctx, invoice_id, body["buyer"], body["reason"])), 201)


@blueprint.route("/<uuid:invoice_id>/cancellation", methods=["POST"])
@blueprint.arguments(schemas.EInvoiceReason)
@blueprint.answers(201, Created)
@api("finance.einvoice.issue")
def cancel_einvoice(ctx: Context, body: dict[str, Any], invoice_id: UUID) -> Response:
    """Have an invoice cancelled; it keeps its number."""
    return json_answer(Created(service.cancel(ctx, invoice_id, body["reason"])), 201)


@blueprint.route("/<uuid:invoice_id>", methods=["DELETE"])
@blueprint.arguments(schemas.EInvoiceReason)
@blueprint.answers(200, Created)
@api("finance.einvoice.issue")
def drop_einvoice(ctx: Context, body: dict[str, Any], invoice_id: UUID) -> Response:
    """Give a refused invoice up; its number stays and stands for nothing."""
    service.drop(ctx, invoice_id, body["reason"])
    return json_answer(Created(invoice_id))
