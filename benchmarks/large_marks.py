# ruff: noqa: S608  (statements are made of numbers and names of ours)
"""Marks at 10,000,000 rows against 100,000: a block of 45 x 12 saved over HTTP, and the page of a grid.

One school is real, with its classes, plan and marks; the marks of the others are its own under other ids, each with the
line of its history. The same work on the same school before and after, in seconds of the processor.
"""

from __future__ import annotations

from itertools import count

import psycopg

from core.data.session import Database
from core.types.actor import system_actor
from core.web.app import create_app
from plugins.assessment.demo import fill
from plugins.curriculum.services import plan

from .common import Bench, Row, costs
from .filling import as_owner, without_indexes
from .marks import CLASS, _class_of_45, _saver
from .web import caller, make_school, make_session

NAME, PUPILS, LARGE, MOST = "large_marks", 2_300, 10_000_000, 1.5
TABLES = ("assessment_mark", "assessment_change")
_COLUMNS = {
    "assessment_mark": "slot, state, tenths, text",
    "assessment_change": "slot, id, revision, at, old, new, actor_id, actor_name, door, reason, import_id",
}
_IDS = ("school_id", "gradebook_id", "learner_id")
_SERVERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'truong_app'"


def rows(run: Bench) -> list[Row]:
    """Growth of saving and of reading."""
    db = Database(run.database(NAME), pool_size=2)
    school = make_school(run, db, max(2 * CLASS, int(PUPILS * run.scale)))
    with db.context(system_actor("bench"), school) as ctx:
        plan.take_over(ctx)
        fill(ctx, {})
        course, pupils = _class_of_45(ctx)
    app = create_app(run.settings, db=db, registry=run.registry)
    save, numbers = _saver(app, db, school, course, pupils), count()
    read = caller(app, f"/assessment/courses/{course}/1", f"truong_session={make_session(db, school, 'head')}")
    work = {"saving a block of 45 x 12 marks": lambda: save(next(numbers)), "the page of a grid": read}
    found: list[list[float]] = []
    amounts: list[int] = []
    with as_owner(run.server, NAME) as owner:
        for most in (0, int(LARGE * run.scale)):
            amounts.append(_grow(owner, most))
            servers = [pid for (pid,) in owner.execute(_SERVERS)]
            found.append(costs(list(work.values()), servers, rounds=9, calls=5))
    db.close()
    return [
        Row(f"{name}: {amounts[1]:,} marks / {amounts[0]:,}", after / before, f"≤ {MOST}", after / before <= MOST,
            f"{after * 1000:.1f} ms")
        for name, before, after in zip(work, *found, strict=True)
    ]  # fmt: skip


def _grow(owner: psycopg.Connection, most: int) -> int:
    """Marks of other schools, until there are so many; returns how many there are."""
    (own,) = owner.execute("SELECT count(*) FROM assessment_mark").fetchone() or (0,)
    with without_indexes(owner, TABLES):
        for number in range(1, most // max(own, 1)):
            for table in TABLES:
                owner.execute(_copy(table, number).encode())
    owner.execute("VACUUM ANALYZE")
    (all_of_them,) = owner.execute("SELECT count(*) FROM assessment_mark").fetchone() or (0,)
    return int(all_of_them)


def _copy(table: str, number: int) -> str:
    """The rows of the real school again, for another one: the ids begin with its number."""
    ids = ", ".join(f"overlay({name}::text placing '{number:08x}' from 1 for 8)::uuid" for name in _IDS)
    return f"""INSERT INTO {table} ({", ".join(_IDS)}, {_COLUMNS[table]}) SELECT {ids}, {_COLUMNS[table]} FROM {table}
        WHERE school_id = (SELECT id FROM core_school) ORDER BY {", ".join(_IDS)}, slot"""
