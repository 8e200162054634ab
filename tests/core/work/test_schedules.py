"""Work that comes round again: once each time, whoever looks, for whom it is switched on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, text

from core.data.session import Database
from core.kernel.registry import Owned, Registry
from core.kernel.states import Loaded
from core.school.models import ModuleSwitch
from core.sdk.testing.fixtures import as_worker
from core.types.actor import Actor
from core.types.contributions import Manifest, Schedule, Task
from core.types.message import _
from core.work.schedules import next_mark
from core.work.upkeep import SWEEP
from core.work.worker import Worker

from .conftest import FakeClock
from .handlers import registry, small

Met = list[tuple[str, UUID | None]]
HOUR = timedelta(hours=1)


def _registry(met: Met) -> Registry:
    """A school module `learners` and a module `portal` of the installation, each with schedules."""

    def plugin(name: str, scope: str) -> Loaded:
        manifest = Manifest(name, "1", _("x"), ">=0", scope="school" if scope == "school" else "instance")
        return Loaded(name, name, builtin=True, manifest=manifest, plugin=object())

    def task(name: str) -> Owned[Task]:
        return Owned("core", Task(name, lambda ctx, payload, progress: met.append((name, ctx.school))))

    plugins = (plugin("learners", "school"), plugin("portal", "instance"))
    schedules = (
        Owned("learners", Schedule("reminders", "remind", HOUR, scope="school")),
        Owned("learners", Schedule("totals", "total", HOUR)),
        Owned("portal", Schedule("portal", "poll", HOUR, scope="school")),
    )
    tasks = tuple(task(name) for name in ("remind", "total", "poll"))
    return Registry(plugins, {"provide_tasks": tasks, "provide_schedules": schedules})


def _run(worker: Worker, met: Met) -> Met:
    met.clear()
    worker.tick()
    worker.drain()
    return sorted(met, key=str)


def test_a_schedule_runs_for_each_school_that_has_the_module_on(
    db: Database, school: UUID, other_school: UUID, system: Actor, clock: FakeClock
) -> None:
    with db.context(system, other_school) as ctx:
        ctx.session.execute(delete(ModuleSwitch).where(ModuleSwitch.module == "learners"))
    met: Met = []
    worker = Worker(as_worker(db), _registry(met), clock)
    everywhere = [("poll", school), ("poll", other_school)]
    first = _run(worker, met)
    assert first == sorted([*everywhere, ("remind", school), ("total", None)], key=str)
    assert _run(worker, met) == []
    clock.forward(minutes=59)
    assert _run(worker, met) == []
    clock.forward(minutes=1)
    assert _run(worker, met) == first
    clock.forward(days=3)
    assert _run(worker, met) == first, "once after a stand-still, not 72 times"


def test_the_pace_neither_drifts_nor_piles_up() -> None:
    start = datetime(2026, 9, 5, 7, 0, tzinfo=UTC)
    assert next_mark(None, HOUR, start) == start
    assert next_mark(start, HOUR, start + timedelta(minutes=61)) == start + HOUR
    assert next_mark(start, HOUR, start + timedelta(hours=5, minutes=59)) == start + 5 * HOUR


def test_many_workers_start_a_schedule_once(db: Database, school: UUID, system: Actor, clock: FakeClock) -> None:
    met: Met = []
    workers = [Worker(as_worker(db), _registry(met), clock) for _ in range(4)]
    started: list[int] = []
    for _round in range(3):
        barrier = threading.Barrier(len(workers))

        def look(worker: Worker, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            started.append(worker.tick())

        threads = [threading.Thread(target=look, args=(worker,)) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        clock.forward(hours=1)
    assert sum(started) == 3 * 3 + 1, "three schedules of an hour and the daily one of the core"
    workers[0].drain()
    # Runs that nobody took before the next one was due are joined by key.
    assert sorted(met, key=str) == sorted([("poll", school), ("remind", school), ("total", None)], key=str)


def test_finished_jobs_are_swept_up_after_a_month(
    db: Database, school: UUID, system: Actor, clock: FakeClock, traces: Callable[[], list[str]]
) -> None:
    from core.sdk import work

    worker = Worker(as_worker(db), registry({"small": small}), clock)
    with db.context(system, school, clock=clock) as ctx:
        work.enqueue(ctx, "small", {})
    worker.drain()
    clock.forward(days=29)
    worker.tick()
    worker.drain()
    with db.context(system, school) as ctx:
        assert [job.task for job in work.jobs(ctx)] == ["small"]
    clock.forward(days=2)
    worker.tick()
    worker.drain()
    with db.context(system, school) as ctx:
        assert work.jobs(ctx) == []
    with db.all_schools(system) as ctx:
        left = ctx.session.execute(text("SELECT task FROM core_job")).scalars().all()
        assert set(left) == {SWEEP}
