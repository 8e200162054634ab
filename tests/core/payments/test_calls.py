"""While a provider thinks, no transaction is open and no lock is held."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from core.data.session import Database
from core.payments import refunds
from core.payments.facts import REFUND_ID
from core.payments.port import FactKind, Unknown
from core.payments.rules import POLL_AFTER

from .fake import FakeProvider, fact
from .test_refunds import DESK, HEAD
from .world import World

_OPEN = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND state LIKE 'idle in transaction%'"
)


@pytest.fixture
def seen(db: Database, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many transactions were open at each moment of a call."""
    found: list[int] = []

    def look(_moment: str) -> None:
        with db.engine.connect() as connection:
            found.append(connection.execute(_OPEN).scalar_one())

    monkeypatch.setattr(FakeProvider, "reach", staticmethod(look))
    return found


def _approved(world: World) -> UUID:
    started = world.start(world.charge(world.person(), 60_000))
    world.bring(world.paid(started))
    with world.db.context(DESK, world.school, clock=world.clock) as ctx:
        refund = refunds.request(ctx, started.id, 60_000, "Chuyển trường", key="r")
    with world.db.context(HEAD, world.school, clock=world.clock) as ctx:
        refunds.approve(ctx, refund)
    world.pay.refunds.append(
        (fact(FactKind.REFUNDED, "R1", 60_000, reference=started.reference),),
    )
    return refund


def test_no_transaction_is_open_while_a_payment_is_asked_for(world: World, seen: list[int]) -> None:
    started = world.start(world.charge(world.person(), 60_000))
    world.pay.says[started.reference] = (world.paid(started),)
    world.later(seconds=POLL_AFTER[0].total_seconds() + 1)
    world.drain()
    assert world.status(started) == "paid"
    assert seen == [0]


def test_after_a_stand_still_one_question_answers_for_all_that_were_missed(world: World, seen: list[int]) -> None:
    started = world.start(world.charge(world.person(), 60_000))
    world.later(seconds=timedelta(days=2, minutes=1).total_seconds())
    world.drain()
    assert len(seen) == 1, "a worker that was down for two days asks once"
    assert world.status(started) != "unknown"
    world.later(seconds=timedelta(days=1).total_seconds())
    world.drain()
    assert len(seen) == 2
    world.later(seconds=timedelta(days=30).total_seconds())
    world.drain()
    assert (len(seen), world.status(started)) == (3, "unknown"), "after the last moment it is given up"


def test_no_transaction_is_open_while_a_refund_is_ordered(world: World, seen: list[int]) -> None:
    _approved(world)
    world.drain()
    assert world.column("SELECT state FROM core_refund") == ["done"]
    assert seen == [0, 0]


def test_a_notice_that_comes_during_the_call_stands_when_the_answer_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider tells of the refund at once, and its answer never arrives."""
    refund = _approved(world)
    (done,) = world.pay.refunds.pop()  # type: ignore[misc]  # the facts put there above
    world.pay.refunds.append(Unknown("time out"))

    def tell(moment: str) -> None:
        if "taken" in moment:
            world.bring(fact(FactKind.REFUNDED, "R1", 60_000, reference=done.reference, data={REFUND_ID: str(refund)}))

    monkeypatch.setattr(FakeProvider, "reach", staticmethod(tell))
    world.drain()
    assert world.column("SELECT state FROM core_refund") == ["done"]
    world.trial()
