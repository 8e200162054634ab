"""Calls into plugins while the program runs: each by itself, its failure recorded, never passed on.

A part that fails `PATIENCE` times in a row is left out for `REST` seconds and then tried again; meanwhile its plugin is
shown as degraded. Nothing here stops a plugin that never returns: Python cannot end a thread from outside.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Self, TypeVar

from sqlalchemy.exc import DBAPIError

from core.data.context import Context
from core.types.tracing import place

log = logging.getLogger(__name__)
PATIENCE = 5
"""Failures in a row before a part is left out."""
REST = 60.0
"""Seconds for which it is left out."""

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Fault:
    """What has gone wrong with one part of a plugin since the program started."""

    module: str
    part: str
    """Hook and name, as `provide_cards finance.today`."""
    failures: int
    in_a_row: int
    place: str
    """`core.types.tracing.place` of the last error."""
    resting: bool


class Containment:
    """The faults of one process. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._faults: dict[tuple[str, str], Fault] = {}
        self._until: dict[tuple[str, str], float] = {}

    def call(self, module: str, part: str, function: Callable[[], R], default: R, *, ctx: Context | None = None) -> R:
        """The answer of `function`, or `default` when it fails or rests.

        Args:
            ctx: where the part works on the database: what it did before it failed is undone, the page goes on.
        """
        key = (module, part)
        if self._until and self._rests(key):
            return default
        try:
            with ctx.session.begin_nested() if ctx is not None else nullcontext():
                answer = function()
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise  # the database is gone, which is not the plugin's fault
            self.note(module, part, error)
            return default
        if key in self._faults:
            self._recovered(key)
        return answer

    def reading(self, ctx: Context) -> Reading:
        """For many parts that only look something up: one savepoint for all of them, until one fails."""
        return Reading(self, ctx)

    def note(self, module: str, part: str, error: Exception) -> None:
        """Count a failure that happened elsewhere, such as in a page of the plugin."""
        key, where = (module, part), place(error)
        log.error("plugin %s: %s failed: %s", module, part, where)
        with self._lock:
            known = self._faults.get(key)
            failures, in_a_row = (known.failures + 1, known.in_a_row + 1) if known else (1, 1)
            resting = in_a_row >= PATIENCE
            if resting:
                self._until[key] = self._clock() + REST
            self._faults[key] = Fault(module, part, failures, in_a_row, where, resting)

    def faults(self) -> tuple[Fault, ...]:
        """Everything that has failed, the latest kinds last."""
        with self._lock:
            return tuple(self._faults.values())

    def degraded(self) -> Mapping[str, str]:
        """Plugins of which a part is left out now, with a diagnosis."""
        return {f.module: f"{f.part} failed {f.failures} times, last: {f.place}" for f in self.faults() if f.resting}

    def _rests(self, key: tuple[str, str]) -> bool:
        until = self._until.get(key)
        return until is not None and self._clock() < until

    def _recovered(self, key: tuple[str, str]) -> None:
        with self._lock:
            known = self._faults[key]
            if known.in_a_row:
                self._faults[key] = Fault(known.module, known.part, known.failures, 0, known.place, False)
                self._until.pop(key, None)


class Reading:
    """Calls of parts that change nothing: a page with fifty cards pays for one savepoint, not for fifty.

    When a part fails, the savepoint is rolled back and set anew for the parts that follow.
    """

    def __init__(self, containment: Containment, ctx: Context) -> None:
        self._containment, self._session = containment, ctx.session
        self._savepoint = self._session.begin_nested()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            self._savepoint.commit()

    def call(self, module: str, part: str, function: Callable[[], R], default: R) -> R:
        """As `Containment.call`."""
        return self._containment.call(module, part, partial(self._look, function), default)

    def _look(self, function: Callable[[], R]) -> R:
        try:
            return function()
        except Exception as error:
            if not (isinstance(error, DBAPIError) and error.connection_invalidated):
                self._savepoint.rollback()
                self._savepoint = self._session.begin_nested()
            raise
