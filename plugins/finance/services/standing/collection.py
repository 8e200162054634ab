"""What was asked and what has come in, by month, class and item of a school year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, Date, cast, func, select

from core.sdk import Context, school
from core.sdk.ledger import Charge
from core.sdk.school import Year
from plugins.finance.models import Bill, Item, Round
from plugins.finance.services.issue import CHARGE_OF_BILL

from .by_item import paid_items


@dataclass(frozen=True, slots=True)
class Collected:
    """One row: asked, and of it paid, in dong."""

    label: str
    pupils: int
    asked: int
    paid: int

    @property
    def open(self) -> int:
        return self.asked - self.paid

    @property
    def percent(self) -> int | None:
        """Paid of asked, rounded down: 100 means everything; None where nothing was asked."""
        return 100 * self.paid // self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Collection:
    """A school year. The rows of each table sum to the same totals."""

    months: tuple[Collected, ...]
    classes: tuple[Collected, ...]
    items: tuple[Collected, ...]

    @property
    def asked(self) -> int:
        return sum(row.asked for row in self.months)

    @property
    def paid(self) -> int:
        return sum(row.paid for row in self.months)

    @property
    def percent(self) -> int | None:
        return 100 * self.paid // self.asked if self.asked else None


def years(ctx: Context) -> list[Year]:
    """The school years to choose from, the latest first."""
    return sorted(school.years(ctx), key=lambda year: year.starts_on, reverse=True)


def periods(year: Year) -> tuple[date, date]:
    """First and last month whose rounds count to a school year: from the month it begins to the month it ends."""
    return year.starts_on.replace(day=1), year.ends_on.replace(day=1)


def collection(ctx: Context, year: Year, *, english: bool = False) -> Collection:
    """What live bills of a school year ask and have received: two statements."""
    ctx.require("finance.bill.read")
    first, last = periods(year)
    mine = (Bill.school_id == ctx.school_id, Round.period.between(first, last))
    month = cast(Round.period, Date)
    rows = ctx.session.execute(
        select(
            month.label("month"),
            Bill.class_name,
            func.grouping(month).label("over_months"),
            func.count(Bill.person_id.distinct()).label("pupils"),
            cast(func.sum(Bill.total), BigInteger).label("asked"),
            cast(func.coalesce(func.sum(Charge.allocated), 0), BigInteger).label("paid"),
        )
        .join(Round, Round.id == Bill.round_id)
        .outerjoin(Charge, CHARGE_OF_BILL)
        .where(Bill.state == "published", *mine)
        .group_by(func.grouping_sets(month, Bill.class_name))
        .order_by(month, Bill.class_name)
    ).all()
    line = paid_items(*mine)
    label = Item.label_en if english else Item.label_vi
    items = ctx.session.execute(
        select(
            label,
            func.count(line.c.person_id.distinct()),
            cast(func.sum(line.c.amount), BigInteger),
            cast(func.sum(line.c.paid), BigInteger),
        )
        .join(line, line.c.item_id == Item.id)
        .group_by(Item.id)
        .order_by(func.sum(line.c.amount).desc(), Item.id)
    )
    return Collection(
        tuple(Collected(f"{r.month:%m/%Y}", r.pupils, r.asked, r.paid) for r in rows if not r.over_months),
        tuple(Collected(r.class_name, r.pupils, r.asked, r.paid) for r in rows if r.over_months),
        tuple(Collected(*row) for row in items),
    )
