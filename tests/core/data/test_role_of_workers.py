"""Workers have a database role of their own: it sees what web servers must not, and no more."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from core.data.session import Database
from core.sdk import work
from core.sdk.testing.fixtures import as_worker
from core.types.actor import Actor


def test_only_workers_see_jobs_of_all_schools(db: Database, school: UUID, other_school: UUID, system: Actor) -> None:
    for one in (school, other_school):
        with db.context(system, one) as ctx:
            work.enqueue(ctx, "core.seen", {})
    seen = {}
    for role, database in (("web", db), ("worker", as_worker(db))):
        with database.engine.begin() as connection:
            seen[role, "nowhere"] = connection.execute(text("SELECT count(*) FROM core_job")).scalar_one()
        with database.context(system, school) as ctx:
            seen[role, "school"] = ctx.session.execute(text("SELECT count(*) FROM core_job")).scalar_one()
    assert seen == {
        ("web", "nowhere"): 0,
        ("web", "school"): 1,
        ("worker", "nowhere"): 2,
        ("worker", "school"): 1,
    }


def test_the_role_of_workers_owns_nothing_and_cannot_lift_a_wall(db: Database, school: UUID) -> None:
    with as_worker(db).engine.connect() as connection:
        role = connection.execute(
            text("SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles "
                 "WHERE rolname = current_user")
        ).scalar_one()  # fmt: skip
        owned = connection.execute(text("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"))
        assert (role, owned.scalar_one()) == (False, 0)
        assert connection.execute(text("SELECT count(*) FROM learners_learner")).scalar_one() == 0, "no school, no row"
        with pytest.raises(ProgrammingError):
            connection.execute(text("SET LOCAL ROLE truong_app"))
