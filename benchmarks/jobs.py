"""Background jobs against their goals: rate, redelivery after kill -9, cost of asking for a job in a request.

The floor of the rate is bare psycopg doing the same statements with as many threads in one process.
The floor of the request is the same Flask view without the job.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType
from uuid import UUID

import psycopg
from flask import Flask
from sqlalchemy import create_engine, text

from core.data.context import Context
from core.data.ddl import PREPARE_DATABASE
from core.data.embedded import create_database, database_url, start_embedded
from core.data.session import Database
from core.kernel import migrations
from core.kernel.registry import Owned, Registry
from core.sdk import work
from core.sdk.testing.fixtures import address_of_worker
from core.types.actor import system_actor
from core.types.contributions import Payload, Progress, Task
from core.types.ids import new_id
from core.work.worker import Worker

from .common import Bench, Row

JOBS, THREADS, KILLS, REQUESTS = 4000, 4, 5, 600
LEASE = timedelta(seconds=2)
_ACTOR = system_actor("benchmark")
_ROOT = Path(__file__).resolve().parent.parent
_EFFECT = "INSERT INTO bench_effect DEFAULT VALUES"
_TABLES = """
    CREATE TABLE bench_effect (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp());
    CREATE TABLE bench_entry (id bigserial PRIMARY KEY, account int, amount bigint);
    CREATE TABLE bench_balance (account int PRIMARY KEY, amount bigint NOT NULL);
    INSERT INTO bench_balance SELECT n, 0 FROM generate_series(1, 1000) AS n;
    GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO truong_app, truong_system;
    GRANT ALL ON bench_effect, bench_entry, bench_balance TO truong_app, truong_system;
"""


def small(ctx: Context, payload: Payload, progress: Progress) -> None:
    ctx.session.execute(text(_EFFECT))


def slow(ctx: Context, payload: Payload, progress: Progress) -> None:
    ctx.session.execute(text(_EFFECT))
    sys.stdout.write("started\n")
    sys.stdout.flush()
    for step in range(10):
        threading.Event().wait(0.05)
        progress(step, 10)


REGISTRY = Registry(
    (),
    {"provide_tasks": (Owned("core", Task("small", small)), Owned("core", Task("slow", slow, lease=LEASE)))},
)


@contextmanager
def database() -> Iterator[tuple[Database, UUID]]:
    """A migrated database with one school, on a server of its own."""
    with tempfile.TemporaryDirectory(prefix="truong-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = start_embedded(Path(folder) / "data", keep_running=False)
        create_database(server, "bench")
        for role in ("postgres", "truong_owner"):
            engine = create_engine(database_url(server, "bench", role))
            with engine.begin() as connection:
                if role == "postgres":
                    for statement in PREPARE_DATABASE:
                        connection.exec_driver_sql(statement)
                else:
                    for chain in migrations.chains(()):
                        migrations.upgrade(connection, chain)
                    connection.exec_driver_sql(_TABLES)
            engine.dispose()
        db = Database(database_url(server, "bench", "truong_app"))
        yield db, _school(db)
        db.close()


def _school(db: Database) -> UUID:
    from core.school.models import School

    id = new_id()
    with db.all_schools(_ACTOR) as ctx:
        ctx.session.add(School(id=id, code="B", name="B", level="primary", province="01", payment_prefix="BEN"))
    return id


def rate(db: Database, school: UUID) -> float:
    """Small jobs a second of one worker process, from the first taken to the last finished."""
    with db.context(_ACTOR, school) as ctx:
        work.enqueue_many(ctx, "small", [{}] * JOBS)
    worker = _start("worker", db)
    _wait(lambda: _count(db, "state <> 'done'") == 0)
    _end(worker, signal.SIGTERM)
    with db.engine.begin() as connection:
        seconds: float = connection.execute(
            text("SELECT extract(epoch FROM max(finished_at) - min(started_at))::float FROM core_job")
        ).scalar_one()
    return JOBS / seconds


def bare_rate(db: Database) -> float:
    """The same statements by bare psycopg: take one row, do its effect, finish it."""
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE core_job SET state = 'waiting', finished_at = NULL"))
    floor = _start("floor", db)
    assert floor.stdout is not None
    seconds = float(floor.stdout.readline())
    _end(floor, signal.SIGTERM)
    return JOBS / seconds


def redelivery(db: Database, school: UUID) -> list[float]:
    """Seconds from kill -9 in mid-job until another worker has started it again, a few times."""
    return sorted(_redelivered(db, school) for _ in range(KILLS))


def _redelivered(db: Database, school: UUID) -> float:
    with db.context(_ACTOR, school) as ctx:
        work.enqueue(ctx, "slow", {})
    victim = _start("worker", db)
    assert victim.stdout is not None
    victim.stdout.readline()
    _end(victim, signal.SIGKILL)
    killed = time.perf_counter()
    other = _start("worker", db)
    assert other.stdout is not None
    other.stdout.readline()
    took = time.perf_counter() - killed
    _wait(lambda: _count(db, "state <> 'done'") == 0)
    _end(other, signal.SIGTERM)
    return took


def request_ratio(db: Database, school: UUID) -> float:
    """Median time of a request that writes a ledger entry and asks for a job, against one without a job."""
    app = Flask("bench")

    @app.post("/entry/<int:account>/<int:jobs>")
    def entry(account: int, jobs: int) -> dict[str, int]:
        values = {"account": account}
        with db.context(_ACTOR, school) as ctx:
            rows = "INSERT INTO bench_entry (account, amount) VALUES (:account, 5), (:account, -5)"
            ctx.session.execute(text(rows), values)
            ctx.session.execute(text("UPDATE bench_balance SET amount = amount + 5 WHERE account = :account"), values)
            if jobs:
                work.enqueue(ctx, "small", {"account": account})
        return {"account": account}

    client = app.test_client()
    times: tuple[list[float], list[float]] = ([], [])
    for n in range(2 * REQUESTS):
        begun = time.perf_counter()
        assert client.post(f"/entry/{n % 1000 + 1}/{n % 2}").status_code == 200
        times[n % 2].append(time.perf_counter() - begun)
    without, with_job = (statistics.median(part[50:]) for part in times)
    return with_job / without


def rows(run: Bench) -> list[Row]:
    """Rate, redelivery and the cost of asking; on a server of its own, because a worker process is killed."""
    with database() as (db, school):
        ours, bare = rate(db, school), bare_rate(db)
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM core_job"))
        waits = redelivery(db, school)
        ratio = request_ratio(db, school)
    lease = LEASE.total_seconds()
    late = waits[-1] - lease
    return [
        Row("small jobs a second, one worker process", ours, "≥ 1,000", ours >= 1000),
        Row("small jobs / bare psycopg on the same rows", ours / bare, "", True),
        Row("redelivery after kill -9, seconds past the lease", late, "≤ 5", late <= 5),
        Row("request that asks for a job / without", ratio, "≤ 1.25", ratio <= 1.25),
    ]


def _start(part: str, db: Database) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.jobs", part, db.url]
    return subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)


def _end(process: subprocess.Popen[str], number: signal.Signals) -> None:
    if process.poll() is None:
        os.kill(process.pid, number)
    process.wait(40)
    if process.stdout is not None:
        process.stdout.close()


def _count(db: Database, condition: str) -> int:
    with db.engine.begin() as connection:
        found: int = connection.execute(text(f"SELECT count(*) FROM core_job WHERE {condition}")).scalar_one()  # noqa: S608
    return found


def _wait(condition: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.2)


def _work(url: str) -> None:
    db = Database(address_of_worker(url))
    worker = Worker(db, REGISTRY, threads=THREADS)

    def stop(number: int, frame: FrameType | None) -> None:
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    worker.run_forever()
    db.close()


def _floor(url: str) -> None:
    """`THREADS` threads of bare psycopg on the rows that `rate` left, each row in its own transaction."""
    address = url.replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM core_job")]

    def one(part: list[UUID]) -> None:
        with psycopg.connect(address) as connection:
            for id in part:
                connection.execute("SELECT set_config('app.school_id', %s, true)", (str(id),))
                connection.execute(_EFFECT)
                connection.execute("UPDATE core_job SET state = 'done', finished_at = now() WHERE id = %s", (id,))
                connection.commit()

    threads = [threading.Thread(target=one, args=(ids[n::THREADS],)) for n in range(THREADS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stdout.write(f"{time.perf_counter() - begun}\n")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["worker", address]:
            _work(address)
        case ["floor", address]:
            _floor(address)
        case _:
            raise SystemExit("run `python -m benchmarks jobs`")
