"""Months of meals as a list, and what a pupil was given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, select

from core.sdk import Context
from plugins.finance.models import Bill, BillLine, Credit, Item, MealMonth, Round

from .closing import Sums, sums


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month that asked for meals."""

    month: date
    closed_at: datetime | None
    closed_by: str
    credited: int
    """Dong, less what was asked again."""


def months(ctx: Context, limit: int = 24) -> list[MonthRow]:
    """Months with published meals, the newest first."""
    ctx.require("finance.round.read")
    asked = (
        select(Bill.id)
        .join(BillLine, BillLine.bill_id == Bill.id)
        .join(Item, and_(Item.id == BillLine.item_id, Item.kind == "meal", Item.unit == "day"))
        .where(Bill.round_id == Round.id, Bill.state == "published")
        .correlate(Round)
    )
    given = (
        select(func.coalesce(func.sum(Credit.amount), 0))
        .where(Credit.school_id == ctx.school_id, Credit.month == Round.period)
        .correlate(Round)
        .scalar_subquery()
    )
    query = (
        select(Round.period, MealMonth.closed_at, func.coalesce(MealMonth.closed_by, ""), given)
        .outerjoin(MealMonth, and_(MealMonth.school_id == Round.school_id, MealMonth.month == Round.period))
        .where(Round.school_id == ctx.school_id, asked.exists())
        .distinct()
        .order_by(Round.period.desc())
        .limit(limit)
    )
    return [MonthRow(period, at, who, int(amount)) for period, at, who, amount in ctx.session.execute(query)]


def month_row(ctx: Context, month: date) -> tuple[MonthRow, Sums]:
    """One month with its sums."""
    first = month.replace(day=1)
    mine = MealMonth.school_id == ctx.school_id, MealMonth.month == first
    row = ctx.session.execute(select(MealMonth.closed_at, MealMonth.closed_by).where(*mine)).one_or_none()
    found = sums(ctx, first)
    return MonthRow(first, row.closed_at if row else None, row.closed_by if row else "", found.given), found


@dataclass(frozen=True, slots=True)
class CreditLine:
    """Meals that were given back, or are asked again, as a family reads it. Dong."""

    month: date
    kind: str
    item_vi: str
    item_en: str
    quantity: int
    unit_price: int
    amount: int
    days: list[date]
    """The days that count, after this line."""

    def label(self, locale: str) -> str:
        return self.item_en if locale == "en" else self.item_vi


def credits_of(ctx: Context, *, bill_id: UUID) -> list[CreditLine]:
    """What a bill carries over from months before. The caller has asked for the right to the bill."""
    query = (
        select(Credit.month, Credit.kind, Item.label_vi, Item.label_en, Credit.quantity, Credit.unit_price,
               Credit.amount, Credit.days)
        .join(Item, Item.id == Credit.item_id)
        .where(Credit.school_id == ctx.school_id, Credit.on_bill_id == bill_id)
        .order_by(Credit.month, Credit.id)
    )  # fmt: skip
    return [CreditLine(*row) for row in ctx.session.execute(query)]
