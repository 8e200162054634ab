"""Credits that the bank takes back after they were decided, and two transfers under one family's code."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from core.payments import attempts, cases, settlements, statements
from core.payments.cases_own import take_as_own
from core.payments.matching import Line, Origin, Statement

from .test_settlements import HEADER
from .world import SYSTEM, World


def _import(world: World, *lines: tuple[str, str, int]) -> statements.Imported:
    """Lines of an account; an amount below zero is a debit."""
    made = [
        Line(Origin("S", row), world.now + timedelta(minutes=row), number, words, max(amount, 0), max(-amount, 0))
        for row, (number, words, amount) in enumerate(lines)
    ]
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        return statements.import_statement(ctx, world.bank_channel.id, Statement(tuple(made)))


def _case(world: World) -> UUID:
    return UUID(world.column("SELECT id::text FROM core_exception_case WHERE kind = 'unmatched'")[0])


def _paid_out(world: World) -> None:
    """A payment by a service, its day file, and the payout at the bank."""
    started = world.start(world.charge(world.person(), 100_000))
    world.bring(world.paid(started, "T1"))
    at = (world.now + timedelta(hours=7)).strftime("%Y-%m-%d %H:%M:%S")
    content = f"{HEADER}\nT1,{started.reference},payment,100000,1100,98900,{at}".encode()
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        settlements.import_settlement(ctx, world.pay_channel.id, settlements.read_settlement(content))
    world.later(days=1)
    _import(world, ("FT26300001", "FAKEPAY THANH TOAN DOI SOAT", 98_900))


def test_two_transfers_under_one_code_pay_one_child_after_the_other(world: World) -> None:
    an, binh = world.person("Lê An"), world.person("Lê Bình")
    first, second = world.charge(an, 100_000), world.charge(binh, 70_000)
    started = world.start(first, second, channel=world.bank_channel)
    _import(world, ("FT26300001", started.reference, 100_000), ("FT26300002", started.reference, 70_000))
    assert [world.charge_row(bill).state for bill in (first, second)] == ["settled", "settled"]
    assert (world.balance(an).credit, world.balance(binh).credit, world.cases()) == (0, 0, [])
    assert world.status(started) == "paid"
    world.trial()


def test_a_payout_that_the_bank_takes_back_waits_again(world: World) -> None:
    _paid_out(world)
    assert world.trial()["provider_fee"] == 1_100
    _import(world, ("FT26300009", "HUY GIAO DICH FT26300001", -98_900))
    books = world.trial()
    assert (books["clearing:fakepay"], "provider_fee" in books, "bank:0011223344" in books) == (100_000, False, False)
    assert "suspense:unmatched" not in books
    assert world.column("SELECT resolution FROM core_exception_case WHERE kind = 'unmatched'") == ["reversed"]
    _import(world, ("FT26300010", "FAKEPAY THANH TOAN DOI SOAT LAI", 98_900))
    assert (world.cases(), world.trial()["provider_fee"]) == ([], 1_100)


def test_cash_that_had_arrived_is_on_its_way_again(world: World) -> None:
    _import(world, ("FT26300001", "nop quy", 50_000))
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        take_as_own(ctx, _case(world), 50_000, "cash:transit", "giấy nộp 7")
    before = world.trial()
    world.bring(world.debit("HUY GIAO DICH FT26300001", 50_000, "FT26300002"), channel=world.bank_channel)
    assert (before, world.trial()) == ({"bank:0011223344": 50_000, "cash:transit": -50_000}, {})


def test_money_that_does_not_come_is_somebodys_case(world: World) -> None:
    _paid_out(world)
    late = world.start(world.charge(world.person(), 40_000))
    world.bring(world.paid(late, "T2"))
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        assert settlements.open_overdue(ctx) == 0
    world.later(days=3)
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        assert (settlements.open_overdue(ctx), settlements.open_overdue(ctx)) == (1, 0)
        case = cases.list_cases(ctx, kind="no_money")[0]
        assert (case.owner, case.amount, case.attempt_id) == (SYSTEM.name, 40_000, late.id)
        settlements.take_over(ctx, case.id)
        reference = attempts.view(ctx, late.id).reference
    at = (world.now + timedelta(hours=7)).strftime("%Y-%m-%d %H:%M:%S")
    content = f"{HEADER}\nT2,{reference},payment,40000,0,40000,{at}".encode()
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        settlements.import_settlement(ctx, world.pay_channel.id, settlements.read_settlement(content))
    assert world.cases() == []
