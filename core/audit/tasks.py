"""The background part of the trail: linking what waits."""

from __future__ import annotations

from datetime import timedelta

from core.data.context import Context
from core.types.contributions import Payload, Progress, Schedule, Task

from .chain import link

_BATCH = 5_000


def link_waiting(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Link what waits; what comes in meanwhile is taken by the next run."""
    link(ctx, most=_BATCH)


TASKS = [Task("core.audit.link", link_waiting)]
SCHEDULES = [Schedule("core.audit.link", "core.audit.link", every=timedelta(seconds=5))]
