"""Sensitive classes are read for a purpose, for a short while, and every reading stays where the family sees it."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from core.access import personal
from core.data.session import Database
from core.disclosure import disclose, log, state_purpose
from core.kernel.registry import Registry
from core.types.actor import Actor
from core.types.errors import Forbidden, Invalid, NotFound
from core.types.message import Message

from .conftest import House, Wind, elsewhere, somebody

PAGE = Message("A page")
ALL = frozenset({"identity", "health", "policy", "origin"})
ROWS = text("SELECT data_class, purpose, reader_name FROM core_access_log ORDER BY data_class")


def test_a_purpose_opens_its_classes_for_half_an_hour_in_one_session(
    db: Database, house: House, registry: Registry, clock: Wind
) -> None:
    office = somebody(registry, "office")
    with db.context(office, house.school, clock=clock) as ctx:
        assert disclose(ctx, house.child, ALL, place=PAGE) == {"identity"}
        assert ctx.session.execute(ROWS).all() == []
        state_purpose(ctx, house.child, "benefits")
        assert disclose(ctx, house.child, ALL, place=PAGE) == {"identity", "health", "policy"}
        assert disclose(ctx, house.other_child, ALL, place=PAGE) == {"identity"}
        assert disclose(ctx, house.child, ALL, place=PAGE) == {"identity", "health", "policy"}
        assert [tuple(row) for row in ctx.session.execute(ROWS)] == [
            ("health", "benefits", "Cô Hoa"),
            ("policy", "benefits", "Cô Hoa"),
        ], "a visit is written down once, however often the page is loaded"
    with db.context(elsewhere(office), house.school, clock=clock) as ctx:
        assert disclose(ctx, house.child, ALL, place=PAGE) == {"identity"}
    clock.forward(minutes=31)
    with db.context(office, house.school, clock=clock) as ctx:
        assert disclose(ctx, house.child, ALL, place=PAGE) == {"identity"}
        assert disclose(ctx, house.child, ALL, place=PAGE, purpose="statistics") == {"identity", "policy", "origin"}
    with db.context(somebody(registry, "head"), house.school, clock=clock) as ctx:
        looks = log.looks_at(ctx, house.child)
    assert [(look.purpose, look.data_classes) for look in looks] == [
        ("statistics", ["origin", "policy"]),
        ("benefits", ["health", "policy"]),
    ]


def test_only_purposes_that_people_choose_can_be_stated(db: Database, house: House, registry: Registry) -> None:
    with db.context(somebody(registry, "office"), house.school) as ctx:
        for purpose in ("", "curiosity", "record", "emergency", "export"):
            with pytest.raises(Invalid):
                state_purpose(ctx, house.child, purpose)


def test_the_family_sees_everything_unwatched_and_reads_the_log_of_its_own_child_only(
    db: Database, house: House, other_school: UUID, registry: Registry
) -> None:
    with db.context(somebody(registry, "office"), house.school) as ctx:
        disclose(ctx, house.child, ALL, place=PAGE, purpose="check")
    mother = somebody(registry, "parent", person_id=house.mother)
    with db.context(mother, house.school) as ctx:
        assert disclose(ctx, house.child, ALL, place=PAGE) == ALL
        (look,) = log.looks_at(ctx, house.child)
        assert (look.reader_name, look.reader_roles, look.purpose) == ("Cô Hoa", ["office"], "check")
        assert log.lately(ctx) == [(house.child, "Lê Văn An", 1)]
        with pytest.raises(NotFound):
            log.looks_at(ctx, house.other_child)
        with pytest.raises(Forbidden):
            log.latest(ctx)
    with db.context(somebody(registry, "parent", person_id=house.other_father), house.school) as ctx:
        assert log.lately(ctx) == []
        with pytest.raises(NotFound):
            log.looks_at(ctx, house.child)
    with db.context(somebody(registry, "teacher"), house.school) as ctx, pytest.raises(NotFound):
        log.looks_at(ctx, house.child)
    for role in ("head", "data_protection"):
        with db.context(somebody(registry, role), house.school) as ctx:
            assert [look.person_name for look in log.latest(ctx)] == ["Lê Văn An"]
            assert log.latest(ctx, reader="nobody") == []
        with db.context(somebody(registry, role), other_school) as ctx:
            assert log.latest(ctx) == [] and log.looks_at(ctx, house.child) == []


def test_the_program_cannot_change_the_log(db: Database, school: UUID, system: Actor) -> None:
    tables = ("core_access_log", "core_export_taken", "core_emergency")
    statements = [f"{verb} {table}" for verb in ("DELETE FROM", "TRUNCATE") for table in tables]
    statements += [f"UPDATE {table} SET at = now()" for table in tables[:2]]  # noqa: S608
    for statement in statements:
        for everywhere in (False, True):
            entered = db.all_schools(system) if everywhere else db.context(system, school)
            with pytest.raises(ProgrammingError, match="permission denied"), entered as ctx:
                ctx.session.execute(text(statement))


def test_the_log_is_part_of_what_is_held_and_is_not_erased(
    db: Database, house: House, registry: Registry, system: Actor
) -> None:
    with db.context(somebody(registry, "office"), house.school) as ctx:
        disclose(ctx, house.child, ALL, place=PAGE, purpose="check")
    with db.context(system, house.school) as ctx:
        held = {holding.data.name: holding.held for holding in personal.held_on(ctx, registry, house.child)}
        assert held["core.access_log"] and "Cô Hoa" in str(held["core.access_log"][0].facts[0][1])
        personal.erase(ctx, registry, house.child)
        assert ctx.session.execute(ROWS).all()
