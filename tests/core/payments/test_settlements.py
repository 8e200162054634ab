"""Day files of services, their payouts, and the report: every transaction in one state, totals that are their sums."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from core.payments import cases, settlements, statements
from core.payments.matching import Line, Origin, Statement
from core.payments.settlements import State
from core.types.errors import Conflict, Invalid

from .world import SYSTEM, World

HEADER = "transaction,order,kind,amount,fee,net,time"


def _file(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows)).encode()


def _settle(world: World, content: bytes, name: str = "day.csv") -> settlements.SettlementPlan:
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        file = settlements.read_settlement(content)
        return settlements.import_settlement(ctx, world.pay_channel.id, file, name=name)


def _statement(world: World, *lines: tuple[str, str, int, datetime]) -> statements.Imported:
    made = [
        Line(Origin("S", row), at, number, words, amount, 0) for row, (number, words, amount, at) in enumerate(lines)
    ]
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        return statements.import_statement(ctx, world.bank_channel.id, Statement(tuple(made)))


def _report(world: World) -> list[settlements.Transaction]:
    """All transactions; the totals by day are those of the lines, always."""
    first, last = world.now.date() - timedelta(days=60), world.now.date() + timedelta(days=60)
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        found = settlements.transactions(ctx, first, last, limit=10_000)
        days = settlements.days(ctx, first, last)
        for state in State:
            only = settlements.transactions(ctx, first, last, states=[state], limit=10_000)
            assert only == [t for t in found if t.state is state]
    by_day: dict[tuple[date, str], list[settlements.Transaction]] = {}
    for one in found:
        by_day.setdefault((one.day, one.rail), []).append(one)
    assert {(day.day, day.rail) for day in days} == set(by_day)
    for day in days:
        lines = by_day[day.day, day.rail]
        assert (day.count, day.theirs, day.ours) == (
            len(lines),
            sum(t.theirs for t in lines),
            sum(t.ours for t in lines),
        )
        assert day.difference == sum(t.difference for t in lines)
        assert day.differing == sum(t.differs for t in lines)
        assert day.count == day.no_money + day.not_confirmed + day.by_hand + day.automatic
    return found


def _paid(world: World, number: str, amount: int = 100_000) -> tuple[UUID, str]:
    """A payment by the service that has been told and booked; the bill and our reference."""
    bill = world.charge(world.person(), amount)
    started = world.start(bill)
    world.bring(world.paid(started, number))
    return bill, started.reference


def _time(world: World, **more: float) -> str:
    return (world.now + timedelta(hours=7) + timedelta(**more)).strftime("%Y-%m-%d %H:%M:%S")


def test_a_day_file_agrees_tells_what_nobody_told_and_keeps_out_what_differs(world: World) -> None:
    _bill, known = _paid(world, "T1")
    other = world.charge(world.person(), 70_000)
    untold = world.start(other)
    wrong = world.start(world.charge(world.person(), 50_000))
    late = _paid(world, "T9")[1]
    at = _time(world)
    content = _file(
        f"T1,{known},payment,100000,1000,99000,{at}",
        f"T2,{untold.reference},payment,70000,700,69300,{at}",
        f"T3,{wrong.reference},payment,51000,500,50500,{at}",
        f"T4,TRGXXXXXXXX,payment,20000,200,19800,{at}",
        f",{known},payment,100,0,100,{at}",
        f"T5,{known},payment,1OO,0,100,{at}",
        f"T6,{known},payment,1000,10,1000,{at}",
    )
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        file = settlements.read_settlement(content)
        assert settlements.plan(ctx, world.pay_channel.id, file).counts == {"agrees": 1, "new": 3}
    assert [fault.row for fault in file.faults] == [6, 7, 8]
    _settle(world, content)
    assert world.charge_row(other).state == "settled"
    assert world.cases() == ["unknown_reference", "wrong_amount"]
    states = {t.number: t.state for t in _report(world)}
    assert states == {"T1": "R4", "T2": "R4", "T3": "R2", "T4": "R2", "T9": "R1"}
    books = world.trial()
    assert _settle(world, content).counts == {"repeated": 4}
    overlap = _settle(
        world, _file(f"T1,{known},payment,100000,1000,99000,{at}", f"T9,{late},payment,100000,0,100000,{at}")
    )
    assert overlap.counts == {"repeated": 1, "agrees": 1}
    assert world.trial() == books


def test_a_payout_meets_its_day_whichever_comes_first(world: World) -> None:
    first, second = _paid(world, "T1")[1], _paid(world, "T2", 60_000)[1]
    at = _time(world)
    content = _file(f"T1,{first},payment,100000,1100,98900,{at}", f"T2,{second},payment,60000,660,59340,{at}")
    world.later(days=1)
    _statement(world, ("FT26300001", "FAKEPAY THANH TOAN DOI SOAT", 158_240, world.now))
    assert world.cases() == ["unmatched"]
    _settle(world, content)
    assert world.cases() == []
    books = world.trial()
    assert (books["bank:0011223344"], books["provider_fee"]) == (158_240, 1_760)
    assert "clearing:fakepay" not in books and "suspense:unmatched" not in books
    case = UUID(world.column("SELECT id::text FROM core_exception_case WHERE resolution = 'payout'")[0])
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        cases.undo(ctx, case, "nhầm ngày")
    assert world.trial()["suspense:unmatched"] == -158_240
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        offered = settlements.possible(ctx, case)
        assert offered[0].net == 158_240
        settlements.settle_case(ctx, case, world.pay_channel.id, offered[0].first_day, offered[0].last_day)
    assert world.trial() == books
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx, pytest.raises(Conflict):
        settlements.settle_case(ctx, case, world.pay_channel.id, offered[0].first_day, offered[0].last_day)


def test_a_transfer_for_two_children_is_split_and_taken_back(world: World) -> None:
    one, two = world.person("Lê An"), world.person("Lê Bình")
    bills = [world.charge(one, 40_000), world.charge(two, 60_000)]
    _statement(world, ("FT26300001", "nop tien hai con", 100_000, world.now))
    case = UUID(world.column("SELECT id::text FROM core_exception_case WHERE kind = 'unmatched'")[0])
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        for parts in ({one: 40_000}, {one: 110_000, two: -10_000}, {}):
            with pytest.raises(Invalid):
                cases.split(ctx, case, parts)
        cases.split(ctx, case, {one: 40_000, two: 60_000}, "phụ huynh gọi điện")
    assert [world.charge_row(bill).state for bill in bills] == ["settled", "settled"]
    assert [t.state for t in _report(world)] == ["R3"]
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        cases.undo(ctx, case, "nhầm")
    assert [world.charge_row(bill).allocated for bill in bills] == [0, 0]
    assert world.trial()["suspense:unmatched"] == -100_000
    assert [t.state for t in _report(world)] == ["R2"]


def test_other_headers_and_a_map_of_columns() -> None:
    vietnamese = _file("1,T1,ABC,23/11/2026 08:30:00,1.000.000,11.000,989.000".replace(",", ";"),
                       header="STT;Mã giao dịch;Mã đơn hàng;Thời gian;Số tiền;Phí;Thực nhận")  # fmt: skip
    line = settlements.read_settlement(vietnamese).lines[0]
    assert (line.number, line.reference, line.amount, line.fee) == ("T1", "ABC", 1_000_000, 11_000)
    strange = _file("T1;1000000;2026-11-23 08:30:00", header="Khoá;Thu được;Lúc")
    with pytest.raises(Invalid):
        settlements.read_settlement(strange)
    mapped = {"transaction": "Khoá", "amount": "Thu được", "time": "Lúc"}
    assert settlements.read_settlement(strange, mapped).lines[0].amount == 1_000_000


@pytest.mark.parametrize("seed", range(4))
def test_every_transaction_is_in_one_state(world: World, seed: int) -> None:
    """Whatever is told, by whom and when: states follow, and totals, software and difference agree (C7)."""
    chance = random.Random(seed)
    expected: Counter[str] = Counter()
    rows: list[str] = []
    lines: list[tuple[str, str, int, datetime]] = []
    for number in range(14):
        told, settled = chance.random() < 0.7, chance.random() < 0.7
        amount = chance.randrange(1, 9) * 10_000
        started = world.start(world.charge(world.person(f"Trần Văn {number}"), amount))
        if chance.random() < 0.5:  # by the service
            off = 1000 if chance.random() < 0.2 else 0
            if told:
                world.bring(world.paid(started, f"T{number}"))
            if settled:
                rows.append(f"T{number},{started.reference},payment,{amount + off},0,{amount + off},{_time(world)}")
            if told or settled:
                expected["R1" if not settled else "R2" if off else "R4"] += 1
            continue
        memo = started.reference if chance.random() < 0.6 else "khong ro"
        if told:
            world.bring(world.credit(memo, amount, f"FT2630{number:04d}"), channel=world.bank_channel)
        if settled:
            lines.append((f"FT2630{number:04d}", memo, amount, world.now))
        if told or settled:
            covered = "R1" if told and not settled else ""
            expected[covered or ("R2" if memo == "khong ro" else "R4")] += 1
        if chance.random() < 0.2:
            world.later(hours=7)
    lines.append(("FT26309998", "TRGCOVERS0", 5_000, world.now))
    lines.append(("FT26309999", "TRGCOVERS0", 5_000, world.now - timedelta(days=20)))
    expected["R2"] += 2
    _statement(world, *lines)
    if rows:
        _settle(world, _file(*rows))
    assert Counter(t.state.value for t in _report(world)) == expected
    for case in world.column("SELECT id::text FROM core_exception_case WHERE kind = 'unmatched' AND state = 'open'")[
        :3
    ]:
        with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
            cases.refuse(ctx, UUID(case), "không phải của trường")
        before, expected = expected, Counter(t.state.value for t in _report(world))
        assert expected["R3"] == before["R3"] + 1 or expected == before
    world.trial()
