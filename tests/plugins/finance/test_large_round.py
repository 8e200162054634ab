"""A school of 2,000 pupils: amounts of a round and of its meals are those of the rules, and the same a second time."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from core.data.session import Database
from core.sdk import Actor, Context
from core.sdk.ledger import ledger, trial_balance
from plugins.finance.models import Bill, BillLine, Credit
from plugins.finance.rules.amounts import Differs, LineAmount, Priced, is_shown, line_amount
from plugins.finance.rules.meals import Planned, given_back
from plugins.finance.services import meals, publish
from plugins.finance.services.exceptions import ExceptionInput, set_exceptions
from plugins.finance.services.exemptions import ExemptionInput, add_exemption, approve_exemption
from plugins.finance.services.meals import AbsenceInput
from plugins.finance.services.prices import PriceInput, set_prices
from plugins.finance.services.rounds import open_round
from tests.core.payments.crash import Killed, dies_at

from .conftest import Moment, add_classes, add_items, add_pupils

pytestmark = pytest.mark.timeout(300)
PUPILS, CLASSES = 2_000, 50
MONTH = date(2026, 9, 1)
PRICES = {"tien_an": (35_000, 18), "ban_tru": (200_000, 1), "hai_buoi": (150_000, 1), "bhyt": (157_950, 1),
          "nuoc_uong": (12_333, 1)}  # fmt: skip
MOST_MB = 20
"""Of the program's own memory: pupils and amounts stay in the database."""
Line = tuple[LineAmount, int]


@dataclass(frozen=True)
class Large:
    school: UUID
    round_id: UUID
    people: list[UUID]
    items: dict[str, UUID]
    lines: dict[tuple[UUID, UUID], Line]
    """By pupil and item: what the rules say."""


@pytest.fixture
def large(db: Database, other_school: UUID, system: Actor, clock: Moment) -> Large:
    pick = random.Random(2026)
    with db.context(system, other_school, clock=clock) as ctx:
        items = {code: item.id for code, item in add_items(ctx).items()}
        classes = list(add_classes(ctx, [f"{1 + n % 5}A{n // 5}" for n in range(CLASSES)]).values())
        listed = [(f"26{n:05d}", f"Nguyễn Văn {n}", classes[n % CLASSES]) for n in range(PUPILS)]
        people = add_pupils(ctx, listed)
        row = open_round(ctx, title="Thu", period=MONTH, due_on=date(2026, 10, 15), item_ids=list(items.values()))
        set_prices(ctx, row.id, [PriceInput(items[code], *price) for code, price in PRICES.items()])
        differs = {
            (person, items["tien_an"]): Differs(quantity=pick.randrange(18), reason="riêng")
            for person in pick.sample(people, 100)
        }
        set_exceptions(ctx, row.id, [ExceptionInput(p, i, d.reason, d.quantity) for (p, i), d in differs.items()])
        percents = _exemptions(ctx, pick, people, items)
    lines: dict[tuple[UUID, UUID], Line] = {}
    for person in people:
        for code, (price, quantity) in PRICES.items():
            key = person, items[code]
            percent = percents.get(key, 0)
            line = line_amount(Priced(price, quantity, "school"), differs.get(key), percent)
            if is_shown(line):
                lines[key] = line, percent
    return Large(other_school, row.id, people, items, lines)


def _exemptions(
    ctx: Context, pick: random.Random, people: list[UUID], items: dict[str, UUID]
) -> dict[tuple[UUID, UUID], int]:
    found: dict[tuple[UUID, UUID], int] = {}
    for person in pick.sample(people, 60):
        percent, code = pick.choice((33, 50, 70, 100)), pick.choice(("tien_an", "hai_buoi"))
        start, end = date(2026, 9, 1), date(2027, 5, 31)
        entry = ExemptionInput(person, (items[code],), percent, "other", "lý do", "văn bản", "giấy tờ", start, end)
        approve_exemption(ctx, add_exemption(ctx, entry).id)
        found[person, items[code]] = percent
    return found


def _stored(ctx: Context, round_id: UUID) -> dict[tuple[UUID, UUID], Line]:
    """The lines of the bills that are out."""
    names = ("quantity", "unit_price", "gross", "reduction", "amount", "scope")
    query = select(Bill.person_id, BillLine.item_id, BillLine.percent, *(getattr(BillLine, name) for name in names))
    live = Bill.round_id == round_id, Bill.state == "published"
    rows = ctx.session.execute(query.join(BillLine, BillLine.bill_id == Bill.id).where(*live))
    return {(person, item): (LineAmount(*rest), percent) for person, item, percent, *rest in rows}


def _credits(ctx: Context) -> dict[UUID, int]:
    rows = ctx.session.execute(select(Credit.person_id, Credit.amount)).all()
    return {row.person_id: row.amount for row in rows}


@contextmanager
def _little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < MOST_MB * 2**20
    finally:
        tracemalloc.stop()


def test_a_round_done_again_comes_to_the_same_amounts(db: Database, large: Large, system: Actor, clock: Moment) -> None:
    with db.context(system, large.school, clock=clock) as ctx, _little_memory():
        assert publish.publish(ctx, large.round_id).bills == PUPILS
    with db.context(system, large.school, clock=clock) as ctx:
        assert _stored(ctx, large.round_id) == large.lines
        books = trial_balance(ctx)
        clock.forward(minutes=1)
        assert publish.publish(ctx, large.round_id).bills == 0, "everybody has a bill"
        assert publish.withdraw(ctx, large.round_id, reason="thử lại") == PUPILS
        assert set(trial_balance(ctx).values()) == {0}
    clock.forward(hours=1)
    with db.context(system, large.school, clock=clock) as ctx:
        assert publish.publish(ctx, large.round_id).bills == PUPILS
        assert _stored(ctx, large.round_id) == large.lines
        assert trial_balance(ctx) == books
        assert ledger.verify(ctx) == []


def test_the_meals_of_a_month_come_back_by_the_rule_and_once(
    db: Database, large: Large, system: Actor, clock: Moment
) -> None:
    meal, pick = large.items["tien_an"], random.Random(9)
    away = {person: (pick.randrange(6), pick.randrange(3)) for person in pick.sample(large.people, 800)}
    days = [
        AbsenceInput(person, date(2026, 9, 7 + n), n < in_time)
        for person, (in_time, late) in away.items()
        for n in range(in_time + late)
    ]
    with db.context(system, large.school, clock=clock) as ctx:
        publish.publish(ctx, large.round_id)
        meals.set_absences(ctx, MONTH, days)
    clock.forward(days=12)
    expected = {}
    for person, (in_time, _late) in away.items():
        line, percent = large.lines.get((person, meal), (None, 0))
        if line and (back := given_back(Planned(line.quantity, line.unit_price, percent), in_time)):
            expected[person] = back
    with db.context(system, large.school, clock=clock) as ctx, _little_memory():
        done = meals.close_month(ctx, MONTH)
    with db.context(system, large.school, clock=clock) as ctx:
        assert _credits(ctx) == expected
        assert (done.lines, done.credited) == (len(expected), sum(expected.values()))
        assert sum(trial_balance(ctx).values()) == 0
        assert ledger.verify(ctx) == []
        assert meals.correct_month(ctx, MONTH).lines == 0, "nothing has changed since"


def test_publishing_that_dies_anywhere_has_changed_nothing_and_is_done_again(
    db: Database, other_school: UUID, system: Actor, clock: Moment
) -> None:
    """All bills of a round or none: whoever looks meanwhile, or afterwards, sees balanced books."""
    with db.context(system, other_school, clock=clock) as ctx:
        items = [item.id for item in add_items(ctx).values()]
        (class_id,) = add_classes(ctx, ["1A"]).values()
        add_pupils(ctx, [(f"26{n:05d}", f"Nguyễn Văn {n}", class_id) for n in range(40)])
        row = open_round(ctx, title="Thu", period=MONTH, due_on=date(2026, 10, 15), item_ids=items)
        set_prices(ctx, row.id, [PriceInput(item, 10_000) for item in items])
    moment = 0
    while True:
        try:
            with dies_at(db, moment), db.context(system, other_school, clock=clock) as ctx:
                publish.publish(ctx, row.id)
            break
        except Killed:
            with db.context(system, other_school, clock=clock) as ctx:
                found = _stored(ctx, row.id)
                books = trial_balance(ctx)
            if found:
                break  # died after the commit
            assert books == {}
        moment += 3
    assert moment > 20
    with db.context(system, other_school, clock=clock) as ctx:
        publish.publish(ctx, row.id)
        assert len(_stored(ctx, row.id)) == 40 * len(items)
        assert sum(trial_balance(ctx).values()) == 0
        assert ledger.verify(ctx) == []
