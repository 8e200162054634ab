"""Debts by age, class and item, and who owes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.ledger import Charge
from plugins.finance.models import Bill, Item
from plugins.finance.rules.ages import BANDS
from plugins.finance.services.issue import CHARGE_OF_BILL

from .by_item import paid_items

Dated = ColumnElement[Any] | InstrumentedAttribute[date]
Aged = Mapping[str, int]
"""Dong by band of `rules.ages.BANDS`, every band."""


def bands(today: date, due_on: Dated, rest: ColumnElement[Any]) -> list[ColumnElement[int]]:
    """One sum for each age."""
    days = today - due_on
    found: list[ColumnElement[int]] = []
    for name, low, high, _label in BANDS:
        inside = (days >= low) if high is None else days.between(low, high)
        found.append(cast(func.coalesce(func.sum(rest).filter(inside), 0), BigInteger).label(name))
    return found


def _aged(row: Any) -> dict[str, int]:
    return {name: int(getattr(row, name)) for name, *_rest in BANDS}


@dataclass(frozen=True, slots=True)
class ClassDebt:
    """What pupils of a class still owe, by the class of the bill."""

    class_name: str
    pupils: int
    by_age: Aged

    @property
    def owed(self) -> int:
        return sum(self.by_age.values())


@dataclass(frozen=True, slots=True)
class ItemDebt:
    """What is still open of an item."""

    item_id: UUID
    label_vi: str
    label_en: str
    pupils: int
    by_age: Aged

    @property
    def owed(self) -> int:
        return sum(self.by_age.values())

    def label(self, locale: str) -> str:
        return self.label_en if locale == "en" else self.label_vi


@dataclass(frozen=True, slots=True)
class Debts:
    """All that is open. Amounts in dong."""

    classes: tuple[ClassDebt, ...]
    items: tuple[ItemDebt, ...]

    @property
    def by_age(self) -> Aged:
        return {name: sum(one.by_age[name] for one in self.classes) for name, *_rest in BANDS}

    @property
    def owed(self) -> int:
        return sum(one.owed for one in self.classes)

    @property
    def overdue(self) -> int:
        return self.owed - self.by_age["not_due"]


def debts(ctx: Context) -> Debts:
    """What is open, by class and by item: two statements over the open charges."""
    ctx.require("finance.debtor.read")
    today = local_date(ctx.now())
    open_ = (Charge.state == "open", Bill.school_id == ctx.school_id)
    by_class = ctx.session.execute(
        select(
            Bill.class_name,
            func.count(Bill.person_id.distinct()).label("pupils"),
            *bands(today, Charge.due_on, Charge.due - Charge.allocated),
        )
        .join(Charge, CHARGE_OF_BILL)
        .where(*open_)
        .group_by(Bill.class_name)
        .order_by(Bill.class_name)
    )
    line = paid_items(*open_)
    rest = line.c.amount - line.c.paid
    by_item = ctx.session.execute(
        select(
            Item.id,
            Item.label_vi,
            Item.label_en,
            func.count(line.c.person_id.distinct()).label("pupils"),
            *bands(today, line.c.due_on, rest),
        )
        .join(line, line.c.item_id == Item.id)
        .where(rest > 0)
        .group_by(Item.id)
        .order_by(func.sum(rest).desc(), Item.id)
    )
    return Debts(
        tuple(ClassDebt(row.class_name, row.pupils, _aged(row)) for row in by_class),
        tuple(ItemDebt(row.id, row.label_vi, row.label_en, row.pupils, _aged(row)) for row in by_item),
    )


@dataclass(frozen=True, slots=True)
class PupilDebt:
    """A pupil with everything that is open, by age. Amounts in dong."""

    person_id: UUID
    full_name: str
    code: str
    class_name: str
    owed: int
    oldest_due_on: date
    by_age: Aged


def pupil_debts(
    ctx: Context, *, class_name: str = "", item_id: UUID | None = None, age: str = "", limit: int | None = None
) -> Iterator[PupilDebt]:
    """Who owes, the largest sum first; narrowed to a class, an item or an age."""
    ctx.require("finance.debtor.read")
    today = local_date(ctx.now())
    line = paid_items(
        Charge.state == "open",
        Bill.school_id == ctx.school_id,
        *([Bill.class_name == class_name] if class_name else []),
    )
    rest = line.c.amount - line.c.paid
    query = (
        select(
            line.c.person_id,
            func.max(Bill.full_name).label("full_name"),
            func.max(Bill.code).label("code"),
            func.max(Bill.class_name).label("class_name"),
            cast(func.sum(rest), BigInteger).label("owed"),
            func.min(line.c.due_on).label("oldest"),
            *bands(today, line.c.due_on, rest),
        )
        .join(Bill, Bill.id == line.c.bill_id)
        .where(rest > 0)
        .group_by(line.c.person_id)
    )
    if item_id is not None:
        query = query.where(line.c.item_id == item_id)
    for name, low, high, _label in BANDS:
        if name == age:
            days = today - line.c.due_on
            query = query.where((days >= low) if high is None else days.between(low, high))
    ordered = query.order_by(func.sum(rest).desc(), line.c.person_id).limit(limit)
    for row in ctx.session.execute(ordered):
        yield PupilDebt(row.person_id, row.full_name, row.code, row.class_name, row.owed, row.oldest, _aged(row))
