"""Databases of tests: copied from a template, emptied and used again, because a copy costs ten times as much.

Emptying takes what a migrated database has none of: rows. One in which a test has changed anything else (a table, a
function, a right), that somebody still uses, or that has become large, is dropped and a fresh copy made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from os import getpid
from typing import cast

import psycopg
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool

from core.data.ddl import APP_ROLE, WORKER_ROLE
from core.data.embedded import create_database, database_url, drop_database
from core.data.session import Database

_NUMBER = count(1)
_TIMES = 50
"""After that many tests a database has collected enough of them."""
_LARGE = 8 * 2**20
"""Bytes of rows, dead ones among them."""
# A new column or constraint changes the row of its table in pg_class too.
_CATALOGUES = ("pg_class", "pg_proc", "pg_trigger", "pg_policy")
_NOW = "SELECT pg_current_xact_id()::text::bigint"
# Rows of the catalogues that are younger than the copy: somebody has changed the shape of the database.
_CHANGED = " OR ".join(f"EXISTS (SELECT FROM {name} WHERE xmin::text::bigint >= %(since)s)" for name in _CATALOGUES)
_STATE = f"""
    SELECT {_CHANGED},
           (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()),
           (SELECT sum(pg_relation_size(oid)) FROM pg_class
             WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace)
"""  # noqa: S608  (names of catalogues, all constants)
_EMPTY = """
    DO $$ DECLARE filled regclass; numbers regclass; BEGIN
      SET LOCAL session_replication_role = replica;
      FOR filled IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                       AND relname NOT LIKE '%\\_version' AND pg_relation_size(oid) > 0 LOOP
        EXECUTE format('DELETE FROM %s', filled);
      END LOOP;
      FOR numbers IN SELECT oid FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace LOOP
        PERFORM setval(numbers, 1, false);
      END LOOP;
    END $$
"""


@dataclass(slots=True)
class _Copy:
    name: str
    db: Database
    since: int
    """The first transaction after the copy was made."""
    used: int = 0


class Databases:
    """Those of one test process.

    Args:
        server: superuser address.
        template: name of a migrated database that nobody uses.
    """

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template = server, template
        self._free: list[_Copy] = []

    @contextmanager
    def one(self) -> Iterator[Database]:
        """An empty database, signed in as the application, for one test."""
        copy = self._free.pop() if self._free else self._made()
        yield copy.db
        close_worker(copy.db)
        if self._emptied(copy):
            self._free.append(copy)
        else:
            self._drop(copy)

    def close(self) -> None:
        for copy in self._free:
            self._drop(copy)
        self._free.clear()

    def _made(self) -> _Copy:
        name = f"test_{getpid()}_{next(_NUMBER)}"
        create_database(self._server, name, template=self._template)
        with psycopg.connect(self._address(name)) as connection:
            (since,) = connection.execute(_NOW).fetchone() or (0,)
        return _Copy(name, Database(database_url(self._server, name, APP_ROLE), pool_size=4), since)

    def _emptied(self, copy: _Copy) -> bool:
        """Whether the database is as it was; then it may serve again."""
        copy.used += 1
        pool = cast("QueuePool", copy.db.engine.pool)
        if copy.used >= _TIMES or pool.checkedout():
            return False
        try:
            with psycopg.connect(self._address(copy.name), autocommit=True) as connection:
                state = connection.execute(_STATE, {"since": copy.since}).fetchone()
                if state is None or state[0] or state[1] > pool.checkedin() or state[2] > _LARGE:
                    return False
                connection.execute(_EMPTY)
        except psycopg.Error:
            return False  # a test has dropped or renamed it, or stopped the server
        return True

    def _address(self, name: str) -> str:
        return database_url(self._server, name, "postgres").replace("+psycopg", "", 1)

    def _drop(self, copy: _Copy) -> None:
        copy.db.close()
        drop_database(self._server, copy.name)


_WORKERS: dict[str, Database] = {}


def as_worker(db: Database) -> Database:
    """The same database in the role of workers, which alone sees the jobs of all schools."""
    if db.url not in _WORKERS:
        _WORKERS[db.url] = Database(address_of_worker(db.url), pool_size=4)
    return _WORKERS[db.url]


def address_of_worker(url: str) -> str:
    """The address of a database in the role of workers."""
    return make_url(url).set(username=WORKER_ROLE).render_as_string(hide_password=False)


def close_worker(db: Database) -> None:
    """End what `as_worker` has made of a database."""
    if worker := _WORKERS.pop(db.url, None):
        worker.close()


@contextmanager
def signed_in_as_application(server: str, name: str) -> Iterator[Database]:
    """A database of one's own in the role of web servers; in the end it is closed, and what `as_worker` made of it."""
    database = Database(database_url(server, name, APP_ROLE), pool_size=4)
    yield database
    database.close()
    close_worker(database)
