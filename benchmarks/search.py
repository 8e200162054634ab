# ruff: noqa: S608  (statements are made of numbers and names of ours)
"""Search by name over all schools: 1,000,000 persons in 500 schools, with names as common as they are.

Two in five families are called Nguyễn, and Thị and Văn stand in every second name: what is common costs most. Searches are
the product's own service over the schools below a department, in a transaction of its own each; for half the words the end
is missing, as while somebody types.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from statistics import median
from uuid import UUID

import psycopg

from core.data.session import Database
from core.people.everywhere import find_everywhere
from core.people.services import derived
from core.types.actor import Actor

from .common import Bench, Row, processor
from .filling import as_owner
from .many_pupils import GIVEN, sql_of

NAME = "search"
PEOPLE, SCHOOLS = 1_000_000, 500
SEARCHES, MOST = 600, 50.0
_FAMILIES = {
    "Nguyễn": 38, "Trần": 12, "Lê": 10, "Phạm": 7, "Hoàng": 5, "Vũ": 4, "Phan": 4, "Võ": 3, "Đặng": 3, "Bùi": 2, "Đỗ": 2,
    "Hồ": 2, "Ngô": 1, "Dương": 1, "Lý": 1, "Đinh": 1, "Mai": 1, "Trịnh": 1, "Cao": 1, "Hà": 1,
}  # fmt: skip
_MIDDLES = {
    "Thị": 25,
    "Văn": 20,
    "Minh": 7,
    "Ngọc": 7,
    "Đức": 5,
    "Gia": 5,
    "Bảo": 5,
    "Thu": 4,
    "Thị Thu": 4,
    "Quang": 4,
}
_NAMES = 60_000


def rows(run: Bench) -> list[Row]:
    """The slowest in a hundred, by the clock and by the processor."""
    people, schools = max(20_000, int(PEOPLE * run.scale)), max(20, int(SCHOOLS * run.scale))
    db = Database(run.database(NAME), pool_size=1)
    with as_owner(run.server, NAME) as owner:
        _fill(owner, people, schools)
    found = _measured(db, [_school(number) for number in range(schools)])
    db.close()
    clock, worked = found["clock"], found["processor"]
    at = int(len(worked) * 0.99)
    note = (
        f"{people:,} persons; median {median(worked):.1f} ms; by the clock {median(clock):.1f} and {clock[at]:.1f} ms"
    )
    return [Row("search by name over all schools, p99 in ms of the processor", worked[at], f"< {MOST:g}",
                worked[at] < MOST, note)]  # fmt: skip


def _school(number: int) -> UUID:
    return UUID(f"01900000-0000-7000-8001-{number:012x}")


def _measured(db: Database, schools: list[UUID]) -> dict[str, list[float]]:
    actor = Actor("account", "Đo", account_id=UUID(int=1), person_id=None, permissions=frozenset({"core.people.find"}))
    with db.engine.connect() as connection:
        server = int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
    pick = random.Random(2026)

    def ask(words: str) -> None:
        with db.all_schools(actor) as ctx:
            find_everywhere(ctx, words, schools)

    return _timed([_words(pick) for _time in range(SEARCHES)], ask, server)


def _timed(asked: list[str], ask: Callable[[str], None], server: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"clock": [], "processor": []}
    for words in asked:
        began, busy = time.perf_counter(), time.process_time() + processor(server)
        ask(words)
        found["processor"].append((time.process_time() + processor(server) - busy) * 1000)
        found["clock"].append((time.perf_counter() - began) * 1000)
    return {name: sorted(values) for name, values in found.items()}


def _words(pick: random.Random) -> str:
    """Two or three words of a name, sometimes the code, the last one often not whole."""
    if pick.random() < 0.1:
        return f"{_one(pick, _FAMILIES)} {2_500_000_000 + pick.randrange(1_000_000)}"
    middle, given = _one(pick, _MIDDLES), pick.choice(GIVEN)
    family = _one(pick, _FAMILIES)
    name = pick.choice((f"{family} {middle} {given}", f"{family} {given}", f"{middle} {given}", f"{family} {middle}"))
    return name[:-1] if pick.random() < 0.5 and len(given) > 2 else name


def _one(pick: random.Random, names: dict[str, int]) -> str:
    return pick.choices(list(names), list(names.values()))[0]


def _fill(owner: psycopg.Connection, people: int, schools: int) -> None:
    pick = random.Random(1)
    owner.execute("CREATE TEMP TABLE name (n int PRIMARY KEY, full_name text, sort_key text, search_text text)")
    with owner.cursor().copy("COPY name FROM STDIN") as copy:
        for number in range(_NAMES):
            name = f"{_one(pick, _FAMILIES)} {_one(pick, _MIDDLES)} {pick.choice(GIVEN)}"
            columns = derived(name)
            copy.write_row((number, name, columns["sort_key"], columns["search_text"]))
    made = "now(), now()"
    owner.execute(
        f"""INSERT INTO core_school (id, code, name, level, ownership, province, address, phone, payment_prefix, created_at,
        updated_at) SELECT {sql_of("school", "s")}, 'B' || s, 'Trường ' || s, 'primary', 'public', '48', '', '',
        chr(65 + s / 676) || chr(65 + s / 26 % 26) || chr(65 + s % 26), {made}
        FROM generate_series(0, {schools - 1}) s""".encode()
    )
    owner.execute(
        f"""INSERT INTO core_person (id, school_id, full_name, sort_key, search_text, sex, phones, email, deceased,
        created_at, updated_at) SELECT {sql_of("pupil", "i")}, {sql_of("school", f"i % {schools}")}, n.full_name,
        n.sort_key, n.search_text || ' ' || (2500000000 + i), 1 + i % 2, '{{}}', '', false, {made}
        FROM generate_series(0, {people - 1}) i JOIN name n ON n.n = i::bigint * 7919 % {_NAMES}""".encode()
    )
    owner.execute("VACUUM ANALYZE core_person")
