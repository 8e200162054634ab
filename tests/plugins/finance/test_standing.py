"""Debts, collection, rails, the day and a family's years: the tables agree with the books, in few statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event, select

from core.data.session import Database
from core.people.services import create_person, relate
from core.sdk import Actor, Context
from core.sdk.data import new_id
from core.sdk.ledger import Charge, ledger
from core.sdk.school import current_year
from plugins.finance.models import Bill
from plugins.finance.services import publish, standing
from plugins.finance.services.desk import take_cash

from .conftest import Moment, World

LAM, HOA, AN = "Lê Lan Lam", "Nguyễn Bảo Hoa", "Đỗ Thị An"
DUE = 3 * 883_950 + 3 * (35_000 * 18 + 631_800 + 150_000)


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def told(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(db.engine, "before_cursor_execute", told)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", told)


@pytest.fixture
def paid(ctx: Context, world: World) -> Context:
    """Lam has paid 700,000 of 883,950; Hoa all; nobody else anything."""
    publish.publish(ctx, world.round_id)
    bills = {row.person_id: row.id for row in ctx.session.execute(select(Bill.person_id, Bill.id))}
    take_cash(ctx, bills[world.pupils[LAM]], 700_000, key="a")
    take_cash(ctx, bills[world.pupils[HOA]], 1_411_800, key="b")
    return ctx


def test_debts_by_class_and_item_are_the_same_money(paid: Context, world: World, clock: Moment) -> None:
    clock.forward(days=60)
    found = standing.debts(paid)
    owed = sum(row for row in paid.session.scalars(select(Charge.due - Charge.allocated)))
    assert found.owed == owed == DUE - 2_111_800
    assert sum(item.owed for item in found.items) == owed
    assert [(one.class_name, one.pupils) for one in found.classes] == [("1A", 3), ("2A", 2)]
    assert found.by_age["to_60"] == owed == found.overdue
    items = {item.label_vi: (item.pupils, item.owed) for item in found.items}
    assert items["Tiền ăn"] == (4, 2 * 576_000 + 2 * 630_000), "the first line is paid first: Lam owes none of it"
    assert items["Bảo hiểm y tế"] == (5, 157_950 * 2 + 33_950 + 2 * 631_800)
    whom = list(standing.pupil_debts(paid))
    assert sum(one.owed for one in whom) == owed
    assert whom[-1].full_name == LAM
    assert next(standing.pupil_debts(paid, class_name="2A", age="to_60", limit=1)).class_name == "2A"
    assert not list(standing.pupil_debts(paid, age="over_90"))
    insured = standing.pupil_debts(paid, item_id=world.items["bhyt"].id)
    assert {one.full_name: one.owed for one in insured}[LAM] == 33_950


def test_collection_of_a_year_sums_to_the_same_totals(paid: Context) -> None:
    year = current_year(paid)
    assert year is not None
    found = standing.collection(paid, year)
    assert (found.asked, found.paid) == (DUE, 2_111_800)
    assert [row.label for row in found.months] == ["09/2026"]
    for rows in (found.months, found.classes, found.items):
        assert (sum(r.asked for r in rows), sum(r.paid for r in rows)) == (DUE, 2_111_800)
    assert {row.label: row.percent for row in found.classes} == {"1A": 26, "2A": 33}
    english = standing.collection(paid, year, english=True)
    assert {row.label for row in english.items} == {"Meals", "Health insurance", "Two sessions"}


def test_rails_and_their_fees(paid: Context, clock: Moment) -> None:
    today = date(2026, 9, 20)
    lines = (
        ledger.Line("bank:1", 99_000),
        ledger.Line("provider_fee", 1_000),
        ledger.Line("clearing:vnpay", -100_000),
    )
    ledger.post(paid, ledger.Entry("s", "settlement", clock(), lines))
    found = {rail.account: rail for rail in standing.rails(paid, today, today)}
    assert (found["cash"].payments, found["cash"].came_in, found["cash"].fee) == (2, 2_111_800, 0)
    assert (found["clearing:vnpay"].came_in, found["clearing:vnpay"].fee) == (0, 1_000)
    assert standing.rails(paid, date(2026, 9, 21), date(2026, 9, 30)) == []
    day = standing.day(paid, today)
    assert (day.came_in, day.payments, day.receipts, day.cancelled) == (2_111_800, 2, 2, 0)
    assert (day.waiting.drawers_open, day.waiting.overdue) == (0, 0)


def test_a_family_sees_its_years_and_why_the_balance_is_so(
    paid: Context, world: World, db: Database, system: Actor
) -> None:
    mother = create_person(paid, "Lê Thị Mẹ")
    for child in (LAM, HOA):
        relate(paid, mother, world.pupils[child], "mother")
    bill = paid.session.scalars(select(Bill.id).where(Bill.person_id == world.pupils[HOA])).one()
    take_cash(paid, bill, 100_000, key="more")
    parent = Actor("account", "Mẹ", new_id(), mother, permissions=frozenset({"finance.bill.read.own"}))
    own = replace(paid, actor=parent)
    found = {child.full_name: child for child in standing.history(own)}
    assert set(found) == {LAM, HOA}
    hoa = found[HOA]
    assert [(year.name, year.asked, year.paid, len(year.receipts)) for year in hoa.years] == [
        ("2026-2027", 1_411_800, 1_411_800, 2)
    ]
    assert hoa.movements == {"cash.collected": 1_511_800, "allocation": -1_411_800}
    assert hoa.balance == 100_000
    assert [(line.label("vi"), line.paid) for line in found[LAM].years[0].lines][-1] == ("Học 2 buổi/ngày", 0)


def test_more_bills_need_no_more_statements(paid: Context, db: Database) -> None:
    year = current_year(paid)
    assert year is not None
    calls: dict[Callable[[], object], int] = {
        lambda: standing.debts(paid): 2,
        lambda: standing.collection(paid, year): 2,
        lambda: standing.rails(paid, date(2026, 9, 1), date(2026, 9, 30)): 2,
        lambda: list(standing.pupil_debts(paid)): 1,
        lambda: standing.day(paid, date(2026, 9, 20)): 6,
    }
    for call, most in calls.items():
        with counted(db) as seen:
            call()
        assert len(seen) <= most, seen
