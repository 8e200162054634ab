"""OneRoster at a school of 50,000 pupils in 12 subjects: single pages, whole walks, and the package out and in.

Seconds are those of the processor, here and in the database. A walk asks for 1,000 objects at a time by limit and offset,
as programs do; its page at the far end is held against the first one, so that a walk stays in proportion to its length.
"""

from __future__ import annotations

import base64
import multiprocessing
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, event, text

from core.data.embedded import database_url
from core.data.session import Database
from core.identity.oauth.clients import NewClient, make_client
from core.types.actor import system_actor
from core.web.app import create_app
from plugins.curriculum.services import plan
from plugins.oneroster import access
from plugins.oneroster.package.pupils import pupils as list_of
from plugins.oneroster.package.reading import read
from plugins.oneroster.package.writing import write

from .common import Bench, Row, peak_memory_mb, processor
from .web import make_school

PUPILS, NAME, LIMIT = 50_000, "oneroster", 1000
BASE = "/ims/oneroster/rostering/v1p2"
SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly"
_SERVERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'truong_app'"
_TEACHERS = """
WITH made AS (INSERT INTO core_person (id, school_id, full_name, sort_key, search_text, sex, phones, email, deceased,
    created_at, updated_at) SELECT uuidv7(), :school, 'Cô ' || i, 'co', 'co', 2, '{}', '', false, now(), now()
    FROM generate_series(1, :teachers) i RETURNING id),
  kept AS (INSERT INTO curriculum_teacher (id, school_id, code, active, created_at, updated_at)
    SELECT id, :school, '', true, now(), now() FROM made RETURNING id)
SELECT count(*) FROM kept"""
_LESSONS = """
WITH t AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS m FROM curriculum_teacher
    WHERE school_id = :school),
  c AS (SELECT id, year_id, row_number() OVER (ORDER BY id) AS n FROM curriculum_course WHERE school_id = :school)
INSERT INTO curriculum_teaching (id, school_id, course_id, teacher_id, starts_on, created_at, updated_at)
SELECT uuidv7(), :school, c.id, t.id, '2026-08-01', now(), now() FROM c JOIN t ON t.n = c.n % t.m"""


def rows(run: Bench) -> list[Row]:
    """Pages, walks, and packages."""
    address = run.database(NAME)
    db = Database(address)
    school = _fill(run, db, max(500, int(PUPILS * run.scale)))
    found = _served(run, db, school)
    db.close()
    package = str(run.folder / "package.zip")
    alone = multiprocessing.get_context("spawn")
    with alone.Pool(1) as pool:
        out = pool.apply(_write, (address, school, package))
    with alone.Pool(1) as pool:
        back = pool.apply(_read, (package,))
    size = Path(package).stat().st_size / 1e6
    return [
        *found,
        Row("oneroster: package out, seconds", out[0], "< 60", out[0] < 60, f"{size:.0f} MB packed"),
        Row("oneroster: package out, MB of memory", out[1], "< 400", out[1] < 400, "the whole process"),
        Row("oneroster: package in, seconds", back[0], "< 60", back[0] < 60, f"{back[2]:,} pupils listed"),
        Row("oneroster: package in, MB of memory", back[1], "< 500", back[1] < 500, "the whole process"),
    ]


def _fill(run: Bench, db: Database, pupils: int) -> UUID:
    """A school with pupils, families, courses, and a teacher for each course."""
    school = make_school(run, db, pupils)
    with db.context(system_actor("bench"), school) as ctx:
        plan.take_over(ctx)
        ctx.session.execute(text(_TEACHERS), {"school": school, "teachers": max(10, pupils // 25)})
        ctx.session.execute(text(_LESSONS), {"school": school})
    owner = create_engine(database_url(run.server, NAME, "postgres"), isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    owner.dispose()
    return school


class Peer:
    """A program with a token, and what its requests cost."""

    def __init__(self, run: Bench, db: Database, school: UUID) -> None:
        with db.context(system_actor("bench"), school) as ctx:
            rights = [access.CORE, access.RELATED]
            id, secret = make_client(ctx, NewClient("Bench", "Bench", "service", permissions=rights))
        self._client: FlaskClient = create_app(run.settings, db=db, registry=run.registry).test_client()
        self._basic = base64.b64encode(f"{id}:{secret}".encode()).decode()
        self._headers: dict[str, str] = {}
        self.get("/users?limit=1")
        owner = create_engine(database_url(run.server, NAME, "postgres"))
        with owner.connect() as connection:
            self._servers = [pid for (pid,) in connection.exec_driver_sql(_SERVERS)]
        owner.dispose()

    def get(self, path: str) -> tuple[int, int]:
        """How many objects came, of how many."""
        answer = self._client.get(BASE + path, headers=self._headers)
        if answer.status_code == 401:  # a token lives ten minutes, and a walk may take longer
            self._sign_in()
            answer = self._client.get(BASE + path, headers=self._headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:200]}")
        return len(next(iter(answer.get_json().values()))), int(answer.headers["X-Total-Count"])

    def _sign_in(self) -> None:
        form = {"grant_type": "client_credentials", "scope": SCOPE}
        answer = self._client.post("/oauth/token", data=form, headers={"Authorization": f"Basic {self._basic}"})
        self._headers = {"Authorization": f"Bearer {answer.get_json()['access_token']}"}

    def cost(self, path: str, rounds: int = 5) -> float:
        """Seconds of the processor that a request takes: the median."""
        return statistics.median(self.spent(lambda: self.get(path)) for _round in range(rounds))

    def spent(self, work: Callable[[], object]) -> float:
        """Seconds of the processor, here and in the database."""
        began = self._now()
        work()
        return self._now() - began

    def walk(self, path: str) -> int:
        """Ask for everything, page by page; how much came."""
        offset, total, came = 0, 1, 0
        while offset < total:
            here, total = self.get(f"{path}?limit={LIMIT}&offset={offset}")
            came, offset = came + here, offset + LIMIT
        if came != total:
            raise RuntimeError(f"{path}: {came} of {total}")
        return total

    def _now(self) -> float:
        return time.process_time() + sum(map(processor, self._servers))


def _served(run: Bench, db: Database, school: UUID) -> list[Row]:
    """Single pages and whole walks of the service."""
    peer = Peer(run, db, school)
    pupils = peer.get("/students?limit=1")[1]
    far = pupils * 49 // 50
    first, last = peer.cost("/students?limit=100"), peer.cost(f"/students?limit=100&offset={far}")
    since = peer.cost("/students?limit=100&filter=dateLastModified>'2030-01-01T00:00:00.000Z'")
    one = peer.cost(f"/schools/{school}/students?limit=100&sort=familyName")
    asked = _statements(db, lambda: peer.get("/students?limit=100"))
    found = [
        _row("first page of 100 pupils, ms", first * 1000, 100, f"of {pupils:,}"),
        _row(f"the page at offset {far:,}, ms", last * 1000, 150),
        _row("what changed since a moment, ms", since * 1000, 1500, "nothing has; every pupil is looked at"),
        _row("pupils of the school by family name, ms", one * 1000, 1000),
        _row("statements of a page", asked, 12, "who asks, at which school, how many, which, and what they are"),
    ]
    for path, most in (("/students", 30), ("/users", 60), ("/enrollments", 120)):
        totals: list[int] = []
        taken = peer.spent(lambda path=path, totals=totals: totals.append(peer.walk(path)))  # type: ignore[misc]
        each = f"{totals[0]:,} objects, {taken / totals[0] * 1000:.2f} ms each"
        found.append(_row(f"all of {path}, {LIMIT:,} at a time, seconds", taken, most, each))
        start = peer.cost(f"{path}?limit={LIMIT}", 3)
        end = peer.cost(f"{path}?limit={LIMIT}&offset={max(0, totals[0] - LIMIT)}", 3)
        found.append(_row(f"the last such page of {path} against the first", end / start, 4))
    return found


def _row(name: str, value: float, most: float, note: str = "") -> Row:
    return Row(f"oneroster: {name}", value, f"< {most:g}", value < most, note)


def _statements(db: Database, work: Callable[[], object]) -> int:
    """How many statements some work sends to the database."""
    sent = 0

    def count(*_: object) -> None:
        nonlocal sent
        sent += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        work()
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return sent


def _write(address: str, school: UUID, target: str) -> tuple[float, float]:
    """Seconds of the processor, here and in the database, and megabytes of this process, of writing the package."""
    db = Database(address)
    with db.context(system_actor("bench"), school) as ctx, Path(target).open("wb") as out:
        server = ctx.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        began = time.process_time() + processor(server)
        write(ctx, out, "Bench", "BENCH")
        return time.process_time() + processor(server) - began, peak_memory_mb()


def _read(source: str) -> tuple[float, float, int]:
    """Seconds of the processor, megabytes of this process, and pupils, of reading it back."""
    began = time.process_time()
    with Path(source).open("rb") as package:
        found = read(package)
    if found.faults:
        raise RuntimeError(str(found.faults[:3]))
    listed = list_of(found).count(b"\r\n") - 1
    return time.process_time() - began, peak_memory_mb(), listed
