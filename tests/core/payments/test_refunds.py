"""Giving money back: two people, one reservation, no double refund."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from core.data.types import new_id
from core.payments import refunds
from core.payments.port import Fact, FactKind, Unknown
from core.types.actor import Actor
from core.types.errors import Conflict, Forbidden

from .fake import NOW, fact
from .world import World

DESK = Actor(
    "account",
    "Kế toán",
    new_id(),
    permissions=frozenset({"payments.refund.request", "payments.refund.approve"}),
)
HEAD = Actor("account", "Hiệu trưởng", new_id(), permissions=frozenset({"payments.refund.approve"}))


class Case:
    """A bill of 100.000 that was paid over the redirect rail."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.person = world.person()
        self.bill = world.charge(self.person, 100_000)
        self.started = world.start(self.bill)
        world.bring(world.paid(self.started))

    def ask(self, amount: int, key: str = "r1") -> UUID:
        with self.world.db.context(DESK, self.world.school, clock=self.world.clock) as ctx:
            return refunds.request(ctx, self.started.id, amount, "Chuyển trường", key=key)

    def approve(self, refund: UUID, actor: Actor = HEAD) -> None:
        with self.world.db.context(actor, self.world.school, clock=self.world.clock) as ctx:
            refunds.approve(ctx, refund)

    def fact(self, kind: FactKind, amount: int, txn: str = "R1", **more: object) -> Fact:
        return fact(kind, txn, amount, reference=self.started.reference, **more)

    def state(self) -> list[str]:
        return self.world.column("SELECT state FROM core_refund ORDER BY requested_at")


def test_a_refund_goes_from_one_person_over_another_to_the_provider(world: World) -> None:
    case = Case(world)
    refund = case.ask(40_000)
    assert case.ask(40_000) == refund  # the same key
    with pytest.raises(Forbidden):
        case.approve(refund, DESK)
    world.pay.refunds.append((case.fact(FactKind.REFUNDED, 40_000),))
    case.approve(refund)
    world.drain()
    assert case.state() == ["done"]
    assert world.status(case.started) == "partially_refunded"
    assert world.charge_row(case.bill).allocated == 60_000
    books = world.trial()
    assert books["clearing:fakepay"] == 60_000
    assert "refund_payable" not in books
    assert [order.amount for order in world.pay.orders] == [40_000]


def test_never_more_than_was_captured(world: World) -> None:
    case = Case(world)
    case.ask(70_000)
    with pytest.raises(Conflict):
        case.ask(30_001, "r2")
    case.ask(30_000, "r3")


def test_an_unknown_refund_keeps_its_reserve_until_a_query_decides(world: World) -> None:
    case = Case(world)
    refund = case.ask(100_000)
    world.pay.refunds.append(Unknown("timeout after commit"))
    case.approve(refund)
    world.drain()
    assert case.state() == ["unknown"]
    assert world.trial()["refund_payable"] == -100_000
    assert world.charge_row(case.bill).state == "open"
    world.pay.says[case.started.reference] = (case.fact(FactKind.REFUNDED, 100_000, "R77"),)
    world.later(minutes=10)
    world.drain()
    assert case.state() == ["done"]
    assert len(world.pay.orders) == 1  # asked, never ordered again
    assert world.status(case.started) == "refunded"
    assert world.trial() == {"receivable:student": 100_000, "income:fees": -100_000}


def test_a_refused_refund_returns_the_money_to_the_bill(world: World) -> None:
    case = Case(world)
    refund = case.ask(100_000)
    world.pay.refunds.append((case.fact(FactKind.REFUND_PENDING, 100_000),))
    case.approve(refund)
    world.drain()
    world.bring(case.fact(FactKind.REFUND_FAILED, 100_000))
    assert case.state() == ["failed"]
    assert world.charge_row(case.bill).state == "settled"
    assert "refund_failed" in world.cases()
    assert world.trial() == {"clearing:fakepay": 100_000, "income:fees": -100_000}


@pytest.mark.parametrize("late_first", [False, True])
def test_a_refund_that_fails_days_after_its_success(world: World, late_first: bool) -> None:
    case = Case(world)
    refund = case.ask(100_000)
    world.pay.refunds.append((case.fact(FactKind.REFUND_PENDING, 100_000),))
    case.approve(refund)
    world.drain()
    told = [
        case.fact(FactKind.REFUNDED, 100_000, data={"refund_id": str(refund)}),
        case.fact(
            FactKind.REFUND_FAILED,
            100_000,
            data={"refund_id": str(refund)},
            occurred_at=NOW + timedelta(days=3),
        ),
    ]
    for one in reversed(told) if late_first else told:
        world.bring(one)
    assert case.state() == ["failed"]
    assert world.status(case.started) == "paid"
    assert world.trial() == {"clearing:fakepay": 100_000, "income:fees": -100_000}


def test_a_refund_made_outside_is_believed_and_told(world: World) -> None:
    case = Case(world)
    world.bring(case.fact(FactKind.REFUNDED, 30_000, "EXT"))
    world.bring(case.fact(FactKind.REFUNDED, 30_000, "EXT"))
    assert world.status(case.started) == "partially_refunded"
    assert world.charge_row(case.bill).allocated == 70_000
    assert world.cases() == ["external_refund"]
    assert world.trial()["clearing:fakepay"] == 70_000


def test_a_crash_after_the_provider_took_the_order_repeats_the_same_order(world: World) -> None:
    case = Case(world)
    refund = case.ask(50_000)
    case.approve(refund)
    world.worker.run_once()  # reserve, committed
    answer = (case.fact(FactKind.REFUNDED, 50_000),)
    world.pay.refunds += [answer, answer]
    lost = world.worker.take(1)[0]  # a worker dies while the provider answers: its lease runs out
    with pytest.raises(ZeroDivisionError), world.db.context(DESK, world.school, clock=world.clock) as ctx:
        refunds.run(ctx, lost.payload, lambda done, total, note=None: None)
        raise ZeroDivisionError
    world.later(minutes=5)
    world.drain()
    assert case.state() == ["done"]
    assert {order.id for order in world.pay.orders} == {refund}
    assert world.trial()["clearing:fakepay"] == 50_000


def test_a_transfer_is_given_back_through_the_payout_list(world: World) -> None:
    person = world.person()
    bill = world.charge(person, 100_000)
    started = world.start(bill, channel=world.bank_channel)
    world.bring(world.credit(started.reference, 100_000), channel=world.bank_channel)
    assert world.status(started) == "paid"
    with world.db.context(DESK, world.school, clock=world.clock) as ctx:
        refund = refunds.request(ctx, started.id, 100_000, "Chuyển trường", key="p1")
    with world.db.context(HEAD, world.school, clock=world.clock) as ctx:
        refunds.approve(ctx, refund)
    world.drain()
    assert world.cases() == ["payout"]
    with world.db.context(HEAD, world.school, clock=world.clock) as ctx:
        refunds.paid_out(ctx, refund, "FT777")
    assert world.status(started) == "refunded"
    assert world.trial() == {"receivable:student": 100_000, "income:fees": -100_000}
