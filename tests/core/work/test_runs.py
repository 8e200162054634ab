"""What becomes of a job: done, tried again, failed, cancelled, lost."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest

from core.data.context import Context
from core.data.session import Database
from core.sdk import work
from core.sdk.errors import NotFound
from core.sdk.testing.fixtures import as_worker
from core.types.actor import Actor
from core.types.contributions import Payload, Progress
from core.types.message import _
from core.work.worker import Worker

from .conftest import FakeClock
from .handlers import ALL, registry, trace

Traces = Callable[[], list[str]]


def test_a_poison_job_blocks_nobody_and_ends_visibly(
    db: Database,
    school: UUID,
    system: Actor,
    traces: Traces,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    worker = Worker(as_worker(db), ALL, clock)
    with db.context(system, school, clock=clock) as ctx:
        id = work.enqueue(ctx, "poison", {})
        work.enqueue(ctx, "small", {"note": "fine"})
    with caplog.at_level(logging.WARNING):
        assert [o.state for o in worker.drain()] == ["waiting", "done"]
        assert worker.drain() == [], "the second try waits"
        clock.forward(seconds=1.5)
        assert worker.drain() == [], "two seconds, a fifth more or less"
        clock.forward(seconds=1)
        assert [o.state for o in worker.drain()] == ["waiting"]
        clock.forward(seconds=5)
        [last] = worker.drain()
    assert last.state == "failed"
    assert last.error is not None
    assert last.error.startswith("ValueError: core/work/runner.py")
    assert "handlers.py" in last.error
    assert "Nguyễn" not in caplog.text + last.error
    assert traces() == ["fine"], "what a failed handler wrote is rolled back"
    with db.context(system, school) as ctx:
        status = work.job(ctx, id)
        assert (status.state, status.tries, str(status.note)) == (
            "failed",
            3,
            "The step failed. Nothing was changed.",
        )


def test_a_failed_job_can_be_repeated(db: Database, school: UUID, system: Actor, clock: FakeClock) -> None:
    broken = True

    def mends(ctx: Context, payload: Payload, progress: Progress) -> None:
        if broken:
            raise ValueError

    worker = Worker(as_worker(db), registry({"mends": mends}, max_tries=1), clock)
    with db.context(system, school, clock=clock) as ctx:
        id = work.enqueue(ctx, "mends", {}, key="once")
    assert [o.state for o in worker.drain()] == ["failed"]
    broken = False
    with db.context(system, school, clock=clock) as ctx:
        assert work.replay(ctx, id).state == "waiting"
    clock.now = datetime.now(UTC).replace(year=2099)
    assert [o.state for o in worker.drain()] == ["done"]


def test_a_refusal_is_final_and_says_why(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        id = work.enqueue(ctx, "refuse", {})
        work.enqueue(ctx, "busy", {})
    assert sorted(o.state for o in Worker(as_worker(db), ALL).drain()) == ["failed", "waiting"]
    with db.context(system, school) as ctx:
        assert str(work.job(ctx, id).note) == "The file is empty."


def test_a_lost_worker_is_replaced_after_its_lease(
    db: Database, school: UUID, system: Actor, traces: Traces, clock: FakeClock
) -> None:
    lost, other = Worker(as_worker(db), ALL, clock), Worker(as_worker(db), ALL, clock)
    with db.context(system, school, clock=clock) as ctx:
        work.enqueue(ctx, "small", {"note": "once"})
    [lease] = lost.take(1)
    clock.forward(seconds=1.9)
    assert other.drain() == []
    clock.forward(seconds=0.2)
    assert [o.state for o in other.drain()] == ["done"]
    assert lost.runner.run(lease).state == "lost", "the lost one wakes up again and finishes too late"
    assert traces() == ["once"]


def test_a_renewed_lease_is_not_taken_over(db: Database, school: UUID, system: Actor, clock: FakeClock) -> None:
    from core.work import leases

    worker, other = Worker(as_worker(db), ALL, clock), Worker(as_worker(db), ALL, clock)
    with db.context(system, school, clock=clock) as ctx:
        work.enqueue(ctx, "small", {})
    [lease] = worker.take(1)
    clock.forward(seconds=1.5)
    with as_worker(db).engine.begin() as connection:
        leases.renew(connection, worker.id, {lease.id: worker.leases["small"]}, now=clock())
    clock.forward(seconds=1.5)
    assert other.take(1, expired=True) == []
    clock.forward(seconds=0.6)
    assert [taken.id for taken in other.take(1, expired=True)] == [lease.id]


def test_a_job_that_brings_down_each_worker_is_given_up(
    db: Database, school: UUID, system: Actor, traces: Traces, clock: FakeClock
) -> None:
    worker = Worker(as_worker(db), ALL, clock)
    with db.context(system, school, clock=clock) as ctx:
        work.enqueue(ctx, "small", {})
    for _round in range(3):
        assert len(worker.take(1) or worker.take(1, expired=True)) == 1
        clock.forward(seconds=3)
    assert [o.state for o in worker.drain()] == ["failed"]
    assert traces() == []


def test_given_back_jobs_run_at_once_and_lose_no_try(db: Database, school: UUID, system: Actor, traces: Traces) -> None:
    from core.work import leases

    worker = Worker(as_worker(db), ALL)
    with db.context(system, school) as ctx:
        work.enqueue(ctx, "small", {}, key="k")
    [lease] = worker.take(1)
    with db.context(system, school) as ctx:
        work.enqueue(ctx, "small", {}, key="k")
    with as_worker(db).engine.begin() as connection:
        leases.release(connection, worker.id, [lease.id])
    assert [(o.state, o.lease.tries) for o in worker.drain()] == [("done", 1), ("done", 1)]


def test_people_see_progress_before_the_commit(
    db: Database, school: UUID, system: Actor, teacher: Actor, traces: Traces
) -> None:
    seen: list[work.JobStatus] = []
    asked: list[UUID] = []

    def counts(ctx: Context, payload: Payload, progress: Progress) -> None:
        trace(ctx, "half")
        progress(3, 12, _("Checking rows"))
        with db.context(teacher, school) as page:
            seen.append(work.job(page, asked[0]))
        assert traces() == []

    with db.context(teacher, school) as ctx:
        asked.append(work.enqueue(ctx, "counts", {}))
    Worker(as_worker(db), registry({"counts": counts})).drain()
    assert traces() == ["half"]
    [status] = seen
    assert (status.state, status.done_n, status.total_n) == ("running", 3, 12)
    assert str(status.note) == "Checking rows"
    assert status.started_at is not None
    left = status.time_left(status.started_at.replace(microsecond=0))
    assert left is not None
    with db.context(teacher, school) as ctx:
        assert work.job(ctx, asked[0]).ended


def test_a_running_job_is_cancelled_at_its_next_report(
    db: Database, school: UUID, teacher: Actor, traces: Traces
) -> None:
    asked: list[UUID] = []

    def long(ctx: Context, payload: Payload, progress: Progress) -> None:
        trace(ctx, "begun")
        progress(1, 3)
        with db.context(teacher, school) as page:
            assert work.cancel(page, asked[0]).cancelling
        with suppress(Exception):  # a handler that contains the errors of rows must not contain this one
            progress(3, 3)
        trace(ctx, "never")

    with db.context(teacher, school) as ctx:
        asked.append(work.enqueue(ctx, "long", {}))
    assert [o.state for o in Worker(as_worker(db), registry({"long": long})).drain()] == ["cancelled"]
    assert traces() == []


def test_a_waiting_job_is_cancelled_at_once(db: Database, school: UUID, teacher: Actor, traces: Traces) -> None:
    with db.context(teacher, school) as ctx:
        id = work.enqueue(ctx, "small", {})
        assert work.cancel(ctx, id).state == "cancelled"
    assert Worker(as_worker(db), ALL).drain() == []
    with db.context(teacher, school) as ctx:
        assert work.cancel(ctx, id).state == "cancelled"


def test_jobs_of_others_are_not_there(
    db: Database, school: UUID, other_school: UUID, system: Actor, teacher: Actor
) -> None:
    with db.context(teacher, school) as ctx:
        id = work.enqueue(ctx, "small", {})
    stranger = Actor(kind="account", name="x", account_id=UUID(int=8))
    link = Actor(kind="link", name="x")
    for actor, place in ((stranger, school), (link, school), (teacher, other_school), (system, other_school)):
        with pytest.raises(NotFound), db.context(actor, place) as ctx:
            work.job(ctx, id)
        with pytest.raises(NotFound), db.context(actor, place) as ctx:
            work.cancel(ctx, id)
    with db.context(stranger.with_permissions("core.jobs.read"), school) as ctx:
        assert work.job(ctx, id).state == "waiting"
        assert [j.id for j in work.jobs(ctx, state="waiting")] == [id]
        with pytest.raises(NotFound):
            work.replay(ctx, id)


def test_work_of_the_installation_sees_all_schools(
    db: Database, school: UUID, other_school: UUID, system: Actor
) -> None:
    met: list[UUID | None] = []
    tasks = registry({"look": lambda ctx, payload, progress: met.append(ctx.school)})
    with db.all_schools(system) as ctx:
        work.enqueue(ctx, "look", {}, key="one")
        work.enqueue(ctx, "look", {}, key="one")
    Worker(as_worker(db), tasks).drain()
    assert met == [None]
