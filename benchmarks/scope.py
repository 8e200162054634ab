"""Lists that reach only some pupils, the wall between schools, and search: 1,000,000 pupils in 500 schools.

Lists are the product's own service as the web role, behind both walls; each is a transaction of its own, each time at
another school. The floors are the same list for somebody who may see everybody, and the same statement with an explicit
condition for a role that row-level security does not hold.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from uuid import UUID

from core.data.embedded import database_url
from core.data.session import Database
from core.sdk.data import query
from core.types.actor import Actor
from plugins.learners.services.learners import list_learners

from .common import Bench, Row, costs, processor
from .many_pupils import GIVEN, PUPILS, Country, fill

SCHOOLS = 500
SEARCHES = 1_000
READ = "learners.learner.read"
_VISITED = 40
"""Schools that the lists take turns at: more than one, so that no list lives on the pages of a single school."""
_CLASS = (
    "SELECT p.full_name FROM learners_enrolment e JOIN core_person p ON p.id = e.learner_id"
    " WHERE e.class_id = :class AND e.ends_on IS NULL{} ORDER BY p.sort_key, p.id"
)
_LIST = "SELECT p.id, p.full_name FROM core_person p WHERE true{} ORDER BY p.sort_key, p.id LIMIT 50"
_COUNT = "SELECT count(*) FROM learners_learner p WHERE true{}"


@dataclass(frozen=True, slots=True)
class _Reader:
    """Somebody who asks for a list: with every right at the school, or a limited one."""

    db: Database
    country: Country

    def server(self) -> int:
        """Process id of the database's side of the one connection."""
        with self.db.engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())

    def lists(self, permission: str, person: Callable[[int], UUID | None]) -> Callable[[], None]:
        schools = cycle(range(min(_VISITED, self.country.schools)))

        def ask() -> None:
            school = next(schools)
            with self.db.context(actor(permission, person(school)), self.country.school(school)) as ctx:
                if not list_learners(ctx, limit=51):
                    raise RuntimeError("nobody is in the list")

        return ask

    def asks(self, statement: str) -> Callable[[], None]:
        """A plain statement with an explicit school, whoever asks."""
        schools = cycle(range(min(_VISITED, self.country.schools)))

        def ask() -> None:
            school = next(schools)
            values = {"school": self.country.school(school), "class": self.country.classroom(school, 7)}
            with self.db.context(actor(READ, None), values["school"]) as ctx:
                query(ctx, statement, values)

        return ask


def actor(permission: str, person_id: UUID | None) -> Actor:
    """A signed-in account with one permission."""
    return Actor("account", "Đo", account_id=UUID(int=1), person_id=person_id, permissions=frozenset({permission}))


def rows(run: Bench) -> list[Row]:
    """Scopes against the whole list, row-level security against a plain condition, search inside a school."""
    schools = max(4, int(SCHOOLS * run.scale))
    db, country = Database(run.database("scope"), pool_size=1), Country(schools)
    fill(run.server, "scope", country)
    free = Database(database_url(run.server, "scope", "postgres"), pool_size=1)
    found = list(measured(_Reader(db, country), _Reader(free, country)))
    free.close()
    db.close()
    return found


def measured(reader: _Reader, unwalled: _Reader) -> Iterator[Row]:
    """All rows, on a database that is filled."""
    country = reader.country
    taught, own = f"{READ}.curriculum_taught", f"{READ}.own"
    lists = [
        reader.lists(READ, lambda school: None),
        reader.lists(taught, lambda school: country.teacher(school, 3)),
        reader.lists(own, lambda school: country.parent(school, 11)),
    ]
    whole, by_class, by_family = costs(lists, [reader.server()])
    size = f"{country.schools * PUPILS:,} pupils"
    yield _scope(f"list of a teacher of 6 classes / of everybody, {size}", by_class / whole, f"{whole * 1000:.2f} ms")
    yield _scope(f"list of a parent / of everybody, {size}", by_family / whole, "")
    yield from _walls(reader, unwalled)
    yield _search(reader)


def _scope(name: str, ratio: float, note: str) -> Row:
    return Row(name, ratio, "≤ 1.5", ratio <= 1.5, note)


def _walls(reader: _Reader, unwalled: _Reader) -> Iterator[Row]:
    """The web role without a word of the school, against the explicit condition that it stands for."""
    explicit = " AND p.school_id = :school"
    for name, statement in (("50 by name", _LIST), ("a class", _CLASS), ("a count", _COUNT)):
        pair = [unwalled.asks(statement.format(explicit)), reader.asks(statement.format(""))]
        plain, walled = costs(pair, [reader.server(), unwalled.server()])
        ratio = walled / plain
        yield Row(f"row-level security / explicit condition, {name}", ratio, "≤ 1.15", ratio <= 1.15)


def _search(reader: _Reader) -> Row:
    """The slowest in a hundred of searches as people type them, without accents, each at another school."""
    pick, server = random.Random(2026), reader.server()
    taken: list[float] = []
    worked: list[float] = []
    for _time in range(SEARCHES):
        school = pick.randrange(reader.country.schools)
        words = " ".join(pick.sample(GIVEN, pick.choice((1, 2))))
        began, busy = time.perf_counter(), time.process_time() + processor(server)
        with reader.db.context(actor(READ, None), reader.country.school(school)) as ctx:
            list_learners(ctx, query=words, limit=51)
        taken.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() + processor(server) - busy) * 1000)
    slow = _slow(taken)
    note = f"median {_slow(taken, 0.5):.1f} ms; of the processor {_slow(worked):.1f} ms"
    return Row("search by name inside a school, p99 in ms", slow, "≤ 10", slow <= 10, note)


def _slow(taken: list[float], share: float = 0.99) -> float:
    return sorted(taken)[int(len(taken) * share)]
