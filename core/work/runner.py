"""One run of one job: the handler in a transaction of its own, and what becomes of the job afterwards."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from sqlalchemy import Connection

from core.data.context import Context
from core.data.session import Database
from core.types.clock import Clock, utc_now
from core.types.contributions import Task
from core.types.errors import Forbidden, Invalid, NotFound, TruongError
from core.types.message import Message, _
from core.types.tracing import place, tracing

from . import actors, leases
from .leases import Lease
from .progress import Cancelled, Interrupted, JobProgress, LeaseLost

log = logging.getLogger(__name__)
T = TypeVar("T")

_HOPELESS = (Invalid, Forbidden, NotFound)
"""Refusals that a second try would only repeat."""
_LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one run. `waiting`: to be tried again; `lost`: it belongs to another worker by now."""

    lease: Lease
    state: Literal["done", "failed", "waiting", "cancelled", "lost"]
    error: str | None = None


class Runner:
    """Runs leased jobs with the tasks of one program."""

    def __init__(
        self, db: Database, tasks: Mapping[str, Task], *, clock: Clock | None, stopping: Callable[[], bool]
    ) -> None:
        self._db, self._tasks, self._clock, self._stopping = db, tasks, clock, stopping

    def run(self, lease: Lease) -> Outcome:
        """Run the job to one of its ends. Raises only when the database cannot be told how it ended."""
        with tracing(lease.request_id or f"job-{lease.id.hex}"):
            return self._run(lease)

    def _run(self, lease: Lease) -> Outcome:
        if lease.cancelling:
            return self._end(lease, "cancelled", None, _("Cancelled."))
        if lease.tries > self._tasks[lease.task].max_tries:
            log.error("job %s (%s) brought down its worker each time", lease.id, lease.task)
            return self._end(lease, "failed", "the worker was lost", _("The step was interrupted too often."))
        try:
            self._handle(lease)
        except Cancelled:
            return self._end(lease, "cancelled", None, _("Cancelled. Nothing was changed."))
        except Interrupted:
            self._on_own_connection(lambda c: leases.release(c, lease.worker, [lease.id]))
            return Outcome(lease, "waiting")
        except LeaseLost:
            log.warning("job %s (%s) was taken over by another worker", lease.id, lease.task)
            return Outcome(lease, "lost")
        except Exception as error:
            return self._failed(lease, error)
        return Outcome(lease, "done")

    def _handle(self, lease: Lease) -> None:
        """The handler's (last) work and the end of the job are one transaction: both happen, or neither."""
        progress = JobProgress(self._db.engine, lease, self._stopping)
        with self._context(lease) as ctx:
            step = self._tasks[lease.task].handler(ctx, lease.payload, progress)
            if step is None:
                self._done(ctx, lease)
        while step is not None:
            answer = step.call()
            with self._context(lease) as ctx:
                step = step.then(ctx, answer)
                if step is None:
                    self._done(ctx, lease)

    def _done(self, ctx: Context, lease: Lease) -> None:
        ctx.session.flush()
        if not leases.done(ctx.session.connection(), lease, now=self._now()):
            raise LeaseLost

    def _context(self, lease: Lease) -> AbstractContextManager[Context]:
        actor, clock = actors.from_json(lease.actor), self._clock or utc_now
        if lease.school_id is None:
            return self._db.all_schools(actor, clock=clock)
        return self._db.context(actor, lease.school_id, clock=clock)

    def _failed(self, lease: Lease, error: Exception) -> Outcome:
        where = place(error)
        last = lease.tries >= self._tasks[lease.task].max_tries or isinstance(error, _HOPELESS)
        log.warning("job %s (%s) failed at try %d: %s", lease.id, lease.task, lease.tries, where)
        if last:
            note = error.message if isinstance(error, TruongError) else _("The step failed. Nothing was changed.")
            return self._end(lease, "failed", where, note)
        wait = min(timedelta(seconds=2.0 ** min(lease.tries, 20)), _LONGEST_WAIT)
        note = _("The step failed and will be tried again.")
        held = self._on_own_connection(lambda c: leases.retry(c, lease, wait, error=where, note=note, now=self._now()))
        return Outcome(lease, "waiting" if held else "lost", where)

    def _end(self, lease: Lease, state: Literal["failed", "cancelled"], error: str | None, note: Message) -> Outcome:
        held = self._on_own_connection(
            lambda c: leases.finish(c, lease, state, error=error, note=note, now=self._now())
        )
        return Outcome(lease, state if held else "lost", error)

    def _on_own_connection(self, step: Callable[[Connection], T]) -> T:
        with self._db.engine.begin() as connection:
            return step(connection)

    def _now(self) -> datetime | None:
        return self._clock() if self._clock else None
