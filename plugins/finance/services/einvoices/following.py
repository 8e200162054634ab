"""What follows an invoice: adjusted where money went back, replaced where it was wrong, cancelled, corrected."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, Message, _, einvoices, work
from core.sdk.einvoices import Kind
from core.sdk.errors import Conflict, Invalid
from plugins.finance.models import EInvoice, EInvoiceLine

from .._trail import note
from .due import COUNTING, due_of
from .making import create, line_of, lock_series
from .sending import TASK, locked


def adjust(ctx: Context, invoice_id: UUID, reason: str) -> UUID:
    """An invoice below zero for what was invoiced here and is not paid any more. Needs `finance.einvoice.issue`.

    Raises:
        Invalid: no reason. Conflict: nothing differs, or the invoice is not at the authority.
    """
    row = _original(ctx, invoice_id, Kind.ADJUST, reason)
    mine = {(bill, item): amount for bill, item, amount in _parts(ctx, row.id)}
    found = [due for due in due_of(ctx, [bill for bill, _item in mine]) if due.amount < 0]
    parts = [
        (d.bill_id, d.item_id, max(d.amount, -mine[key])) for d in found if (key := (d.bill_id, d.item_id)) in mine
    ]
    if not parts:
        raise Conflict(_("Everything that this invoice names is still paid: there is nothing to adjust."))
    amounts = {(bill, item): amount for bill, item, amount in parts}
    lines = [
        {**line_of(d), "quantity": -1, "unit_price": -amount, "amount": amount}
        for d in found
        if (amount := amounts.get((d.bill_id, d.item_id), 0))
    ]
    content = {**row.content, "lines": lines}
    return create(ctx, "adjust", row.person_id, content, parts, original=row, reason=reason.strip()).id


def lower_by_replacing(ctx: Context, invoice_id: UUID, reason: str) -> UUID:
    """For a service that knows no adjusting: the same invoice without what is not paid any more stands for this one.

    Needs `finance.einvoice.issue`.

    Raises:
        Conflict: nothing differs, all of it would go, or the invoice is not at the authority.
    """
    row = _original(ctx, invoice_id, Kind.REPLACE, reason)
    mine = {(bill, item): amount for bill, item, amount in _parts(ctx, row.id)}
    over = {(d.bill_id, d.item_id): d for d in due_of(ctx, [bill for bill, _item in mine]) if d.amount < 0}
    less = {key: max(over[key].amount, -amount) for key, amount in mine.items() if key in over}
    if not less or sum(less.values()) + row.total <= 0:
        raise Conflict(_("There is nothing to lower, or nothing would be left: cancel the invoice instead."))
    lines = [dict(line) for line in row.content["lines"]]
    for key, amount in less.items():
        label = line_of(over[key])["label"]
        line = next((line for line in lines if line["label"] == label), None)
        if line is None:
            raise Conflict(_("The lines of this invoice are not those of the bill any more: replace it by hand."))
        line.update(quantity=1, unit_price=line["amount"] + amount, amount=line["amount"] + amount)
    lowered = [[str(bill), str(item), amount] for (bill, item), amount in less.items()]
    content = {**row.content, "lines": [line for line in lines if line["amount"]], "lowered": lowered}
    return create(ctx, "replace", row.person_id, content, (), original=row, reason=reason.strip()).id


def replace(ctx: Context, invoice_id: UUID, buyer: Mapping[str, str], reason: str) -> UUID:
    """An invoice with the same lines and another buyer that stands for this one. Needs `finance.einvoice.issue`.

    Raises:
        Invalid: no reason or no name. Conflict: the invoice is not at the authority, or replaced already.
    """
    row = _original(ctx, invoice_id, Kind.REPLACE, reason)
    content = {**row.content, "buyer": _checked(buyer), "lowered": []}
    return create(ctx, "replace", row.person_id, content, (), original=row, reason=reason.strip()).id


def cancel(ctx: Context, invoice_id: UUID, reason: str) -> UUID:
    """Have an invoice cancelled; it keeps its number. Needs `finance.einvoice.issue`.

    Raises:
        Invalid: no reason. Conflict: the invoice is not at the authority, or cancelled already.
    """
    row = _original(ctx, invoice_id, Kind.CANCEL, reason)
    content = {**row.content, "lines": []}
    return create(ctx, "cancel", row.person_id, content, (), original=row, reason=reason.strip()).id


def correct_buyer(ctx: Context, invoice_id: UUID, buyer: Mapping[str, str]) -> None:
    """Correct a refused invoice and send it again under the same number. Needs `finance.einvoice.issue`.

    Raises:
        Invalid: by field. Conflict: it is not refused.
    """
    ctx.require("finance.einvoice.issue")
    row = locked(ctx, invoice_id)
    if row.state != "refused":
        raise Conflict(_("Only an invoice that was refused can be corrected; replace this one."))
    row.content = {**row.content, "buyer": _checked(buyer)}
    row.state, row.error = "waiting", ""
    ctx.session.flush()
    work.enqueue(ctx, TASK, {"invoice": str(row.id), "step": 0})
    note(ctx, "finance.einvoice.corrected", ("finance_einvoice", row.id), {"number": row.label})


def drop(ctx: Context, invoice_id: UUID, reason: str) -> None:
    """Give a refused order up; its number stays in the series and stands for nothing. Needs `finance.einvoice.issue`.

    Raises:
        Invalid: no reason. Conflict: it is not refused.
    """
    ctx.require("finance.einvoice.issue")
    row = locked(ctx, invoice_id)
    _needs(reason)
    if row.state != "refused":
        raise Conflict(_("Only an invoice that was refused can be given up."))
    row.state, row.error = "dropped", reason.strip()
    note(ctx, "finance.einvoice.dropped", ("finance_einvoice", row.id), {"number": row.label})


def _original(ctx: Context, invoice_id: UUID, kind: Kind, reason: str) -> EInvoice:
    ctx.require("finance.einvoice.issue")
    lock_series(ctx)  # the same order of locks as issuing: counter, then invoice
    row = locked(ctx, invoice_id)
    _needs(reason)
    provider = einvoices.in_use(ctx)
    if provider is None:
        raise Conflict(_("No e-invoice service is set up."))
    if kind not in provider.kinds:
        raise Conflict(_("The service does not offer this step."))
    if row.state not in ("taken", "valid") or row.kind == "cancel":
        raise Conflict(_("This invoice is not in force: nothing can follow it."))
    following = select(EInvoice.id).where(
        EInvoice.school_id == ctx.school_id,
        EInvoice.original_id == row.id,
        EInvoice.kind.in_(("replace", "cancel")),
        EInvoice.state.in_(COUNTING),
    )
    if ctx.session.scalar(following.limit(1)) is not None:
        raise Conflict(_("This invoice is being replaced or cancelled already."))
    return row


def _needs(reason: str) -> None:
    if not reason.strip():
        message = _("Please give the reason.")
        raise Invalid(message, fields={"reason": message})


def _checked(buyer: Mapping[str, str]) -> dict[str, str]:
    given = {name: buyer.get(name, "").strip()[:200] for name in ("name", "tax_code", "address", "email")}
    faults: dict[str, Message] = {}
    if not given["name"]:
        faults["name"] = _("Please fill in this field.")
    digits = given["tax_code"].replace("-", "")
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) in (10, 12, 13)):
        faults["tax_code"] = _("A tax code has 10, 12 or 13 digits.")
    if given["email"] and "@" not in given["email"]:
        faults["email"] = _("This is not a mail address.")
    if faults:
        raise Invalid(_("Some fields need another look."), fields=faults)
    return given


def _parts(ctx: Context, invoice_id: UUID) -> list[tuple[UUID, UUID, int]]:
    query = select(EInvoiceLine.bill_id, EInvoiceLine.item_id, EInvoiceLine.amount)
    return [(b, i, a) for b, i, a in ctx.session.execute(query.where(EInvoiceLine.invoice_id == invoice_id))]
