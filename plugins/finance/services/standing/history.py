"""A family over the years: what was asked and paid for each child, and why the balance is what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, Interval, cast, func, literal_column, select

from core.sdk import Context, access
from core.sdk.ledger import JournalEntry, Posting
from core.sdk.people import Person
from plugins.finance.models import Bill, Item, Receipt, Round
from plugins.finance.services.receipts import ReceiptRow, number_label

from .by_item import paid_items

FIRST_MONTH = 8
"""Bills of August are for the school year that begins in September: a year runs from August to July."""


@dataclass(frozen=True, slots=True)
class YearLine:
    """An item of a school year of one child, in dong."""

    label_vi: str
    label_en: str
    months: int
    asked: int
    paid: int

    def label(self, locale: str) -> str:
        return self.label_en if locale == "en" else self.label_vi


@dataclass(frozen=True, slots=True)
class ChildYear:
    """A school year, such as 2026-2027."""

    name: str
    lines: tuple[YearLine, ...]
    receipts: tuple[ReceiptRow, ...]

    @property
    def asked(self) -> int:
        return sum(line.asked for line in self.lines)

    @property
    def paid(self) -> int:
        return sum(line.paid for line in self.lines)


@dataclass(frozen=True, slots=True)
class ChildYears:
    """One child: school years, the latest first, and the balance with everything that made it."""

    person_id: UUID
    full_name: str
    years: tuple[ChildYear, ...]
    movements: Mapping[str, int]
    """Kind of entry to dong: what it added to the balance, below zero what it took."""

    @property
    def balance(self) -> int:
        """Money at the school that no bill has used: the sum of all movements."""
        return sum(self.movements.values())


def _name(start: int) -> str:
    return f"{start}-{start + 1}"


def history(ctx: Context) -> list[ChildYears]:
    """The children of the signed-in parent, by name: four statements, however many children and years.

    Also those who have left the school: their papers stay theirs.
    """
    ctx.require("finance.bill.read.own")
    people = sorted(access.children(ctx))
    if not people:
        return []
    names = ctx.session.execute(
        select(Person.id, Person.full_name).where(Person.id.in_(people)).order_by(Person.sort_key, Person.id)
    ).all()
    lines = _lines(ctx, people)
    receipts = _receipts(ctx, people)
    movements = _movements(ctx, people)
    return [
        ChildYears(
            person_id,
            full_name,
            tuple(
                ChildYear(_name(start), tuple(lines.get((person_id, start), ())),
                          tuple(receipts.get((person_id, start), ())))
                for start in sorted({s for p, s in (*lines, *receipts) if p == person_id}, reverse=True)
            ),
            movements.get(person_id, {}),
        )
        for person_id, full_name in names
    ]  # fmt: skip


def _lines(ctx: Context, people: list[UUID]) -> dict[tuple[UUID, int], list[YearLine]]:
    line = paid_items(Bill.school_id == ctx.school_id, Bill.person_id.in_(people))
    period = Round.period
    shifted = period - literal_column("interval '7 months'", Interval())
    start = cast(func.date_part("year", shifted), BigInteger).label("start")
    rows = ctx.session.execute(
        select(
            line.c.person_id,
            start,
            Item.label_vi,
            Item.label_en,
            func.count(period.distinct()).label("months"),
            cast(func.sum(line.c.amount), BigInteger).label("asked"),
            cast(func.sum(line.c.paid), BigInteger).label("paid"),
        )
        .join(Round, Round.id == line.c.round_id)
        .join(Item, Item.id == line.c.item_id)
        .group_by(line.c.person_id, start, Item.id)
        .order_by(func.sum(line.c.amount).desc(), Item.id)
    )
    found: dict[tuple[UUID, int], list[YearLine]] = {}
    for row in rows:
        one = YearLine(row.label_vi, row.label_en, row.months, row.asked, row.paid)
        found.setdefault((row.person_id, row.start), []).append(one)
    return found


def _receipts(ctx: Context, people: list[UUID]) -> dict[tuple[UUID, int], list[ReceiptRow]]:
    rows = ctx.session.scalars(
        select(Receipt)
        .where(Receipt.school_id == ctx.school_id, Receipt.person_id.in_(people))
        .order_by(Receipt.issued_at.desc(), Receipt.id.desc())
    )
    found: dict[tuple[UUID, int], list[ReceiptRow]] = {}
    for row in rows:
        start = row.issued_at.year - (row.issued_at.month < FIRST_MONTH)
        pupil = row.content["pupil"]
        one = ReceiptRow(row.id, number_label(row.year, row.number), row.person_id, pupil["name"], pupil["class"],
                         row.amount, row.issued_at, row.state)  # fmt: skip
        found.setdefault((row.person_id, start), []).append(one)
    return found


def _movements(ctx: Context, people: list[UUID]) -> dict[UUID, dict[str, int]]:
    rows = ctx.session.execute(
        select(Posting.person_id, JournalEntry.kind, cast(-func.sum(Posting.amount), BigInteger))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(Posting.school_id == ctx.school_id, Posting.person_id.in_(people), Posting.account == "student_balance")
        .group_by(Posting.person_id, JournalEntry.kind)
        .order_by(func.min(Posting.id))
    )
    found: dict[UUID, dict[str, int]] = {}
    for person_id, kind, amount in rows:
        if person_id is not None and amount:
            found.setdefault(person_id, {})[kind] = int(amount)
    return found
