"""The core's own tasks and schedules: carrying events, and sweeping up finished jobs."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from core.data.context import Context
from core.kernel.registry import Owned, Registry
from core.types.contributions import Payload, Progress, Schedule, Task

from . import events, lifecycle

KEEP = timedelta(days=30)
"""How long people can look back at jobs that ended well. Failed ones stay until somebody deals with them."""

SWEEP = "core.work.sweep"
_SWEEP = text("DELETE FROM core_job WHERE finished_at < :before AND state IN ('done', 'cancelled')")


def sweep(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Delete jobs that ended well more than `KEEP` ago."""
    ctx.session.execute(_SWEEP, {"before": ctx.now() - KEEP})


def tasks(registry: Registry) -> dict[str, Task]:
    """Every task that this program can run: the core's and the plugins'."""
    own = [*events.tasks(registry), *lifecycle.tasks(registry), Task(SWEEP, sweep)]
    return {task.name: task for task in own} | dict(registry.tasks())


def schedules(registry: Registry) -> list[Owned[Schedule]]:
    """Every schedule of the program with the module that owns it."""
    own = Owned("core", Schedule(SWEEP, SWEEP, every=timedelta(days=1)))
    return [own, *registry.schedules()]
