"""Making invoices: a number without a gap, the content as it goes out, and the job that sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from core.sdk import Context, _, einvoices, fold, settings, work
from core.sdk.data import local_date, new_id
from core.sdk.errors import Conflict
from core.sdk.ledger import Charge
from core.sdk.people import guardians_of
from core.sdk.school import school_of
from plugins.finance.models import Bill, EInvoice, EInvoiceLine, EInvoiceSeries, Receipt
from plugins.finance.settings import EINVOICE_AUTO

from .._receipt_content import pupil_of
from .._trail import note
from ..issue import CHARGE_OF_BILL
from .due import Due, due_of
from .sending import TASK


def issue_for_receipt(ctx: Context, receipt_id: UUID, person_id: UUID, charge_ids: Sequence[UUID]) -> UUID | None:
    """The invoice of what a payment has paid, where the school issues by itself; None when nothing needs one."""
    if not charge_ids or not settings.get(ctx, EINVOICE_AUTO) or einvoices.in_use(ctx) is None:
        return None
    lock_series(ctx)  # before looking: another payment of the same bill waits here
    bills = list(ctx.session.scalars(select(Bill.id).join(Charge, CHARGE_OF_BILL).where(Charge.id.in_(charge_ids))))
    found = [due for due in due_of(ctx, bills) if due.amount > 0 and due.person_id == person_id]
    return _make(ctx, person_id, found, receipt_id, _payer_of(ctx, receipt_id)).id if found else None


def _payer_of(ctx: Context, receipt_id: UUID) -> dict[str, str]:
    """Who else has paid: the receipt names them."""
    content = ctx.session.scalar(select(Receipt.content).where(Receipt.id == receipt_id)) or {}
    payer = content.get("payer") or {}
    return {name: str(payer.get(name, "")) for name in ("name", "tax_code", "address")} if payer.get("name") else {}


def issue_due(ctx: Context, *, most: int = 500) -> int:
    """One invoice a pupil for everything that is paid and has none; how many. Needs `finance.einvoice.issue`.

    Raises:
        Conflict: the school has set up no service.
    """
    ctx.require("finance.einvoice.issue")
    if einvoices.in_use(ctx) is None:
        raise Conflict(_("No e-invoice service is set up."))
    lock_series(ctx)
    made = 0
    for person_id, group in groupby((d for d in due_of(ctx) if d.amount > 0), key=lambda due: due.person_id):
        _make(ctx, person_id, list(group), None)
        made += 1
        if made == most:
            break
    return made


def _make(
    ctx: Context,
    person_id: UUID,
    found: Sequence[Due],
    receipt_id: UUID | None,
    payer: Mapping[str, str] = MappingProxyType({}),
) -> EInvoice:
    """`payer` is the company or person that has paid instead of the guardian; then the invoice names them."""
    pupil = pupil_of(ctx, person_id)
    buyer = {"email": "", **payer} if payer else _buyer(ctx, person_id, pupil)
    content = {"buyer": buyer, "pupil": pupil, "lines": [line_of(due) for due in found]}
    return create(
        ctx, "issue", person_id, content, [(d.bill_id, d.item_id, d.amount) for d in found], receipt_id=receipt_id
    )


def _buyer(ctx: Context, person_id: UUID, pupil: dict[str, str]) -> dict[str, str]:
    """The first guardian; the accountant may name a company instead by a replacing invoice."""
    first = next(iter(guardians_of(ctx, person_id)), None)
    name = first.full_name if first else f"Phụ huynh học sinh {pupil['name']}"
    return {"name": name, "tax_code": "", "address": "", "email": ""}


def line_of(due: Due) -> dict[str, Any]:
    """A line as it goes out."""
    return {
        "label": f"{due.label} - {due.round_title}",
        "unit": due.unit,
        "quantity": due.quantity,
        "unit_price": due.unit_price,
        "amount": due.amount,
        "vat": due.vat,
    }


def lock_series(ctx: Context) -> int:
    """Hold this year's counter until the transaction ends; the year."""
    year = local_date(ctx.now()).year
    ctx.session.execute(
        upsert(EInvoiceSeries).values(school_id=ctx.school_id, year=year, last_number=0).on_conflict_do_nothing()
    )
    ctx.session.execute(select(EInvoiceSeries.last_number).where(EInvoiceSeries.year == year).with_for_update())
    return year


def create(
    ctx: Context,
    kind: str,
    person_id: UUID,
    content: dict[str, Any],
    parts: Sequence[tuple[UUID, UUID, int]],
    *,
    receipt_id: UUID | None = None,
    original: EInvoice | None = None,
    reason: str = "",
) -> EInvoice:
    """Write an order with its number and its lines, and have it sent after commit."""
    year, number = lock_series(ctx), None
    pupil, buyer = content["pupil"], content["buyer"]
    content = {**content, "search": fold(f"{pupil['name']} {pupil['code']} {pupil['class']} {buyer['name']}")}
    if kind == "cancel" and original is not None:
        before = select(func.count()).where(EInvoice.original_id == original.id, EInvoice.kind == "cancel")
        key = f"{original.key}-H{1 + (ctx.session.scalar(before) or 0)}"
    else:
        series = ctx.session.scalars(
            select(EInvoiceSeries).where(EInvoiceSeries.year == year).execution_options(populate_existing=True)
        ).one()
        number = series.last_number = series.last_number + 1
        key = f"{school_of(ctx).payment_prefix}-{year}-{number:06d}"
    row = EInvoice(
        id=new_id(), year=year, number=number, key=key, kind=kind, person_id=person_id, receipt_id=receipt_id,
        original_id=original.id if original else None, total=sum(line["amount"] for line in content["lines"]),
        content=content, reason=reason, created_at=ctx.now(), created_by=ctx.actor.name,
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    if parts:
        ctx.session.execute(
            insert(EInvoiceLine),
            [
                {"school_id": ctx.school_id, "invoice_id": row.id, "bill_id": bill, "item_id": item, "amount": amount}
                for bill, item, amount in parts
            ],
        )
    work.enqueue(ctx, TASK, {"invoice": str(row.id), "step": 0})
    note(ctx, f"finance.einvoice.{kind}", ("finance_einvoice", row.id), {"number": row.label, "amount": row.total})
    return row
