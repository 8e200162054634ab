"""A crash at every boundary: whatever moment the process dies at, doing the rest again gives the same books."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from core.data.session import Database
from core.payments import attempts, refunds
from core.payments.attempts import Started
from core.payments.channels import Channel
from core.payments.port import FactKind, Notice, Outcome
from tests.conftest import SHORT_SOAK

from .crash import Killed, dies_at, fresh
from .fake import fact, notice
from .test_refunds import DESK, HEAD
from .world import World

pytestmark = pytest.mark.timeout(900)

Books = tuple[dict[str, int], list[str], list[str], list[str]]


def _books(world: World) -> Books:
    """Everything that has to be the same at the end."""
    return (
        world.trial(),
        world.column("SELECT status FROM core_payment_attempt ORDER BY created_at, amount"),
        world.column("SELECT state || ' ' || allocated FROM core_charge ORDER BY due, id"),
        world.cases(),
    )


class Story:
    """Messages that come in one after the other; what was acknowledged is never sent again."""

    def __init__(self, world: World, messages: list[tuple[Notice, Channel]]) -> None:
        self.world, self.left = world, messages

    def go(self) -> None:
        while self.left:
            answer = self.world.receive(*self.left[0])
            assert answer.status == 200
            self.left.pop(0)
            self.world.drain()
        self.world.drain()


def _paid(world: World) -> Story:
    started = world.start(world.charge(world.person(), 80_000))
    return Story(world, [(notice(world.paid(started)), world.pay_channel)])


def _transfers(world: World) -> Story:
    bill = world.charge(world.person(), 80_000)
    credit = world.credit(world.charge_row(bill).reference, 100_000, "FT26000001")
    nobody = world.credit("khong ghi gi", 5_000, "FT26000002")
    return Story(world, [(notice(f), world.bank_channel) for f in (credit, nobody)])


def _reversal(world: World) -> Story:
    bill = world.charge(world.person(), 80_000)
    credit = world.credit(world.charge_row(bill).reference, 80_000, "FT26000003")
    debit = fact(FactKind.DEBIT, "FT26000004", 80_000, memo="HUY FT26000003")
    return Story(world, [(notice(f), world.bank_channel) for f in (credit, debit)])


def _moments(passed: list[str], stride: int) -> list[int]:
    """Every commit boundary, and every so many statements."""
    return [i for i, name in enumerate(passed) if "commit" in name or i % stride == 0]


def _tell_and_die(db: Database, tell: Callable[[World], Story], stride: int) -> None:
    world = fresh(db)
    story = tell(world)
    with dies_at(db, 10_000) as passed:
        story.go()
    wanted = _books(world)
    assert len(passed) > 15
    for moment in _moments(passed, stride):
        world = fresh(db)
        story = tell(world)
        with pytest.raises(Killed), dies_at(db, moment):
            story.go()
        world.later(minutes=5)  # leases run out, providers call again
        story.go()
        assert _books(world) == wanted, passed[moment]
        assert world.column("SELECT state FROM core_provider_inbox WHERE state <> 'processed'") == []


@pytest.mark.soak
@pytest.mark.parametrize("tell", [_paid, _transfers, _reversal])
def test_dying_at_a_commit_boundary_changes_nothing_in_the_end(db: Database, tell: Callable[[World], Story]) -> None:
    _tell_and_die(db, tell, stride=9)


@pytest.mark.soak
@pytest.mark.parametrize("tell", [_paid, _transfers, _reversal])
def test_dying_at_any_statement_changes_nothing_in_the_end(db: Database, tell: Callable[[World], Story]) -> None:
    _tell_and_die(db, tell, stride=4 if SHORT_SOAK else 1)


def _refund(world: World) -> tuple[Started, UUID]:
    """An approved refund that waits for the worker."""
    started = world.start(world.charge(world.person(), 60_000))
    world.bring(world.paid(started))
    with world.db.context(DESK, world.school, clock=world.clock) as ctx:
        refund = refunds.request(ctx, started.id, 60_000, "Chuyển trường", key="r")
    with world.db.context(HEAD, world.school, clock=world.clock) as ctx:
        refunds.approve(ctx, refund)
    done = (fact(FactKind.REFUNDED, "R1", 60_000, reference=started.reference),)
    world.pay.refunds += [done] * 3
    return started, refund


@pytest.mark.soak
def test_a_refund_dies_at_any_commit_boundary_and_is_ordered_as_one(db: Database) -> None:
    world = fresh(db)
    _refund(world)
    with dies_at(db, 10_000) as passed:
        world.drain()
    for moment in _moments(passed, stride=9):
        world = fresh(db)
        started, refund = _refund(world)
        with pytest.raises(Killed), dies_at(db, moment):
            world.drain()
        world.later(minutes=10)
        world.drain()
        assert {order.id for order in world.pay.orders} == {refund}, passed[moment]
        assert world.status(started) == "refunded"
        assert world.trial() == {"receivable:student": 60_000, "income:fees": -60_000}


def test_a_notice_may_come_before_the_answer_to_our_order_is_stored(db: Database) -> None:
    world = fresh(db)
    started = world.start(world.charge(world.person(), 60_000))
    assert world.bring(world.paid(started)) is Outcome.RECORDED
    with world.db.context(DESK, world.school, clock=world.clock) as ctx:
        attempts.remember(ctx, started.id, {"pay_url": "https://pay.example/late"})
        assert attempts.load(ctx, started.id).provider_data["pay_url"].endswith("late")
    assert world.status(started) == "paid"
