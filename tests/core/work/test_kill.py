"""Real processes, really killed: nothing is lost, nothing is done twice."""

from __future__ import annotations

import logging
import queue
import signal
import time
from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest

from core.data.session import Database
from core.sdk import work
from core.types.actor import Actor
from tests.conftest import SHORT_SOAK

from .handlers import LEASE
from .processes import Processes, WorkerProcess

log = logging.getLogger(__name__)

Traces = Callable[[], list[str]]

BOUND = LEASE.total_seconds() + 5
"""Seconds within which a job of a killed worker must have started again (performance.md, jobs)."""


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    """Wait for something that another process does."""
    until = time.monotonic() + seconds
    pause = queue.Queue[None]()
    while not condition():
        assert time.monotonic() < until, f"it did not happen in {seconds} s"
        try:
            pause.get(timeout=0.05)
        except queue.Empty:
            continue


def who_says(workers: list[WorkerProcess], line: str, seconds: float) -> WorkerProcess:
    """The first of the workers that says the line."""
    found: list[WorkerProcess] = []

    def said() -> bool:
        found.extend(worker for worker in workers if worker.says(line))
        return bool(found)

    wait_for(said, seconds)
    return found[0]


class Kills:
    """Two workers wait for jobs; whoever takes one is killed in the middle of it, and a new one takes its place."""

    def __init__(self, db: Database, school: UUID, system: Actor, processes: Processes, traces: Traces) -> None:
        self._db, self._school, self._system, self._traces = db, school, system, traces
        self._processes = processes
        self._workers = [processes.start(), processes.start()]

    def run(self, name: str) -> float:
        """One kill; returns the seconds from it until another worker had started the job again."""
        assert all(worker.ready.wait(60) for worker in self._workers)
        with self._db.context(self._system, self._school) as ctx:
            id = work.enqueue(ctx, "wait", {"note": name, "seconds": 0.3})
        victim = who_says(self._workers, f"started {name}", 10)
        victim.end(signal.SIGKILL)
        killed = time.monotonic()
        assert name not in self._traces(), "what the killed worker had written is gone"
        self._workers.remove(victim)
        self._workers.append(self._processes.launch())
        who_says(self._workers, f"started {name}", BOUND)
        took = time.monotonic() - killed

        def ended() -> bool:
            with self._db.context(self._system, self._school) as ctx:
                return work.job(ctx, id).ended

        wait_for(ended, 10)
        return took


def check(runs: int, db: Database, school: UUID, system: Actor, processes: Processes, traces: Traces) -> None:
    kills = Kills(db, school, system, processes, traces)
    names = [f"run {n}" for n in range(runs)]
    took = sorted(kills.run(name) for name in names)
    lease = LEASE.total_seconds()
    late, usual = took[-1] - lease, took[runs // 2] - lease
    log.info("%d kills, %d effects; past the lease: median %.2f s, longest %.2f s", runs, len(traces()), usual, late)
    assert traces() == names, "each job took effect exactly once"
    assert late <= 5
    with db.context(system, school) as ctx:
        assert {job.state for job in work.jobs(ctx, limit=runs)} == {"done"}


def test_kill_9_in_mid_job(db: Database, school: UUID, system: Actor, processes: Processes, traces: Traces) -> None:
    check(4, db, school, system, processes, traces)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_kill_9_in_mid_job_a_hundred_times(
    db: Database, school: UUID, system: Actor, processes: Processes, traces: Traces
) -> None:
    check(10 if SHORT_SOAK else 100, db, school, system, processes, traces)


def test_kill_9_under_load_loses_and_doubles_nothing(
    db: Database, school: UUID, system: Actor, processes: Processes, traces: Traces
) -> None:
    """Three workers race for small jobs, and are killed one after the other while they do."""
    with db.context(system, school) as ctx:
        work.enqueue_many(ctx, "small", [{"note": str(n)} for n in range(3000)])
    for reached in (500, 1000, 1500):
        victim = processes.start()
        wait_for(partial(lambda least: len(traces()) >= least, reached), 20)
        victim.end(signal.SIGKILL)
    processes.start()
    wait_for(lambda: len(traces()) >= 3000, 30)
    assert sorted(traces(), key=int) == [str(n) for n in range(3000)]


def test_two_processes_share_the_work(
    db: Database, school: UUID, system: Actor, processes: Processes, traces: Traces
) -> None:
    processes.start()
    processes.start()
    with db.context(system, school) as ctx:
        work.enqueue_many(ctx, "small", [{"note": str(n)} for n in range(1000)])
    wait_for(lambda: len(traces()) >= 1000, 30)
    assert sorted(traces(), key=int) == [str(n) for n in range(1000)]


def test_a_long_job_holds_up_nothing(
    db: Database, school: UUID, system: Actor, processes: Processes, traces: Traces
) -> None:
    """Jobs taken in one batch with a long one are given back to a worker that has time."""
    with db.context(system, school) as ctx:
        work.enqueue(ctx, "wait", {"note": "long", "seconds": 8})
        work.enqueue_many(ctx, "small", [{"note": str(n)} for n in range(20)])
    assert processes.start(threads=1).hears(10) == "started long"
    processes.start(threads=1)
    wait_for(lambda: len(traces()) == 20, 6)


def test_a_long_job_outlives_its_first_lease(
    db: Database, school: UUID, system: Actor, processes: Processes, traces: Traces
) -> None:
    with db.context(system, school) as ctx:
        work.enqueue(ctx, "wait", {"note": "long", "seconds": 2.5 * LEASE.total_seconds()})
    first, second = processes.start(), processes.start()
    wait_for(lambda: traces() == ["long"], 15)
    assert first.lines.qsize() + second.lines.qsize() == 1


def test_sigterm_lets_running_jobs_finish(
    db: Database, school: UUID, system: Actor, processes: Processes, traces: Traces
) -> None:
    with db.context(system, school) as ctx:
        work.enqueue(ctx, "wait", {"note": "whole", "seconds": 1})
    worker = processes.start()
    assert worker.hears(10) == "started whole"
    assert worker.end(signal.SIGTERM) == 0
    assert traces() == ["whole"]
