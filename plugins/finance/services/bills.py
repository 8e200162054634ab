"""Bills that are out: one with its explanation, lists with filters, totals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select, tuple_

from core.sdk import Context, Message, _, access, fold
from core.sdk.data import local_date
from core.sdk.errors import NotFound
from core.sdk.ledger import Charge
from plugins.finance.models import Bill, Round
from plugins.finance.rules.explain import ExplainedLine

from ._explained import lines_of
from ._page import Page
from .issue import CHARGE_OF_BILL

PayState = Literal["paid", "part", "open", "overdue", "cancelled"]
NOTHING_TO_PAY = _("Nothing is left to pay here.")
STATE_LABELS: dict[PayState, Message] = {
    "paid": _("Paid"),
    "part": _("Paid in part"),
    "open": _("To pay"),
    "overdue": _("Overdue"),
    "cancelled": _("Cancelled"),
}


def pay_state(state: str, total: int, paid: int, due_on: date, today: date) -> PayState:
    """Where a bill stands: derived, never stored."""
    if state != "published":
        return "cancelled"
    if paid >= total:
        return "paid"
    if due_on < today:
        return "overdue"
    return "part" if paid else "open"


@dataclass(frozen=True, slots=True)
class BillRow:
    """A line of a list of bills. Amounts in dong."""

    id: UUID
    round_id: UUID
    round_title: str
    person_id: UUID
    code: str
    full_name: str
    class_name: str
    total: int
    paid: int
    reference: str
    due_on: date
    state: PayState
    sort_key: str

    @property
    def open(self) -> int:
        """What is still to pay."""
        return 0 if self.state == "cancelled" else self.total - self.paid


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


_REFERENCE = func.coalesce(Charge.reference, "").label("reference")
_PAID = func.coalesce(Charge.allocated, 0).label("paid")
_DUE_ON = func.coalesce(Charge.due_on, Round.due_on).label("due_on")


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Bill.id,
            Bill.round_id,
            Round.title,
            Bill.person_id,
            Bill.code,
            Bill.full_name,
            Bill.class_name,
            Bill.total,
            _PAID,
            _REFERENCE,
            _DUE_ON,
            Bill.state,
            Bill.sort_key,
        )
        .join(Round, Round.id == Bill.round_id)
        .outerjoin(Charge, CHARGE_OF_BILL)
    )


def _row(today: date, row: Sequence[Any]) -> BillRow:
    (
        bill_id,
        round_id,
        title,
        person_id,
        code,
        name,
        class_name,
        total,
        paid,
        reference,
        due_on,
        state,
        key,
    ) = row
    standing = pay_state(state, total, paid, due_on, today)
    return BillRow(
        bill_id,
        round_id,
        title,
        person_id,
        code,
        name,
        class_name,
        total,
        paid,
        reference,
        due_on,
        standing,
        key,
    )


def _is(state: PayState, today: date) -> ColumnElement[bool]:
    live = Bill.state == "published"
    open_ = live & (Bill.total > _PAID)
    return {
        "paid": live & (Bill.total <= _PAID),
        "part": open_ & (_PAID > 0),
        "open": open_,
        "overdue": open_ & (today > _DUE_ON),
        "cancelled": Bill.state != "published",
    }[state]


@dataclass(frozen=True, slots=True)
class BillFilter:
    """What a list of bills shows. `search` is what people type: a name, a code or a reference."""

    round_id: UUID | None = None
    class_name: str = ""
    state: PayState | None = None
    search: str = ""


def _where(chosen: BillFilter, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.round_id is not None:
        found.append(Bill.round_id == chosen.round_id)
    if chosen.class_name:
        found.append(Bill.class_name == chosen.class_name)
    if chosen.state is not None:
        found.append(_is(chosen.state, today))
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
    query = _rows().where(*_where(chosen, today))
    if after is not None:
        query = query.where(tuple_(Bill.sort_key, Bill.id) > tuple_(after[0], UUID(after[1])))
    rows = ctx.session.execute(query.order_by(Bill.sort_key, Bill.id).limit(limit + 1)).all()
    found = tuple(_row(today, row) for row in rows[:limit])
    last = (found[-1].sort_key, str(found[-1].id)) if len(rows) > limit else None
    return Page(found, last)


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
            func.coalesce(func.sum(_PAID), 0),
            func.coalesce(func.sum(case((Bill.total <= _PAID, 1), else_=0)), 0),
        )
        .select_from(Bill)
        .join(Round, Round.id == Bill.round_id)
        .outerjoin(Charge, CHARGE_OF_BILL)
        .where(*_where(chosen, today))
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
            func.sum(case((Bill.total <= _PAID, 1), else_=0)),
            func.sum(Bill.total),
            func.sum(_PAID),
        )
        .outerjoin(Charge, CHARGE_OF_BILL)
        .where(Bill.round_id == round_id, Bill.state == "published")
        .group_by(Bill.class_name)
        .order_by(Bill.class_name)
    )
    return [ClassProgress(n, c, int(p), int(t), int(a)) for n, c, p, t, a in rows]


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
    query = _rows().add_columns(Round.period, Bill.issued_at, Bill.cancelled_at, Bill.cancel_reason, Charge.id)
    row = ctx.session.execute(query.where(Bill.id == bill_id)).one_or_none()
    if row is None:
        raise NotFound()
    *head, period, issued_at, cancelled_at, reason, charge_id = row
    today = local_date(ctx.now())
    lines = lines_of(ctx, [bill_id]).get(bill_id, ())
    return BillView(_row(today, head), period, issued_at, cancelled_at, reason, charge_id, lines)


def bills_of(ctx: Context, person_id: UUID) -> list[BillRow]:
    """All bills of one pupil, the newest first."""
    access.require_for(ctx, "finance.bill.read", person_id)
    today = local_date(ctx.now())
    query = _rows().where(Bill.person_id == person_id, Bill.state != "withdrawn")
    rows = ctx.session.execute(query.order_by(Round.period.desc(), Bill.id.desc()))
    return [_row(today, row) for row in rows]


def open_bills_of(ctx: Context, people: Collection[UUID]) -> dict[UUID, list[BillRow]]:
    """Bills that are still to pay, by pupil, the oldest due first. The caller has asked for the right."""
    today = local_date(ctx.now())
    query = _rows().where(Bill.person_id.in_(people), _is("open", today)).order_by(Charge.due_on, Bill.id)
    found: dict[UUID, list[BillRow]] = {}
    for row in ctx.session.execute(query):
        one = _row(today, row)
        found.setdefault(one.person_id, []).append(one)
    return found
