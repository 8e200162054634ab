"""How a running job tells people where it is, and learns that they want it to stop."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from sqlalchemy import Engine, text

from core.types.message import Message

from .leases import Lease

_EVERY = 0.2
"""Seconds between two writes; a handler may report each row."""

_REPORT = text("""
    UPDATE core_job SET done_n = :done, total_n = :total, note = COALESCE(CAST(:note AS jsonb), note)
    WHERE id = :id AND leased_by = :worker AND tries = :tries
    RETURNING cancelling
""")


class Stopped(BaseException):
    """Leaves a handler from inside its report of progress; its transaction is rolled back.

    Not an `Exception`, so that a handler that contains the errors of single rows does not contain this one.
    """


class Cancelled(Stopped):
    """Somebody cancelled the job."""


class Interrupted(Stopped):
    """The worker is shutting down; the job goes back untried."""


class LeaseLost(Stopped):
    """The job belongs to another worker by now."""


class JobProgress:
    """The `Progress` of one run. Writes on its own connection, so that people see it before the commit."""

    def __init__(self, engine: Engine, lease: Lease, stopping: Callable[[], bool]) -> None:
        self._engine, self._lease, self._stopping = engine, lease, stopping
        self._next = 0.0
        self._total = -1

    def __call__(self, done: int, total: int, note: Message | None = None) -> None:
        """Report `done` of `total`.

        Raises:
            Stopped: when the job was cancelled, lost, or the worker wants to stop. Let it pass.
        """
        if self._stopping():
            raise Interrupted
        moment = time.monotonic()
        if moment < self._next and done < total and total == self._total:
            return
        self._next, self._total = moment + _EVERY, total
        values = {"done": done, "total": total, "note": json.dumps(note.to_json()) if note else None}
        with self._engine.begin() as connection:
            cancelling = connection.execute(_REPORT, self._lease.fence | values).scalar_one_or_none()
        if cancelling is None:
            raise LeaseLost
        if cancelling:
            raise Cancelled
