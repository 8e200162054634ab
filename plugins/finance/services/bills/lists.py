"""Lists of bills with filters, and their totals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, tuple_

from core.sdk import Context, fold
from core.sdk.data import local_date
from core.sdk.ledger import Charge
from plugins.finance.models import Bill, Round
from plugins.finance.services._page import Page
from plugins.finance.services.issue import CHARGE_OF_BILL

from .rows import PAID, BillRow, PayState, bill_row, bill_rows, is_in


@dataclass(frozen=True, slots=True)
class BillFilter:
    """What a list of bills shows. `search` is what people type: a name, a code or a reference."""

    round_id: UUID | None = None
    class_name: str = ""
    state: PayState | None = None
    search: str = ""


def matching(chosen: BillFilter, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.round_id is not None:
        found.append(Bill.round_id == chosen.round_id)
    if chosen.class_name:
        found.append(Bill.class_name == chosen.class_name)
    if chosen.state is not None:
        found.append(is_in(chosen.state, today))
    else:
        found.append(Bill.state != "withdrawn")
    text = fold(chosen.search)
    if text:
        by_reference = Charge.reference == text.upper().replace(" ", "")
        found.append(Bill.search_text.contains(text, autoescape=True) | (Bill.code == text) | by_reference)
    return found


def bills(ctx: Context, chosen: BillFilter, *, after: tuple[str, ...] | None = None, limit: int = 50) -> Page[BillRow]:
    """A page of bills by name of the pupil."""
    ctx.require("finance.bill.read")
    today = local_date(ctx.now())
    query = bill_rows().where(*matching(chosen, today))
    if after is not None:
        query = query.where(tuple_(Bill.sort_key, Bill.id) > tuple_(after[0], UUID(after[1])))
    rows = ctx.session.execute(query.order_by(Bill.sort_key, Bill.id).limit(limit + 1)).all()
    found = tuple(bill_row(today, row) for row in rows[:limit])
    last = (found[-1].sort_key, str(found[-1].id)) if len(rows) > limit else None
    return Page(found, last)


def open_of_class(ctx: Context, round_id: UUID, class_name: str) -> list[BillRow]:
    """Every bill of a class in a round that is still to pay, by name; "" are the pupils without a class."""
    ctx.require("finance.bill.read")
    today = local_date(ctx.now())
    here = Bill.round_id == round_id, Bill.class_name == class_name, is_in("open", today)
    rows = ctx.session.execute(bill_rows().where(*here).order_by(Bill.sort_key, Bill.id))
    return [bill_row(today, row) for row in rows]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of a list of bills, in dong."""

    bills: int
    total: int
    paid: int
    paid_bills: int

    @property
    def open(self) -> int:
        return self.total - self.paid


def totals(ctx: Context, chosen: BillFilter) -> Totals:
    """Sums over all pages of a list; cancelled bills do not count unless they are asked for."""
    ctx.require("finance.bill.read")
    today = local_date(ctx.now())
    query = (
        select(
            func.count(),
            func.coalesce(func.sum(Bill.total), 0),
            func.coalesce(func.sum(PAID), 0),
            func.coalesce(func.sum(case((Bill.total <= PAID, 1), else_=0)), 0),
        )
        .select_from(Bill)
        .join(Round, Round.id == Bill.round_id)
        .outerjoin(Charge, CHARGE_OF_BILL)
        .where(*matching(chosen, today))
    )
    if chosen.state != "cancelled":
        query = query.where(Bill.state == "published")
    count, total, paid, paid_bills = ctx.session.execute(query).one()
    return Totals(count, int(total), int(paid), int(paid_bills))


@dataclass(frozen=True, slots=True)
class ClassProgress:
    """How far a class has paid."""

    class_name: str
    bills: int
    paid_bills: int
    total: int
    paid: int


def progress_by_class(ctx: Context, round_id: UUID) -> list[ClassProgress]:
    """Bills and money of a round by class."""
    ctx.require("finance.bill.read")
    rows = ctx.session.execute(
        select(
            Bill.class_name,
            func.count(),
            func.sum(case((Bill.total <= PAID, 1), else_=0)),
            func.sum(Bill.total),
            func.sum(PAID),
        )
        .outerjoin(Charge, CHARGE_OF_BILL)
        .where(Bill.round_id == round_id, Bill.state == "published")
        .group_by(Bill.class_name)
        .order_by(Bill.class_name)
    )
    return [ClassProgress(n, c, int(p), int(t), int(a)) for n, c, p, t, a in rows]
