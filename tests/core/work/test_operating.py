"""What operators see and do: dead letters, replays, pauses, modules that are off, workers that run."""

from __future__ import annotations

import signal
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, text

from core.data.session import Database
from core.kernel.registry import Owned, Registry
from core.kernel.states import Loaded
from core.school.models import ModuleSwitch
from core.sdk import events, work
from core.sdk.testing.fixtures import as_worker
from core.types.actor import Actor
from core.types.contributions import Manifest, Subscriber, Task
from core.types.errors import Forbidden, NotFound
from core.types.message import _
from core.types.tracing import request_id, tracing
from core.work import beats, operate, pauses
from core.work.worker import Worker
from tests.conftest import SignIn

from .handlers import ALL, small, trace
from .processes import Processes
from .test_kill import wait_for

Traces = Callable[[], list[str]]


def _registry() -> Registry:
    """One school module, `learners`, with a task and a subscriber."""
    manifest = Manifest("learners", "1", _("x"), ">=0")
    plugin = Loaded("learners", "learners", builtin=True, manifest=manifest, plugin=object())
    heard = Subscriber("x.happened", "learners.hears", lambda ctx, payload: trace(ctx, "heard"))
    tasks = (
        Owned("learners", Task("learners.small", small)),
        Owned("core", Task("core.small", small)),
    )
    return Registry((plugin,), {"provide_tasks": tasks, "provide_subscribers": (Owned("learners", heard),)})


def test_a_module_that_is_off_keeps_its_jobs_waiting(
    db: Database, school: UUID, other_school: UUID, system: Actor, traces: Traces
) -> None:
    worker = Worker(as_worker(db), _registry())
    with db.context(system, school) as ctx:
        ctx.session.execute(delete(ModuleSwitch).where(ModuleSwitch.module == "learners"))
        waits = work.enqueue(ctx, "learners.small", {"note": "off"})
        work.enqueue(ctx, "core.small", {"note": "core"})
    with db.context(system, other_school) as ctx:
        work.enqueue(ctx, "learners.small", {"note": "on"})
    worker.drain()
    assert traces() == ["core", "on"]
    with db.context(system, school) as ctx:
        job = operate.line(ctx, waits, ["learners"])
        assert (job.state, job.module_on, job.tries, job.error) == ("waiting", False, 0, None)
        ctx.session.add(ModuleSwitch(school_id=school, module="learners", switched_on_at=ctx.now()))
    worker.drain()
    assert traces() == ["core", "on", "off"]


def test_a_paused_module_waits_also_with_its_events(db: Database, school: UUID, system: Actor, traces: Traces) -> None:
    worker = Worker(as_worker(db), _registry())
    with db.all_schools(system) as ctx:
        assert pauses.pause(ctx, "learners", "sửa lỗi")
        assert not pauses.pause(ctx, "learners")
        assert pauses.paused(ctx)["learners"].reason == "sửa lỗi"
    with db.context(system, school) as ctx:
        work.enqueue(ctx, "learners.small", {"note": "task"})
        events.emit(ctx, "x.happened", {})
    worker.drain()
    assert traces() == []
    with db.all_schools(system) as ctx:
        found = {kind.task: (kind.module, kind.waiting) for kind in operate.kinds(ctx)}
        assert found == {"learners.small": ("learners", 1), "core.event.deliver": ("learners", 1)}
        assert pauses.resume(ctx, "learners")
        assert not pauses.resume(ctx, "learners")
    worker.drain()
    assert sorted(traces()) == ["heard", "task"]


def test_dead_letters_are_seen_and_replayed(
    db: Database, school: UUID, other_school: UUID, system: Actor, teacher: Actor, traces: Traces
) -> None:
    worker = Worker(as_worker(db), ALL)
    for at in (school, other_school):
        with db.context(system, at) as ctx:
            work.enqueue_many(ctx, "refuse", [{}, {}])
    worker.drain()
    with db.context(teacher.with_permissions("core.jobs.read", "core.jobs.manage"), school) as ctx:
        assert [kind.failed for kind in operate.kinds(ctx)] == [2], "only the own school's"
        failed = operate.lines(ctx, "failed", [])
        assert len(failed) == 2
        assert failed[0].error is not None
        assert failed[0].error.startswith("Invalid [invalid]: ")
        assert operate.replay(ctx, failed[0].id)
        assert not operate.replay(ctx, failed[0].id), "it waits by now"
        assert operate.cancel(ctx, failed[0].id)
        assert operate.line(ctx, failed[0].id, []).state == "cancelled"
        with pytest.raises(Forbidden):
            pauses.pause(ctx, "learners")
    with db.context(teacher.with_permissions("core.jobs.read"), other_school) as ctx:
        with pytest.raises(NotFound):
            operate.line(ctx, failed[1].id, [])
        with pytest.raises(Forbidden):
            operate.replay_kind(ctx, "refuse")
    operator = teacher.with_permissions("core.jobs.read", "core.jobs.manage", "core.work.operate")
    with db.context(operator, school) as ctx:
        assert operate.replay_kind(ctx, "refuse") == 3, "of every school"
    assert [outcome.state for outcome in worker.drain()] == ["failed"] * 3


def test_the_request_is_known_in_the_job(db: Database, school: UUID, system: Actor, traces: Traces) -> None:
    met: list[str] = []
    task = Owned("core", Task("core.seen", lambda ctx, payload, progress: met.append(request_id())))
    with tracing("abcdef0123456789"), db.context(system, school) as ctx:
        id = work.enqueue(ctx, "core.seen", {})
    Worker(as_worker(db), Registry((), {"provide_tasks": (task,)})).drain()
    assert met == ["abcdef0123456789"]
    with db.context(system, school) as ctx:
        assert operate.line(ctx, id, []).request_id == "abcdef0123456789"


def test_schedules_run_once_with_two_worker_processes(
    db: Database, school: UUID, system: Actor, processes: Processes, traces: Traces
) -> None:
    """Both look each second; the schedule is due each second; no moment is served twice."""
    first, second = processes.start(timed=True), processes.start(timed=True)
    wait_for(lambda: len([note for note in traces() if note.startswith("due ")]) >= 3, 20)

    def seen() -> int:
        with db.engine.begin() as connection:
            return len(beats.alive(connection))

    wait_for(lambda: seen() == 2, 10)
    for worker in (first, second):
        assert worker.end(signal.SIGTERM) == 0
    due = [note for note in traces() if note.startswith("due ")]
    assert len(due) == len(set(due)), "each moment once"
    with db.engine.begin() as connection:
        assert beats.alive(connection) == [], "they said goodbye"
        late = connection.execute(text("SELECT count(*) FROM core_job WHERE state NOT IN ('done', 'waiting')")).scalar()
    assert late == 0


def test_the_operators_pages(app: Flask, db: Database, school: UUID, system: Actor, sign_in: SignIn) -> None:
    with db.context(system, school) as ctx:
        work.enqueue_many(ctx, "refuse", [{"name": "Nguyễn Văn An"}])
    Worker(as_worker(db), ALL).drain()
    head, operator = sign_in(school, "head"), sign_in(school, "operator")
    page = head.get("/work/")
    assert page.status_code == 200
    assert "refuse" in page.text
    assert "/work/replay" not in page.text, "a head looks on"
    page = operator.get("/work/")
    assert "/work/replay" in page.text
    assert "core.work.sweep" in page.text, "schedules"
    listed = operator.get("/work/jobs?state=failed&task=refuse").text
    assert "Nguyễn" not in listed
    with db.context(system, school) as ctx:
        id = operate.lines(ctx, "failed", [])[0].id
    assert "handlers.py" in operator.get(f"/work/jobs/{id}").text
    token = {"csrf_token": operator.csrf}  # type: ignore[attr-defined]
    assert operator.post("/work/replay", data={**token, "task": "refuse"}).status_code == 303
    assert operator.post(f"/work/jobs/{id}/cancel", data=token).status_code == 303
    assert operator.post("/work/modules/finance/pause", data={**token, "reason": "thử"}).status_code == 303
    assert "thử" in operator.get("/work/").text
    assert operator.post("/work/modules/finance/resume", data=token).status_code == 303
    assert operator.post("/work/modules/nothing/pause", data=token).status_code == 404
    assert head.post("/work/modules/finance/pause", data={"csrf_token": head.csrf}).status_code == 403  # type: ignore[attr-defined]
