"""Dying at a chosen moment: before any statement, before a commit, or right after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, product
from string import ascii_uppercase
from typing import Any

from sqlalchemy import event

from core.data.session import Database
from tests.conftest import make_school

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

    event.listen(db.engine, "before_cursor_execute", statement)
    dialect.do_commit = do_commit  # type: ignore[method-assign, assignment]
    try:
        yield passed
    finally:
        dialect.do_commit = commit  # type: ignore[method-assign]
        event.remove(db.engine, "before_cursor_execute", statement)


def fresh(db: Database) -> World:
    """A new school with rails in a database that is used for many."""
    number = next(_CODES)
    return World.build(db, make_school(db, f"S{number}", f"Trường {number}", "primary", next(_PREFIXES)))
