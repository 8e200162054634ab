"""Asking for work: in the caller's transaction, once per key."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import text

from core.data.session import Database
from core.sdk import work
from core.sdk.testing.fixtures import as_worker
from core.types.actor import Actor
from core.work.worker import Worker

from .conftest import FakeClock
from .handlers import ALL, registry, small

Traces = Callable[[], list[str]]


def test_a_job_runs_after_the_commit(db: Database, school: UUID, system: Actor, traces: Traces) -> None:
    with db.context(system, school) as ctx:
        id = work.enqueue(ctx, "small", {"note": "here"})
        assert Worker(as_worker(db), ALL).drain() == [], "nobody sees it before the commit"
    outcomes = Worker(as_worker(db), ALL).drain()
    assert [(o.lease.id, o.state) for o in outcomes] == [(id, "done")]
    assert traces() == ["here"]


def test_no_job_without_its_change(db: Database, school: UUID, system: Actor, traces: Traces) -> None:
    with pytest.raises(RuntimeError, match="changed my mind"), db.context(system, school) as ctx:
        work.enqueue(ctx, "small", {})
        work.enqueue_many(ctx, "small", [{}, {}])
        raise RuntimeError("changed my mind")
    assert Worker(as_worker(db), ALL).drain() == []
    assert traces() == []


def test_the_handler_acts_for_who_asked_at_their_school(db: Database, school: UUID, teacher: Actor) -> None:
    met: list[tuple[Actor, UUID | None]] = []
    tasks = registry({"look": lambda ctx, payload, progress: met.append((ctx.actor, ctx.school))})
    asking = teacher.with_permissions("learners.person.view")
    with db.context(asking, school) as ctx:
        work.enqueue(ctx, "look", {})
    Worker(as_worker(db), tasks).drain()
    assert met == [(asking, school)]


def test_one_waiting_job_per_key_and_school(db: Database, school: UUID, other_school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        first = work.enqueue(ctx, "small", {}, key="totals")
        assert work.enqueue(ctx, "small", {}, key="totals") == first
        assert work.enqueue(ctx, "small", {}, key="else") != first
        assert work.enqueue(ctx, "small", {}) != work.enqueue(ctx, "small", {})
    with db.context(system, other_school) as ctx:
        assert work.enqueue(ctx, "small", {}, key="totals") != first
    taken = Worker(as_worker(db), ALL).take(10)
    assert len(taken) == 5
    with db.context(system, school) as ctx:
        assert work.enqueue(ctx, "small", {}, key="totals") != first, "a job that runs may have read too early"


def test_who_joins_a_job_is_waited_for(db: Database, school: UUID, system: Actor, traces: Traces) -> None:
    """The job must not run between another's change and its commit: it would miss the change."""
    with db.context(system, school) as ctx:
        work.enqueue(ctx, "small", {}, key="totals")
    with db.context(system, school) as ctx:
        work.enqueue(ctx, "small", {}, key="totals")
        assert Worker(as_worker(db), ALL).drain() == []
    assert len(Worker(as_worker(db), ALL).drain()) == 1


def test_many_jobs_at_once(db: Database, school: UUID, system: Actor, traces: Traces) -> None:
    with db.context(system, school) as ctx:
        assert work.enqueue_many(ctx, "small", [{"note": str(n)} for n in range(30)]) == 30
        assert work.enqueue_many(ctx, "small", []) == 0
    assert len(Worker(as_worker(db), ALL).drain(limit=10)) == 10
    assert len(Worker(as_worker(db), ALL).drain()) == 20
    assert sorted(traces(), key=int) == [str(n) for n in range(30)]


def test_a_job_waits_for_its_moment(
    db: Database, school: UUID, system: Actor, traces: Traces, clock: FakeClock
) -> None:
    worker = Worker(as_worker(db), ALL, clock)
    with db.context(system, school, clock=clock) as ctx:
        work.enqueue(ctx, "small", {"note": "late"}, run_at=clock.now.replace(hour=6))
        work.enqueue(ctx, "small", {"note": "now"})
    worker.drain()
    assert traces() == ["now"]
    clock.forward(hours=6)
    worker.drain()
    assert traces() == ["now", "late"]


def test_a_job_that_no_worker_here_knows_is_left_for_others(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        id = work.enqueue(ctx, "small", {})
    assert Worker(as_worker(db), registry({"other": small})).drain() == []
    with db.context(system, school) as ctx:
        assert work.job(ctx, id).state == "waiting"


def test_a_notice_comes_with_the_commit(db: Database, school: UUID, system: Actor) -> None:
    with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as listener:
        listener.execute(text("LISTEN core_job"))
        raw = listener.connection.driver_connection
        assert raw is not None
        with db.context(system, school) as ctx:
            work.enqueue(ctx, "small", {})
            work.enqueue_many(ctx, "small", [{}, {}])
            assert list(raw.notifies(timeout=0.1)) == []
        assert len(list(raw.notifies(timeout=1, stop_after=2))) == 1
        listener.execute(text("UNLISTEN *"))


def test_two_workers_never_take_one_job_twice(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        work.enqueue_many(ctx, "small", [{}] * 400)
    taken: list[UUID] = []

    def grab() -> None:
        worker = Worker(as_worker(db), ALL)
        while leases := worker.take(7):
            taken.extend(lease.id for lease in leases)

    threads = [threading.Thread(target=grab) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 400
