"""A statement booked in rounds of sets leaves the same books as its lines one after the other, whatever they are."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from core.data.context import Context
from core.data.session import Database
from core.payments import statements
from core.payments.booking import many, transfers
from core.payments.booking.evidence import Origin as From
from core.payments.booking.outcome import Applied
from core.payments.channels import Channel
from core.payments.matching import Line, Origin, Statement
from core.payments.statements import booking

from .crash import fresh
from .world import DUE_ON, SYSTEM, World

LINES = 40


def _school(world: World, chance: random.Random) -> list[str]:
    """Pupils with one bill or several, of one day or another; references in the order of their making."""
    references: list[str] = []
    for number in range(5):
        person = world.person(f"Nguyễn Thị {number}")
        for bill in range(chance.randrange(1, 4)):
            due = chance.randrange(1, 6) * 10_000
            made = world.charge(person, due, due_on=DUE_ON + timedelta(days=chance.randrange(3)))
            references.append(world.charge_row(made).reference)
            assert bill < 4
    return references


def _movements(chance: random.Random, places: int) -> list[tuple[list[int], int]]:
    """References named by each line, by place, and its amount."""
    return [
        (sorted(chance.sample(range(places), chance.choice((0, 1, 1, 1, 1, 2)))), chance.randrange(1, 9) * 5_000)
        for _line in range(LINES)
    ]


def _standing(world: World, references: list[str]) -> tuple[dict[str, int], list[list[str]], list[str]]:
    """The books, what each charge got, the cases: without ids."""
    given = [
        world.column("SELECT allocated::text || state FROM core_charge WHERE reference = :one", one=reference)
        for reference in references
    ]
    cases = world.column("SELECT kind || ' ' || amount FROM core_exception_case ORDER BY 1")
    return world.trial(), given, cases


def _words(references: list[str], places: list[int]) -> str:
    return " ".join(references[place] for place in places) or "khong ro"


def _one_by_one(
    ctx: Context, channel: Channel, movements: Sequence[many.Movement], origin: From, progress: object = None
) -> list[Applied]:
    return [transfers.apply(ctx, channel, m.fact, origin, m.placement) for m in movements]


@pytest.mark.parametrize("seed", range(2))
def test_rounds_are_lines(db: Database, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "_BATCH", 7)
    found = []
    for together in (True, False):
        world, chance = fresh(db), random.Random(seed)
        references = _school(world, chance)
        wanted = _movements(chance, len(references))
        at = datetime(2026, 10, 1, tzinfo=UTC)
        rows = [
            Line(Origin("S", row), at + timedelta(minutes=row), f"FT26{row:06d}", _words(references, places), amount, 0)
            for row, (places, amount) in enumerate(wanted)
        ]
        if not together:
            monkeypatch.setattr(booking, "book_movements", _one_by_one)
        with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
            statements.import_statement(ctx, world.bank_channel.id, Statement(tuple(rows)))
        found.append(_standing(world, references))
        told = world.column(
            "SELECT payload ->> 'event' FROM core_job, jsonb_array_elements(CASE WHEN payload ? 'payloads' "
            "THEN payload -> 'payloads' ELSE jsonb_build_array(payload -> 'payload') END) "
            "WHERE task = 'core.event' AND school_id = :s",
            s=world.school,
        )
        assert told.count("payments.collected") >= sum(len(places) == 1 for places, _amount in wanted)
    assert found[0] == found[1]


def test_a_reference_of_a_family_is_paid_by_statement(world: World) -> None:
    """An attempt over two children: its status follows, whoever else pays in the same file."""
    people: list[UUID] = [world.person("Lê An"), world.person("Lê Bình")]
    bills = [world.charge(person, 40_000) for person in people]
    started = world.start(*bills, channel=world.bank_channel)
    at = datetime(2026, 10, 1, tzinfo=UTC)
    row = Line(Origin("S", 1), at, "FT26000001", f"IBFT {started.reference}", 80_000, 0)
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        statements.import_statement(ctx, world.bank_channel.id, Statement((row,)))
    assert world.status(started) == "paid"
    assert [world.charge_row(bill).state for bill in bills] == ["settled", "settled"]
