"""Cancelling a hundred charges at once leaves the same books as cancelling them one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from core.data.context import Context
from core.data.session import Database
from core.data.types import new_id
from core.payments import charges
from core.payments.cash import collect_cash
from core.payments.charges import NewCharge
from core.payments.models import Charge
from core.types.errors import Conflict, NotFound

from .world import DUE_ON, SYSTEM, World

_SPLIT = {"income:fees": 30_000, "passthrough:bhyt": 70_000}
# Names and numbers in place of ids, so that two schools can be compared.
_BOOKS = """
SELECT e.kind, e.memo, p.account, p.amount, person.full_name, c.label
  FROM core_journal_entry e JOIN core_posting p ON p.entry_id = e.id
  LEFT JOIN core_person person ON person.id = p.person_id LEFT JOIN core_charge c ON c.id = p.charge_id
 WHERE e.school_id = :school {} ORDER BY 1, 2, 3, 5 NULLS FIRST, 6 NULLS FIRST, 4
"""
_CHARGES = """
SELECT p.full_name, c.label, c.due, c.allocated, c.state, c.settled_at
  FROM core_charge c JOIN core_person p ON p.id = c.person_id WHERE c.school_id = :school ORDER BY 1, 2
"""
_BALANCES = """
SELECT b.account, p.full_name, sum(b.amount) FROM core_ledger_balance b LEFT JOIN core_person p ON p.id = b.person_id
 WHERE b.school_id = :school GROUP BY 1, 2 HAVING sum(b.amount) <> 0 ORDER BY 1, 2 NULLS FIRST
"""

Cancel = Callable[[Context, list[UUID]], object]


def _one_by_one(ctx: Context, ids: list[UUID]) -> None:
    for id in ids:
        charges.cancel(ctx, id, "Sai giá")


def _at_once(ctx: Context, ids: list[UUID]) -> None:
    charges.cancel_many(ctx, ids, "Sai giá")


def _read(world: World, sql: str) -> list[Any]:
    with world.db.context(SYSTEM, world.school) as ctx:
        return [tuple(row) for row in ctx.session.execute(text(sql), {"school": world.school})]


def _round(world: World, cancel: Cancel, *, paid: bool) -> None:
    """Twelve pupils with a charge of this round and one that stays; three have paid, two of them too much."""
    people = [world.person(f"Học sinh {n:02}") for n in range(12)]
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        new = [NewCharge(p, new_id(), 100_000, DUE_ON, "Đợt 1", _SPLIT) for p in people]
        other = [NewCharge(p, new_id(), 40_000, DUE_ON, "Đợt 2") for p in people]
        free = NewCharge(people[0], new_id(), 0, DUE_ON, "Miễn")
        charges.open_many(ctx, "test", [*new, free])
        charges.open_many(ctx, "test", other)
        for person, amount in zip(people, (30_000, 100_000, 170_000) if paid else (), strict=False):
            collect_cash(ctx, person, amount)
        mine = text("SELECT id FROM core_charge WHERE school_id = :school AND label IN ('Đợt 1', 'Miễn') ORDER BY id")
        ids = list(ctx.session.scalars(mine, {"school": world.school}))
        cancel(ctx, ids)


@pytest.mark.parametrize("paid", [False, True])
def test_both_ways_leave_the_same_books(world: World, other_school: UUID, db: Database, paid: bool) -> None:
    other = World.build(db, other_school)
    _round(world, _one_by_one, paid=paid)
    _round(other, _at_once, paid=paid)
    assert world.trial() == other.trial()  # with the checks of `verify`
    assert _read(world, _CHARGES) == _read(other, _CHARGES)
    assert _read(world, _BALANCES) == _read(other, _BALANCES)
    # What was freed goes on to other charges in one entry instead of three: the sums are the same.
    same = "AND e.kind = 'charge.cancelled'" if paid else ""
    assert _read(world, _BOOKS.format(same)) == _read(other, _BOOKS.format(same))


def test_all_or_none(world: World, other_school: UUID, db: Database) -> None:
    person = world.person()
    first, second = world.charge(person, 1_000), world.charge(person, 2_000)
    stranger = World.build(db, other_school)
    foreign = stranger.charge(stranger.person(), 5_000)
    with pytest.raises(NotFound), world.db.context(SYSTEM, world.school) as ctx:
        charges.cancel_many(ctx, [first, foreign], "x")
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        charges.cancel(ctx, first, "x")
    with pytest.raises(Conflict), world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        charges.cancel_many(ctx, [first, second], "x")
    assert world.balance(person).owed == 2_000
    assert stranger.trial() == {"receivable:student": 5_000, "income:fees": -5_000}


def test_a_select_names_them_and_the_answer_counts(world: World) -> None:
    payer = world.person()
    world.charge(payer, 1_000)
    world.charge(world.person(), 2_000)
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        collect_cash(ctx, payer, 600)
        done = charges.cancel_many(ctx, select(Charge.id), "Sai giá")
    assert (done.count, done.due, done.paid) == (2, 3_000, 600)
    assert world.balance(payer).credit == 600
    world.trial()
