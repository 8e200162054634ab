"""Behind a pooler in transaction mode: nothing that we rely on lives longer than a transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from core.data.session import Database
from core.kernel.registry import Owned, Registry
from core.sdk import work
from core.sdk.testing.fixtures import SECRET
from core.settings.instance import InstanceSettings
from core.types.actor import Actor
from core.types.contributions import Task
from core.web.app import create_app
from core.work.worker import Worker
from tests.conftest import signed_in

from .pooler import Pooler

APP = "truong_app"
WORKER = "truong_worker"


@pytest.fixture
def pooler(server: str, db: Database) -> Iterator[Pooler]:
    with pooling(server, db, APP) as running:
        yield running


@contextmanager
def pooling(server: str, db: Database, role: str) -> Iterator[Pooler]:
    with psycopg.connect(server) as connection:
        (port,) = connection.execute("SHOW port").fetchone() or ("5432",)
    host = unquote(str(make_url(server).query["host"]))
    running = Pooler(f"{host}/.s.PGSQL.{port}", role, db.engine.url.database or "")
    yield running
    running.close()


@pytest.fixture
def pooled(pooler: Pooler, db: Database) -> Iterator[Database]:
    with behind(pooler, db, APP) as database:
        yield database


@contextmanager
def behind(pooler: Pooler, db: Database, role: str) -> Iterator[Database]:
    address = f"postgresql+psycopg://{role}@127.0.0.1:{pooler.port}/{db.engine.url.database}"
    database = Database(f"{address}?sslmode=disable&gssencmode=disable", pooler=True)
    yield database
    database.close()


def test_without_the_setting_the_pooler_refuses_us(pooled: Database) -> None:
    plain = Database(pooled.url)
    with pytest.raises(OperationalError, match="unsupported startup parameter"), plain.engine.connect():
        pass
    plain.close()


def test_schools_stay_apart_while_transactions_share_connections(
    pooled: Database, pooler: Pooler, school: UUID, other_school: UUID, system: Actor
) -> None:
    faults: list[object] = []

    def look(mine: UUID) -> None:
        try:
            for n in range(30):
                with pooled.context(system, mine) as ctx:
                    seen = ctx.session.execute(text("SELECT DISTINCT school_id FROM core_school_year")).scalars().all()
                    zone = ctx.session.execute(text("SHOW timezone")).scalar_one()
                    if seen != [mine] or zone != "UTC":
                        faults.append((seen, zone))
                if n % 10 == 0:
                    with pooled.all_schools(system) as ctx:
                        count = ctx.session.execute(text("SELECT count(*) FROM core_school_year")).scalar_one()
                        if count != 2:
                            faults.append(count)
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=look, args=(mine,)) for mine in (school, other_school) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert len(pooler.handed_out) == 3
    with pooled.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM core_school_year")).scalar_one() == 0, "no wall, no rows"


@pytest.mark.soak
def test_pages_run_behind_it(pooled: Database, school: UUID, registry: Registry, var: Path) -> None:
    settings = InstanceSettings(secret_keys=(SECRET,), var=var, base_url="http://localhost", secure_cookies=False)
    app = create_app(settings, db=pooled, registry=registry)
    client = signed_in(app, pooled, school, "head", "operator", "accountant")
    rules = [r.rule for r in app.url_map.iter_rules() if not r.arguments and "GET" in (r.methods or ())]
    broken = [rule for rule in rules if rule.startswith("/") and client.get(rule).status_code >= 500]
    assert broken == []
    assert len(rules) > 20


def test_workers_run_behind_it(server: str, db: Database, pooled: Database, school: UUID, system: Actor) -> None:
    with pooling(server, db, WORKER) as pooler, behind(pooler, db, WORKER) as of_workers:
        _runs(of_workers, pooled, school, system)


def _runs(of_workers: Database, pooled: Database, school: UUID, system: Actor) -> None:
    met = threading.Event()
    task = Owned("core", Task("core.seen", lambda ctx, payload, progress: met.set()))
    worker = Worker(of_workers, Registry((), {"provide_tasks": (task,)}), threads=2)
    thread = threading.Thread(target=worker.run_forever)
    thread.start()
    with pooled.context(system, school) as ctx:
        work.enqueue(ctx, "core.seen", {})
    assert met.wait(20)
    worker.stop()
    thread.join(30)
    assert not thread.is_alive()
