"""Dying at a chosen moment: before any statement, around a commit, around a call to a provider."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, product
from string import ascii_uppercase
from typing import Any

import psycopg
from sqlalchemy import event

from core.data.session import Database
from core.work import leases
from tests.conftest import make_school

from .fake import FakeProvider
from .world import World

_PREFIXES = ("".join(letters) for letters in product([c for c in ascii_uppercase if c not in "IO"], repeat=3))
_CODES = count(1)


class Killed(BaseException):
    """The process is gone: nothing in it may catch this."""


@contextmanager
def dies_at(db: Database, moment: int) -> Iterator[list[str]]:
    """Kill whoever uses `db` at the given moment; yields the moments that have passed, by name."""
    passed: list[str] = []

    def reach(name: str) -> None:
        passed.append(name)
        if len(passed) == moment + 1:
            raise Killed(name)

    def statement(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        reach(" ".join(sql.split()[:8]))

    dialect = db.engine.dialect
    commit = dialect.do_commit

    def do_commit(connection: Any) -> None:
        reach("before commit")
        commit(connection)
        reach("after commit")

    direct, done = psycopg.Connection.execute, leases.done

    def on_the_driver(connection: Any, query: bytes, *rest: Any, **more: Any) -> Any:
        reach(" ".join(str(query).split()[:8]))
        return direct(connection, query, *rest, **more)

    def done_and_committed(*lease: Any, **more: Any) -> bool:
        reach("before commit of the job")
        kept = done(*lease, **more)
        reach("after commit of the job")
        return kept

    event.listen(db.engine, "before_cursor_execute", statement)
    dialect.do_commit = do_commit  # type: ignore[method-assign, assignment]
    psycopg.Connection.execute = on_the_driver  # type: ignore[method-assign, assignment]
    leases.done = done_and_committed
    FakeProvider.reach = staticmethod(reach)
    try:
        yield passed
    finally:
        dialect.do_commit = commit  # type: ignore[method-assign]
        psycopg.Connection.execute = direct  # type: ignore[method-assign]
        leases.done = done
        FakeProvider.reach = staticmethod(len)
        event.remove(db.engine, "before_cursor_execute", statement)


def fresh(db: Database) -> World:
    """A new school with rails in a database that is used for many."""
    number = next(_CODES)
    return World.build(db, make_school(db, f"S{number}", f"Trường {number}", "primary", next(_PREFIXES)))
