"""Meals of a month were given back: the invoices that name them are adjusted, or replaced where the service cannot.

A job in portions; each invoice on its own, so that one that cannot follow stays for the accountant and stops no other.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, Payload, Progress, einvoices, settings, work
from core.sdk.einvoices import EInvoiceProvider, Kind
from core.sdk.errors import Conflict
from plugins.finance.models import Bill, Credit, EInvoice, EInvoiceLine, Round
from plugins.finance.settings import EINVOICE_AUTO

from .due import due_of
from .following import adjust, lower_by_replacing

LOWER_TASK = "finance.einvoice.lower"
_PORTION = 100


def lower_month(ctx: Context, month: str) -> None:
    """Have the invoices of a month lowered where the school issues by itself. `month` is an ISO day of it."""
    if settings.get(ctx, EINVOICE_AUTO) and einvoices.in_use(ctx) is not None:
        work.enqueue(ctx, LOWER_TASK, {"month": month, "after": None})


def run_lower(ctx: Context, payload: Payload, progress: Progress) -> None:
    """One portion: invoices of the month's bills that name more than is paid and not given back."""
    provider = einvoices.in_use(ctx)
    if provider is None:
        return
    month = date.fromisoformat(payload["month"]).replace(day=1)
    found = _invoices(ctx, month, UUID(payload["after"]) if payload["after"] else None)
    for place, invoice_id in enumerate(found):
        _lower(ctx, provider, invoice_id, f"Hoàn tiền ăn tháng {month:%m/%Y}")
        progress(place + 1, len(found))
    if len(found) == _PORTION:
        work.enqueue(ctx, LOWER_TASK, {"month": payload["month"], "after": str(found[-1])})


def _lower(ctx: Context, provider: EInvoiceProvider, invoice_id: UUID, reason: str) -> None:
    """What the service offers; where nothing can follow, the difference stays on the accountant's page."""
    step = adjust if Kind.ADJUST in provider.kinds else lower_by_replacing
    try:
        with ctx.session.begin_nested():
            step(ctx, invoice_id, reason)
    except Conflict:  # lowered already by a run that came before, or being replaced: nothing is lost
        return


def _invoices(ctx: Context, month: date, after: UUID | None) -> list[UUID]:
    """Invoices in force that name a bill of the month with too much, in the order in which they were made."""
    mine = Bill.school_id == ctx.school_id
    bills = (
        select(Bill.id)
        .join(Round, Round.id == Bill.round_id)
        .join(Credit, (Credit.person_id == Bill.person_id) & (Credit.month == Round.period))
        .where(mine, Round.period == month, Bill.state == "published", Credit.amount > 0)
        .distinct()
    )
    over = {due.bill_id for due in due_of(ctx, list(ctx.session.scalars(bills))) if due.amount < 0}
    query = (
        select(EInvoice.id)
        .join(EInvoiceLine, EInvoiceLine.invoice_id == EInvoice.id)
        .where(
            EInvoice.school_id == ctx.school_id,
            EInvoiceLine.bill_id.in_(over),
            EInvoice.kind.in_(("issue", "replace")),
            EInvoice.state.in_(("taken", "valid")),
        )
        .distinct()
        .order_by(EInvoice.id)
    )
    if after is not None:
        query = query.where(EInvoice.id > after)
    return list(ctx.session.scalars(query.limit(_PORTION)))
