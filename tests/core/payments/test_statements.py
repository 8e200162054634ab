"""A bank's statement beside the notices: each transfer once, whichever way it is told (I12)."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from core.data.collate import sort_key
from core.data.fold import fold
from core.data.types import new_id
from core.payments import charges, statements
from core.payments.charges import NewCharge
from core.payments.matching import Learner, Line, Origin, Statement
from core.people.models import Person
from core.types.errors import Invalid
from integrations.bank_notices.statement import read_statement

from .world import DUE_ON, SYSTEM, World

FILE = "bank-statement-2026-10.xlsx"


def _line(row: int, number: str, words: str, credit: int = 0, debit: int = 0) -> Line:
    moment = datetime(2026, 10, 1, 2, row, tzinfo=UTC)
    return Line(Origin("S", row), moment, number, words, credit, debit)


def _import(world: World, statement: Statement, **more: Any) -> statements.Imported:
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        return statements.import_statement(ctx, world.bank_channel.id, statement, **more)


def test_a_line_that_a_notice_has_told_is_booked_once(world: World) -> None:
    bill = world.charge(world.person(), 100_000)
    memo = world.charge_row(bill).reference
    world.bring(world.credit(memo, 40_000, "FT26.274.01"), channel=world.bank_channel)
    statement = Statement((_line(1, "FT2627401", memo, 40_000), _line(2, "FT2627402", memo, 60_000)))
    done = _import(world, statement)
    assert (done.plan.counts, done.credited) == ({"duplicate": 1, "matched": 1}, 60_000)
    world.bring(world.credit(memo, 60_000, "FT26.274.02"), channel=world.bank_channel)
    assert world.charge_row(bill).state == "settled"
    assert world.trial() == {"bank:0011223344": 100_000, "income:fees": -100_000}


def test_importing_again_changes_nothing(world: World) -> None:
    bill = world.charge(world.person(), 100_000)
    memo = world.charge_row(bill).reference
    twins = [_line(row, "", "nop tien mat truong", 5_000) for row in (4, 5)]
    statement = Statement(
        (
            _line(1, "A0000001", memo, 70_000),
            _line(2, "A0000002", "khong ro nguoi nop", 30_000),
            _line(3, "A0000003", "HUY LENH A0000002", debit=30_000),
            *twins,
            _line(6, "", "con hoc lop 3", 5_000),
            _line(7, "", "con hoc lop 3", 5_000),
        )
    )
    first = _import(world, statement)
    books, known = world.trial(), world.cases()
    assert books["suspense:unmatched"] == -sum(
        d.line.credit or 0 for d in first.plan.result.decisions if d.outcome in ("suspense", "proposed")
    )
    again = _import(world, statement)
    assert (again.booked, world.trial(), world.cases()) == (0, books, known)


def test_a_plan_changes_nothing_and_another_account_is_refused(world: World) -> None:
    memo = world.charge_row(world.charge(world.person(), 100_000)).reference
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        plan = statements.plan(ctx, world.bank_channel.id, Statement((_line(1, "A0000001", memo, 70_000),)))
        assert plan.result.credited == 70_000
        with pytest.raises(Invalid):
            statements.plan(ctx, world.bank_channel.id, Statement((), account="999"))
        with pytest.raises(Invalid):
            statements.plan(ctx, world.pay_channel.id, Statement(()))
    assert "bank:0011223344" not in world.trial()


def _school_of_the_file(world: World, shared: Path) -> tuple[list[Learner], dict[str, UUID]]:
    """Pupils and charges of the shared collection round; references are those of the older system."""
    expected = shared / "data" / "expected"
    taken = ("accept", "warn")
    roll: dict[str, UUID] = {}
    by_name: dict[tuple[str, str], UUID] = {}
    learners: list[Learner] = []
    people: list[Person] = []
    for row in json.loads((expected / "learners-primary.json").read_text())["rows"]:
        if row["status"] in taken:
            value = row["value"]
            name, code = value["hovaten"], value["mahocsinh"] or ""
            people.append(Person(id=new_id(), full_name=name, sort_key=sort_key(name), search_text=fold(name)))
            roll[code] = by_name[name, value["lop"]] = people[-1].id
            learners.append(Learner(str(people[-1].id), name, value["lop"], code))
    bills = {}
    for row in json.loads((expected / "fees-2026-09.json").read_text())["rows"]:
        value = row["value"]
        if row["sheet"].startswith("2.") and row["status"] in taken and value["ref"]:
            person = roll.get(value["mahocsinh"]) or by_name[value["hovaten"], value["lop"]]
            bills[value["ref"]] = NewCharge(person, new_id(), value["due"], DUE_ON, reference=value["ref"])
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        ctx.session.add_all(people)
        ctx.session.flush()
        charges.open_many(ctx, "test", list(bills.values()))
    return learners, {ref: bill.person_id for ref, bill in bills.items()}


def test_the_shared_statement_is_booked_as_expected(world: World, shared: Path) -> None:
    learners, _people = _school_of_the_file(world, shared)
    expected = json.loads((shared / "data" / "expected" / FILE.replace("xlsx", "json")).read_text())
    statement = read_statement((shared / "data" / FILE).read_bytes())
    statement = Statement(statement.lines, statement.declared, statement.ignored)
    done = _import(world, statement, learners=learners, name=FILE)
    wanted = Counter(row["outcome"] for row in expected["rows"])
    assert done.plan.counts == dict(wanted)
    assert done.credited == 697_353_550
    books = world.trial()
    waiting = sum(
        r["credit"] or 0 for r in expected["rows"] if r["outcome"] in ("proposed", "suspense") and r["credit"]
    )
    assert books["suspense:unmatched"] == -waiting
    assert books["bank:0011223344"] == 697_353_550 + waiting
    states = Counter(world.column("SELECT state FROM core_charge WHERE allocated > 0"))
    paid = Counter(state["state"] for state in expected["learner_states"])
    assert states == {"settled": paid["PAID"] + paid["OVERPAID"], "open": paid["UNDERPAID"]}
    again = _import(world, statement, learners=learners)
    assert (again.booked, world.trial()) == (0, books)
