"""The tasks that the tests run, in this process or in worker processes of their own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from core.data.context import Context
from core.kernel.registry import Owned, Registry
from core.kernel.states import Loaded
from core.types.contributions import Payload, Progress, Schedule, Task, TaskHandler
from core.types.errors import Conflict, Invalid
from core.types.message import _

LEASE = timedelta(seconds=2)


def trace(ctx: Context, note: str) -> None:
    ctx.session.execute(text("INSERT INTO trace (note) VALUES (:note)"), {"note": note})


def small(ctx: Context, payload: Payload, progress: Progress) -> None:
    trace(ctx, payload.get("note", "small"))


def say_and_wait(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Leave a trace, tell the test that it is in the middle, take `seconds`, reporting all the time."""
    trace(ctx, payload["note"])
    ctx.session.flush()
    sys.stdout.write(f"started {payload['note']}\n")
    sys.stdout.flush()
    steps = int(payload["seconds"] * 20)
    for step in range(steps):
        threading.Event().wait(0.05)
        progress(step, steps)


def poison(ctx: Context, payload: Payload, progress: Progress) -> None:
    trace(ctx, "poison")
    raise ValueError("a name that belongs in no log: Nguyễn Văn An")


def due(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Leave the moment for which the schedule has started it."""
    trace(ctx, f"due {payload['due_at']}")


def refuse(ctx: Context, payload: Payload, progress: Progress) -> None:
    raise Invalid(_("The file is empty."))


def busy(ctx: Context, payload: Payload, progress: Progress) -> None:
    raise Conflict(_("Somebody else is at it."))


def registry(tasks: dict[str, TaskHandler], *, max_tries: int = 3, **others: Sequence[Owned[Any]]) -> Registry:
    """A registry with these tasks (of the module `core`) and other contributions."""
    made = tuple(
        Owned("core", Task(name, handler, max_tries=max_tries, lease=LEASE)) for name, handler in tasks.items()
    )
    plugins: tuple[Loaded, ...] = ()
    return Registry(plugins, {"provide_tasks": made, **{hook: tuple(items) for hook, items in others.items()}})


_TASKS: dict[str, TaskHandler] = {
    "small": small, "wait": say_and_wait, "poison": poison, "refuse": refuse, "busy": busy, "core.due": due,
}  # fmt: skip
ALL = registry(_TASKS)
TIMED = registry(
    _TASKS, provide_schedules=[Owned("core", Schedule("core.every_second", "core.due", timedelta(seconds=1)))]
)
