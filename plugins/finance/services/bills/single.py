"""One bill with its explanation, and the bills of a pupil."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from core.sdk import Context, access
from core.sdk.data import local_date
from core.sdk.errors import NotFound
from core.sdk.ledger import Charge
from plugins.finance.models import Bill, Round
from plugins.finance.rules.explain import ExplainedLine
from plugins.finance.services._explained import lines_of
from plugins.finance.services.meals import CreditLine, credits_of

from .rows import BillRow, bill_row, bill_rows, is_in


@dataclass(frozen=True, slots=True)
class BillView:
    """One bill with every line explained."""

    bill: BillRow
    period: date
    issued_at: datetime
    cancelled_at: datetime | None
    cancel_reason: str
    charge_id: UUID | None
    lines: tuple[ExplainedLine, ...]
    carried: tuple[CreditLine, ...] = ()
    """Meals of months before that were given back with this bill, or are asked again."""


def bill(ctx: Context, bill_id: UUID) -> BillView:
    """One bill with explained lines and payment state.

    Raises:
        NotFound: no such bill, or not one that this reader may see.
    """
    found = view_of(ctx, bill_id)
    access.require_for(ctx, "finance.bill.read", found.bill.person_id)
    return found


def view_of(ctx: Context, bill_id: UUID) -> BillView:
    """The same without asking for a right: for services that have asked, and for holders of a link."""
    query = bill_rows().add_columns(Round.period, Bill.issued_at, Bill.cancelled_at, Bill.cancel_reason, Charge.id)
    row = ctx.session.execute(query.where(Bill.id == bill_id)).one_or_none()
    if row is None:
        raise NotFound()
    *head, period, issued_at, cancelled_at, reason, charge_id = row
    today = local_date(ctx.now())
    lines = lines_of(ctx, [bill_id]).get(bill_id, ())
    carried = tuple(credits_of(ctx, bill_id=bill_id))
    return BillView(bill_row(today, head), period, issued_at, cancelled_at, reason, charge_id, lines, carried)


def bills_of(ctx: Context, person_id: UUID) -> list[BillRow]:
    """All bills of one pupil, the newest first."""
    access.require_for(ctx, "finance.bill.read", person_id)
    today = local_date(ctx.now())
    query = bill_rows().where(Bill.person_id == person_id, Bill.state != "withdrawn")
    rows = ctx.session.execute(query.order_by(Round.period.desc(), Bill.id.desc()))
    return [bill_row(today, row) for row in rows]


def open_bills_of(ctx: Context, people: Collection[UUID]) -> dict[UUID, list[BillRow]]:
    """Bills that are still to pay, by pupil, the oldest due first. The caller has asked for the right."""
    today = local_date(ctx.now())
    query = bill_rows().where(Bill.person_id.in_(people), is_in("open", today)).order_by(Charge.due_on, Bill.id)
    found: dict[UUID, list[BillRow]] = {}
    for row in ctx.session.execute(query):
        one = bill_row(today, row)
        found.setdefault(one.person_id, []).append(one)
    return found
