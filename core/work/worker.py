"""The worker: takes jobs that are due and runs them, step by step for tests or for ever with threads."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from core.data.session import Database
from core.kernel.registry import Registry
from core.types.actor import system_actor
from core.types.clock import Clock
from core.types.ids import new_id

from . import leases, schedules, upkeep
from .leases import Lease
from .pool import Pool
from .runner import Outcome, Runner

_TAKER = system_actor("worker")


class Worker:
    """Runs the tasks of `registry` and of the core on the jobs of `db`.

    Args:
        clock: replaces the database's clock and the handlers', for tests.
        threads: jobs at once in `run_forever`; `db` needs two connections for each and three more.
        queues: only tasks of these queues; all without it.
    """

    def __init__(
        self,
        db: Database,
        registry: Registry,
        clock: Clock | None = None,
        *,
        threads: int = 4,
        queues: frozenset[str] | None = None,
    ) -> None:
        self.id: UUID = new_id()
        self.db, self.registry, self.threads = db, registry, threads
        self._clock = clock
        self._stop_asked = False
        tasks = upkeep.tasks(registry)
        self.leases = {t.name: t.lease for t in tasks.values() if queues is None or t.queue in queues}
        self.runner = Runner(db, tasks, clock=clock, stopping=self._interrupting)
        self._schedules = upkeep.schedules(registry)
        self._school_modules = sorted(registry.school_modules())
        self._pool: Pool | None = None
        self._seeded = False

    def take(self, limit: int, *, expired: bool = False) -> list[Lease]:
        """Lease jobs that are due, or whose worker has not been heard of for the length of its lease."""
        with self.db.all_schools(_TAKER) as ctx:
            return leases.take(
                ctx.session.connection(),
                self.id,
                self.leases,
                limit,
                school_modules=self._school_modules,
                now=self._now(),
                expired=expired,
            )

    def tick(self) -> int:
        """Enqueue the work of schedules that have fallen due; returns how many had."""
        if not self._seeded:
            schedules.seed(self.db, self._schedules)
            self._seeded = True
        return schedules.tick(self.db, self.registry, self._schedules, clock=self._clock)

    def run_once(self) -> Outcome | None:
        """Run the one job that has been due longest; None when nothing is due."""
        taken = self.take(1, expired=True) or self.take(1)
        return self.runner.run(taken[0]) if taken else None

    def drain(self, limit: int = 10_000) -> list[Outcome]:
        """Run jobs one by one in this thread, also those that they enqueue, until none is due or `limit`."""
        outcomes: list[Outcome] = []
        while len(outcomes) < limit and (outcome := self.run_once()) is not None:
            outcomes.append(outcome)
        return outcomes

    def run_forever(self) -> None:
        """Run jobs and schedules until `stop()`; then finish or give back what is in hand."""
        self._pool = Pool(self)
        if not self._stop_asked:
            self._pool.run()

    def stop(self) -> None:
        """Ask `run_forever` to end. Safe in a signal handler; it may be called twice."""
        self._stop_asked = True
        if self._pool is not None:
            self._pool.stop()

    def _interrupting(self) -> bool:
        return self._pool is not None and self._pool.interrupting

    def _now(self) -> datetime | None:
        return self._clock() if self._clock else None
