"""The application, which owns no table, refreshes the planner's statistics inside its own transaction."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from core.data.bulk import refresh_statistics
from core.data.session import Database
from core.types.actor import Actor

_FILL = text(
    "INSERT INTO core_person (id, school_id, full_name, sort_key, search_text, sex, phones, email, deceased,"
    " created_at, updated_at) SELECT uuidv7(), :school, 'An', 'an', 'an', 0, '{}', '', false, now(), now()"
    " FROM generate_series(1, 700)"
)
_KNOWN = text("SELECT reltuples FROM pg_class WHERE oid = 'core_person'::regclass")


def test_statistics_know_the_rows_of_this_very_transaction(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        assert ctx.session.execute(_KNOWN).scalar_one() < 700
        ctx.session.execute(_FILL, {"school": school})
        refresh_statistics(ctx, "core_person", "core_relation")
        assert ctx.session.execute(_KNOWN).scalar_one() == 700


def test_a_table_that_is_being_analysed_is_not_waited_for(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school) as first, db.context(system, school) as second:
        refresh_statistics(first, "core_person")
        refresh_statistics(second, "core_person")


def test_the_system_may_too_and_a_name_is_only_a_name(db: Database, system: Actor) -> None:
    with db.all_schools(system) as ctx:
        refresh_statistics(ctx, "core_person")
    with pytest.raises(ProgrammingError), db.all_schools(system) as ctx:
        refresh_statistics(ctx, "core_person; DROP TABLE core_person")
