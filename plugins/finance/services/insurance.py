"""Pupils' health insurance: who is covered for how many months, from which day, as the bills say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from core.sdk import Context, Message, _, settings
from core.sdk.errors import Invalid, NotFound
from core.sdk.ledger import Charge
from plugins.finance.models import Bill, BillLine, InsuranceStart, Item, Round, RoundItem
from plugins.finance.roll import classes
from plugins.finance.rules.insurance import Span, figures, months_of, usual_start
from plugins.finance.settings import INSURANCE_SHARE

from ._trail import note
from .issue import CHARGE_OF_BILL


@dataclass(frozen=True, slots=True)
class Cover:
    """One pupil's cover of one round. Dong."""

    person_id: UUID
    code: str
    full_name: str
    class_name: str
    round_title: str
    amount: int
    paid: bool
    months: int | None
    """None: the amount is the contribution for no number of months; the school looks at it."""
    starts_on: date
    ends_on: date | None
    twice: bool
    """Another round covers a day of it already."""
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Start:
    """From when a grade, or with None the rest of the school, is covered."""

    item_id: UUID
    label: str
    grade: int | None
    starts_on: date
    usual: bool
    """Nobody has set it: the month after the bills are due."""


def starts(ctx: Context, round_id: UUID) -> list[Start]:
    """The first days of the insurance items of a round; empty when it collects none."""
    ctx.require("finance.round.read")
    row = _round(ctx, round_id)
    query = (
        select(Item.id, Item.label_vi, InsuranceStart.grade, InsuranceStart.starts_on)
        .join(RoundItem, RoundItem.item_id == Item.id)
        .outerjoin(InsuranceStart, (InsuranceStart.item_id == Item.id) & (InsuranceStart.round_id == row.id))
        .where(RoundItem.round_id == row.id, Item.kind == "insurance")
        .order_by(Item.position, Item.id, InsuranceStart.grade.nulls_first())
    )
    found: list[Start] = []
    for (item_id, label), group in groupby(ctx.session.execute(query), key=lambda r: (r[0], r[1])):
        given = [(grade, day) for _item, _label, grade, day in group if day is not None]
        if not any(grade is None for grade, _day in given):
            found.append(Start(item_id, label, None, usual_start(row.due_on), True))
        found += [Start(item_id, label, grade, day, False) for grade, day in given]
    return found


def set_start(ctx: Context, round_id: UUID, item_id: UUID, starts_on: date, grade: int | None = None) -> None:
    """Say from which month an insurance item counts, for a grade or for the rest. Needs `finance.round.edit`.

    Raises:
        Invalid: not the first day of a month, or the round collects no such insurance.
    """
    ctx.require("finance.round.edit")
    row = _round(ctx, round_id)
    known = select(Item.id).join(RoundItem, RoundItem.item_id == Item.id)
    known = known.where(RoundItem.round_id == row.id, Item.id == item_id, Item.kind == "insurance")
    if ctx.session.scalar(known) is None:
        raise NotFound()
    if starts_on.day != 1:
        message = _("Insurance begins with the first day of a month.")
        raise Invalid(message, fields={"starts_on": message})
    same = InsuranceStart.grade.is_(None) if grade is None else InsuranceStart.grade == grade
    mine = (InsuranceStart.round_id == row.id, InsuranceStart.item_id == item_id, same)
    found = ctx.session.scalar(select(InsuranceStart).where(*mine).with_for_update())
    if found is None:
        ctx.session.add(InsuranceStart(round_id=row.id, item_id=item_id, grade=grade, starts_on=starts_on))
    else:
        found.starts_on = starts_on
    ctx.session.flush()
    facts = {"from": starts_on.isoformat(), "grade": grade}
    note(ctx, "finance.insurance.start", ("finance_round", row.id), facts)


def _round(ctx: Context, round_id: UUID) -> Round:
    row = ctx.session.scalar(select(Round).where(Round.school_id == ctx.school_id, Round.id == round_id))
    if row is None:
        raise NotFound()
    return row


def covers(ctx: Context, round_id: UUID | None = None) -> Iterator[Cover]:
    """Every cover of a round, or of all rounds, by class and name. Needs `finance.bill.read`.

    The months stand in lines that never change; the day on which they begin in `set_start`.
    """
    ctx.require("finance.bill.read")
    grades = {c.id: c.grade for c in classes(ctx)}
    days = _days(ctx)
    share = int(settings.get(ctx, INSURANCE_SHARE))
    seen: dict[UUID, list[tuple[UUID, Span]]] = {}
    rows = ctx.session.execute(_lines(ctx)).all()
    spans = [(row, _span(row, grades.get(row.class_id), days, share)) for row in rows]
    for row, span in spans:
        if span is not None:
            seen.setdefault(row.person_id, []).append((row.bill_id, span))
    for row, span in spans:
        if round_id is not None and row.round_id != round_id:
            continue
        others = [other for bill, other in seen.get(row.person_id, ()) if bill != row.bill_id]
        begins = span.starts_on if span else _first(row, grades.get(row.class_id), days)
        yield Cover(
            row.person_id, row.code, row.full_name, row.class_name, row.title, row.amount, row.paid,
            span.months if span else None, begins, span.ends_on if span else None,
            span is not None and any(span.meets(other) for other in others), figures(begins).legal_basis,
        )  # fmt: skip


def _lines(ctx: Context) -> Any:
    return (
        select(
            BillLine.bill_id, BillLine.item_id, BillLine.quantity, BillLine.unit_price, BillLine.amount, Item.unit,
            Bill.person_id, Bill.code, Bill.full_name, Bill.class_id, Bill.class_name, Bill.round_id, Round.title,
            Round.period, Round.due_on, func.coalesce(Charge.allocated == Charge.due, True).label("paid"),
        )
        .join(Item, Item.id == BillLine.item_id)
        .join(Bill, Bill.id == BillLine.bill_id)
        .join(Round, Round.id == Bill.round_id)
        .outerjoin(Charge, CHARGE_OF_BILL)
        .where(
            BillLine.school_id == ctx.school_id, Item.kind == "insurance", Bill.state == "published",
            BillLine.part == 0, BillLine.gross > 0,
        )
        .order_by(Bill.class_name, Bill.sort_key, Bill.person_id, Round.period)
    )  # fmt: skip


Days = Mapping[tuple[UUID, UUID, int | None], date]


def _days(ctx: Context) -> Days:
    columns = (InsuranceStart.round_id, InsuranceStart.item_id, InsuranceStart.grade, InsuranceStart.starts_on)
    rows = ctx.session.execute(select(*columns).where(InsuranceStart.school_id == ctx.school_id))
    return {(round_id, item_id, grade): day for round_id, item_id, grade, day in rows}


def _first(row: Row[Any], grade: int | None, days: Days) -> date:
    own = days.get((row.round_id, row.item_id, grade)) or days.get((row.round_id, row.item_id, None))
    return own or usual_start(row.due_on)


def _span(row: Row[Any], grade: int | None, days: Days, share: int) -> Span | None:
    months = months_of(row.unit, row.quantity, row.unit_price, row.period, share)
    return Span(_first(row, grade, days), months) if months else None


def as_message(cover: Cover) -> Message:
    """What the cover needs, in a word."""
    if cover.months is None:
        return _("Look at the amount")
    if cover.twice:
        return _("Covered twice")
    return _("Paid") if cover.paid else _("Not paid yet")
