"""Bills that may be paid in parts: an agreement on days, nothing else. Money is paid and booked as before.

The day of the bill's charge is always that of the first part that is not covered, so debts by age, reminders and the
state of the bill follow the agreement.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from uuid import UUID

from sqlalchemy import delete, select

from core.sdk import Context, Message, _
from core.sdk.data import format_vnd, local_date
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.ledger import Charge, charges
from plugins.finance.models import Bill, BillPart, Round
from plugins.finance.rules.parts import Part, first_open

from ._trail import note
from .issue import CHARGE_OF_BILL

MOST = 12


@dataclass(frozen=True, slots=True)
class PartRow(Part):
    """A part with what of it is still open. Dong."""

    number: int
    open: int


def parts_of(ctx: Context, bill_id: UUID, paid: int) -> list[PartRow]:
    """The parts of a bill in order; money fills them from the first on. The caller has asked for the right."""
    query = select(BillPart.number, BillPart.due_on, BillPart.amount).where(BillPart.bill_id == bill_id)
    found: list[PartRow] = []
    for number, due_on, amount in ctx.session.execute(query.order_by(BillPart.number)):
        used = min(max(paid, 0), amount)
        paid -= used
        found.append(PartRow(due_on, amount, number, amount - used))
    return found


def _charge(ctx: Context, bill_id: UUID) -> tuple[Bill, Charge]:
    bill = ctx.session.scalar(select(Bill).where(Bill.school_id == ctx.school_id, Bill.id == bill_id).with_for_update())
    if bill is None:
        raise NotFound()
    charge = ctx.session.scalar(select(Charge).join(Bill, CHARGE_OF_BILL).where(Bill.id == bill_id))
    if bill.state != "published" or charge is None:
        raise Conflict(_("Nothing is to be paid of this bill."))
    return bill, charge


def split_bill(ctx: Context, bill_id: UUID, parts: Sequence[Part]) -> None:
    """Agree on parts; they replace an earlier agreement.

    Raises:
        Invalid: fewer than two parts, days not in order, amounts that do not sum to the bill; `fields` by place.
        Conflict: the bill is not live, or asks nothing.
    """
    ctx.require("finance.bill.split")
    bill, charge = _charge(ctx, bill_id)
    faults = _faults(bill.total, parts)
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)
    ctx.session.execute(delete(BillPart).where(BillPart.bill_id == bill_id))
    ctx.session.add_all(
        BillPart(bill_id=bill_id, number=number, due_on=part.due_on, amount=part.amount, created_at=ctx.now(),
                 created_by=ctx.actor.name)
        for number, part in enumerate(parts, start=1)
    )  # fmt: skip
    ctx.session.flush()
    _move(ctx, charge.id, charge.due_on, first_open(parts, charge.allocated))
    facts = {"parts": len(parts), "last": parts[-1].due_on.isoformat()}
    note(ctx, "finance.bill.split", ("finance_bill", bill_id), facts)


def _faults(total: int, parts: Sequence[Part]) -> dict[str, Message]:
    faults: dict[str, Message] = {}
    if not 2 <= len(parts) <= MOST:
        return {"": _("Give two to twelve parts.")}
    for place, (one, following) in enumerate(pairwise(parts)):
        if following.due_on <= one.due_on:
            faults[f"due_on.{place + 2}"] = _("Each part is due after the one before it.")
    for place, part in enumerate(parts, start=1):
        if part.amount <= 0:
            faults[f"amount.{place}"] = _("The amount must be more than zero.")
    together = sum(part.amount for part in parts)
    if not faults and together != total:
        faults["amount.1"] = _("The parts are %(sum)s together, the bill is %(total)s.", sum=format_vnd(together),
                               total=format_vnd(total))  # fmt: skip
    return faults


def join_bill(ctx: Context, bill_id: UUID) -> None:
    """Take the agreement back: the whole bill is due by the day of its round."""
    ctx.require("finance.bill.split")
    bill, charge = _charge(ctx, bill_id)
    ctx.session.execute(delete(BillPart).where(BillPart.bill_id == bill_id))
    due_on = ctx.session.execute(select(Round.due_on).where(Round.id == bill.round_id)).scalar_one()
    _move(ctx, charge.id, charge.due_on, due_on)
    note(ctx, "finance.bill.joined", ("finance_bill", bill_id))


def _move(ctx: Context, charge_id: UUID, now_due: date, due_on: date | None) -> None:
    if due_on is not None and due_on != now_due:
        charges.postpone(ctx, charge_id, due_on)


def follow_payments(ctx: Context, charge_ids: Collection[UUID]) -> None:
    """Money came in: charges of bills in parts are due by the first part that is not covered. Safe to repeat."""
    query = (
        select(Charge.id, Charge.due_on, Charge.allocated, BillPart.due_on.label("part_due"), BillPart.amount)
        .join(Bill, CHARGE_OF_BILL)
        .join(BillPart, BillPart.bill_id == Bill.id)
        .where(Charge.id.in_(charge_ids), Charge.state == "open")
        .order_by(Charge.id, BillPart.number)
    )
    agreed: dict[UUID, tuple[date, int, list[Part]]] = {}
    for row in ctx.session.execute(query):
        agreed.setdefault(row.id, (row.due_on, row.allocated, []))[2].append(Part(row.part_due, row.amount))
    for charge_id, (due_on, allocated, parts) in agreed.items():
        _move(ctx, charge_id, due_on, first_open(parts, allocated))


def suggested_parts(ctx: Context, total: int, due_on: date, count: int = 3) -> list[Part]:
    """Equal parts a month apart from the bill's day (or today) on; what does not divide is in the first."""
    start = max(due_on, local_date(ctx.now()))
    share = total // count // 1000 * 1000
    amounts = [total - share * (count - 1), *([share] * (count - 1))]
    return [Part(_later(start, months), amount) for months, amount in enumerate(amounts)]


def _later(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, min(day.day, 28))
