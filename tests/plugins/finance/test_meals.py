"""Meals by day: the worked example of fees.md 4, its property C3, closed months, leavers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.sdk import AbsenceSource, AbsentDay, Actor, Context, Message
from core.sdk.errors import Conflict, Invalid
from core.sdk.ledger import balance_of, trial_balance
from plugins.finance.models import Bill, BillLine, Credit
from plugins.finance.rules.meals import Planned, given_back
from plugins.finance.services import bills, corrections, links, meals, publish
from plugins.finance.services.exceptions import ExceptionInput, set_exceptions
from plugins.finance.services.exemptions import ExemptionInput, add_exemption, approve_exemption
from plugins.finance.services.meals import AbsenceInput
from plugins.finance.services.prices import PriceInput, set_prices
from plugins.finance.services.rounds import open_round

from .conftest import Moment, World

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
LAM = "Lê Lan Lam"


def _round(ctx: Context, world: World, period: date, days: int, price: int = 35_000) -> UUID:
    """A published round of meals alone."""
    meal = world.items["tien_an"].id
    row = open_round(ctx, title=f"Tiền ăn {period:%m/%Y}", period=period, due_on=period + timedelta(days=40),
                     item_ids=[meal])  # fmt: skip
    set_prices(ctx, row.id, [PriceInput(meal, price, days)])
    publish.publish(ctx, row.id)
    return row.id


def _bill(ctx: Context, round_id: UUID, person: UUID) -> bills.BillView:
    found = ctx.session.execute(
        select(Bill.id).where(Bill.round_id == round_id, Bill.person_id == person, Bill.state == "published")
    ).scalar_one()
    return bills.view_of(ctx, found)


def _away(ctx: Context, person: UUID, in_time: list[int], late: list[int] = []) -> None:  # noqa: B006  (not changed)
    entries = [AbsenceInput(person, date(2026, 9, day), True) for day in in_time]
    meals.set_absences(ctx, SEPTEMBER, [*entries, *(AbsenceInput(person, date(2026, 9, day), False) for day in late)])


def test_the_worked_example(ctx: Context, world: World, clock: Moment) -> None:
    lam = world.pupils[LAM]
    first = _round(ctx, world, SEPTEMBER, 22)
    assert _bill(ctx, first, lam).bill.total == 770_000
    _away(ctx, lam, [4, 7, 8], [15])
    with pytest.raises(Conflict):
        meals.close_month(ctx, SEPTEMBER)
    clock.forward(days=12)
    assert meals.close_month(ctx, SEPTEMBER) == meals.Closed(1, 105_000, 0)
    with pytest.raises(Conflict):
        meals.close_month(ctx, SEPTEMBER)
    assert _bill(ctx, first, lam).bill.open == 665_000, "an open bill is paid first"
    line = meals.month_lines(ctx, SEPTEMBER, person_id=lam)[0]
    assert (line.planned, line.counted, line.late, line.unit_price) == (22, 3, 1, 35_000)
    assert line.days == [date(2026, 9, 4), date(2026, 9, 7), date(2026, 9, 8)]
    assert sum(trial_balance(ctx).values()) == 0


def test_the_next_round_deducts_by_the_old_price_and_says_so(ctx: Context, world: World, clock: Moment) -> None:
    lam = world.pupils[LAM]
    first = _round(ctx, world, SEPTEMBER, 22)
    corrections.cancel_bill(ctx, _bill(ctx, first, lam).bill.id, "thử")
    paid = corrections.reissue(ctx, ctx.session.scalars(select(Bill.id).where(Bill.person_id == lam)).one())
    _pay(ctx, lam, paid.bill.total)
    _away(ctx, lam, [4, 7, 8], [15])
    clock.forward(days=12)
    meals.close_month(ctx, SEPTEMBER)
    assert balance_of(ctx, lam).credit == 105_000
    second = _bill(ctx, _round(ctx, world, OCTOBER, 20, 36_000), lam)
    assert (second.bill.total, second.bill.open) == (720_000, 615_000)
    (carried,) = second.carried
    assert (carried.quantity, carried.unit_price, carried.amount) == (3, 35_000, 105_000)
    assert len(carried.days) == 3
    token = links.pay_link(ctx, second.bill.id)
    (told,) = links.bill_by_link(ctx, token).carried
    assert (told.quantity, told.days) == (3, []), "a link tells how many days, not which"
    stranger = Actor("account", "Phụ huynh khác", person_id=world.pupils["Đỗ Thị An"],
                     permissions=frozenset({"finance.bill.read.own"}))  # fmt: skip
    assert links.bill_by_link(ctx, token, stranger).carried[0].days == []
    accountant = Actor("account", "Kế toán", permissions=frozenset({"finance.bill.read"}))
    assert len(links.bill_by_link(ctx, token, accountant).carried[0].days) == 3


def _pay(ctx: Context, person: UUID, amount: int) -> None:
    from core.sdk.ledger import collect_cash

    collect_cash(ctx, person, amount)


def test_late_corrections_are_lines_of_their_own_and_closed_ones_stay(
    ctx: Context, world: World, clock: Moment
) -> None:
    lam = world.pupils[LAM]
    _pay(ctx, lam, _bill(ctx, _round(ctx, world, SEPTEMBER, 22), lam).bill.total)
    _away(ctx, lam, [4, 7])
    clock.forward(days=12)
    meals.close_month(ctx, SEPTEMBER)
    closed = ctx.session.execute(select(Credit.id, Credit.amount, Credit.days)).one()
    meals.set_absences(ctx, SEPTEMBER, [AbsenceInput(lam, date(2026, 9, 4), None, "có ăn")])
    assert meals.correct_month(ctx, SEPTEMBER) == meals.Closed(1, 0, 35_000)
    assert meals.correct_month(ctx, SEPTEMBER) == meals.Closed(0, 0, 0), "nothing more has changed"
    assert closed == ctx.session.execute(select(Credit.id, Credit.amount, Credit.days).order_by(Credit.id)).first()
    second = _bill(ctx, _round(ctx, world, OCTOBER, 20), lam)
    assert [(line.part, line.amount) for line in second.lines] == [(0, 700_000), (2, 35_000)]
    assert (second.bill.total, second.bill.open) == (735_000, 735_000 - 70_000)
    said = [step.render() for step in second.lines[1].steps()]
    assert "asked again" in said[0]
    assert [c.amount for c in second.carried] == [70_000, -35_000]
    corrections.cancel_bill(ctx, second.bill.id, "sai")
    again = corrections.reissue(ctx, second.bill.id)
    assert again.bill.total == 735_000, "what a cancelled bill asked again is asked by the next one"


def test_who_eats_no_more_keeps_the_money_as_balance(ctx: Context, world: World, clock: Moment) -> None:
    lam, meal = world.pupils[LAM], world.items["tien_an"].id
    _pay(ctx, lam, _bill(ctx, _round(ctx, world, SEPTEMBER, 22), lam).bill.total)
    _away(ctx, lam, [4, 7, 8])
    clock.forward(days=12)
    meals.close_month(ctx, SEPTEMBER)
    row = open_round(ctx, title="T10", period=OCTOBER, due_on=date(2026, 10, 30), item_ids=[meal])
    set_prices(ctx, row.id, [PriceInput(meal, 35_000, 20)])
    set_exceptions(ctx, row.id, [ExceptionInput(lam, meal, "Thôi ăn bán trú", quantity=0)])
    publish.publish(ctx, row.id)
    assert ctx.session.scalar(select(Bill.id).where(Bill.round_id == row.id, Bill.person_id == lam)) is None
    assert balance_of(ctx, lam).credit == 105_000


def test_registers_are_taken_over_and_hand_holds_against_them(ctx: Context, world: World) -> None:
    lam, hoa = world.pupils[LAM], world.pupils["Nguyễn Bảo Hoa"]
    moment = datetime(2026, 9, 4, 0, 30, tzinfo=UTC)
    days = [AbsentDay(lam, date(2026, 9, 4), moment, True), AbsentDay(hoa, date(2026, 9, 7), moment, False)]

    def source(ctx: Context, first: date, last: date) -> Iterator[AbsentDay]:
        yield from (d for d in days if first <= d.day <= last)

    known = [AbsenceSource("test.source", Message("test"), source)]
    assert meals.take_absences(ctx, SEPTEMBER, known) == 2
    meals.set_absences(ctx, SEPTEMBER, [AbsenceInput(hoa, date(2026, 9, 7), True, "mẹ gọi lúc 7 giờ")])
    days[:] = [days[0], replace(days[1], in_time=False)]
    meals.take_absences(ctx, SEPTEMBER, known)
    assert [(a.person_id, a.in_time, a.source) for a in meals.absences(ctx, SEPTEMBER)] == [
        (lam, True, "register"), (hoa, True, "hand"),
    ]  # fmt: skip
    days.clear()
    meals.take_absences(ctx, SEPTEMBER, known)
    assert [a.person_id for a in meals.absences(ctx, SEPTEMBER)] == [hoa], "what the registers take back goes"
    with pytest.raises(Invalid):
        meals.take_absences(ctx, SEPTEMBER, [])
    with pytest.raises(Invalid):
        meals.set_absences(ctx, SEPTEMBER, [AbsenceInput(lam, OCTOBER, True)])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(days=st.integers(0, 31), price=st.integers(0, 99_999), percent=st.integers(0, 100), away=st.integers(0, 40))
def test_what_stays_is_the_price_of_what_was_eaten(days: int, price: int, percent: int, away: int) -> None:
    planned = Planned(days, price, percent)
    kept = Planned(days - min(away, days), price, percent)
    assert planned.charged - given_back(planned, away) == kept.charged
    assert percent or kept.charged == price * kept.days


def _charged_less_credited(ctx: Context, person: UUID) -> int:
    """C3, from the stored lines: asked for September and asked again, less what was given back."""
    asked = ctx.session.scalar(
        select(func.coalesce(func.sum(BillLine.amount), 0))
        .join(Bill, Bill.id == BillLine.bill_id)
        .where(Bill.person_id == person, Bill.state == "published", BillLine.part == 0)
    )
    given = ctx.session.scalar(select(func.coalesce(func.sum(Credit.amount), 0)).where(Credit.person_id == person))
    return int(asked or 0) - int(given or 0)


@pytest.mark.parametrize("seed", range(3))
def test_any_sequence_of_absences_and_corrections(ctx: Context, world: World, clock: Moment, seed: int) -> None:
    """C3: charged - credited = price x days eaten or reported too late, after closing and after each correction."""
    import random

    pick = random.Random(seed)
    meal = world.items["tien_an"].id
    hoa = world.pupils["Nguyễn Bảo Hoa"]
    given_ = ExemptionInput(hoa, (meal,), 50, "near_poor", "x", "x", "x", SEPTEMBER, date(2026, 12, 31))
    approve_exemption(ctx, add_exemption(ctx, given_).id)
    _round(ctx, world, SEPTEMBER, 20, 33_333)
    clock.forward(days=12)
    state: dict[tuple[UUID, int], bool] = {}
    for step in range(5):
        entries = []
        for person in world.pupils.values():
            for day in pick.sample(range(1, 31), pick.randrange(9)):
                in_time = pick.choice((True, False, None))
                entries.append(AbsenceInput(person, date(2026, 9, day), in_time))
                state.pop((person, day), None)
                if in_time is not None:
                    state[person, day] = in_time
        meals.set_absences(ctx, SEPTEMBER, entries)
        (meals.correct_month if step else meals.close_month)(ctx, SEPTEMBER)
        for person in world.pupils.values():
            counted = sum(in_time for (who, _day), in_time in state.items() if who == person)
            expected = Planned(max(20 - counted, 0), 33_333, 50 if person == hoa else 0).charged
            assert _charged_less_credited(ctx, person) == expected
        assert sum(trial_balance(ctx).values()) == 0
