"""Two walls between schools: the session's guard and the database's row-level security."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import InternalError, OperationalError, ProgrammingError

from core.data.replica import reading
from core.data.session import Database
from core.people.models import Person
from core.types.actor import Actor


def _person(name: str) -> Person:
    return Person(full_name=name, sort_key=name, search_text=name.lower())


def test_a_school_sees_only_its_own_rows(db: Database, school: UUID, other_school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        ctx.session.add(_person("An"))
    with db.context(system, other_school) as ctx:
        ctx.session.add(_person("Binh"))
    with db.context(system, school) as ctx:
        assert ctx.session.scalars(select(Person.full_name)).all() == ["An"]
    with db.all_schools(system) as ctx:
        assert len(ctx.session.scalars(select(Person)).all()) == 2


def test_the_database_refuses_what_the_session_would_let_through(
    db: Database, school: UUID, other_school: UUID, system: Actor
) -> None:
    with db.context(system, other_school) as ctx:
        ctx.session.add(_person("Binh"))
    with db.context(system, school) as ctx:
        assert ctx.session.execute(text("SELECT count(*) FROM core_person")).scalar_one() == 0
    with pytest.raises(ProgrammingError, match="row-level security"), db.context(system, school) as ctx:
        ctx.session.execute(
            text(
                "INSERT INTO core_person (id, school_id, full_name, sort_key, search_text, sex, phones, email,"
                " deceased, created_at, updated_at)"
                " VALUES (uuidv7(), :school, 'x', 'x', 'x', 0, '{}', '', false, now(), now())"
            ),
            {"school": str(other_school)},
        )


def test_a_row_of_another_school_is_refused_before_the_database(
    db: Database, school: UUID, other_school: UUID, system: Actor
) -> None:
    with pytest.raises(PermissionError), db.context(system, school) as ctx:
        person = _person("An")
        person.school_id = other_school
        ctx.session.add(person)
        ctx.session.flush()


def test_a_lost_server_fails_one_transaction_and_no_more(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school) as one, db.context(system, school) as two:
        for ctx in (one, two):
            ctx.session.execute(text("SELECT 1"))
    with db.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    with pytest.raises(OperationalError), db.context(system, school) as ctx:
        ctx.session.execute(text("SELECT 1"))
    for _again in range(3):
        with db.context(system, school) as ctx:
            assert ctx.session.execute(text("SELECT 1")).scalar_one() == 1


def test_reports_write_nothing_without_a_replica_either(db: Database, school: UUID, system: Actor) -> None:
    rename = text("UPDATE core_module_switch SET switched_on_at = now()")
    with db.context(system, school) as ctx:
        with pytest.raises(InternalError, match="read-only"), reading(ctx) as far:
            far.session.execute(rename)
        with reading(ctx) as far:
            assert far.session.scalar(text("SELECT count(*) FROM core_module_switch")) > 0
        ctx.session.execute(rename)  # the prohibition is over with the block
