"""The background part of identity: forgetting what is over."""

from __future__ import annotations

from datetime import timedelta

from core.data.context import Context
from core.types.contributions import Payload, Progress, Schedule, Task

from . import notices, sessions, throttle
from .factors import passkeys


def forget(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Delete sessions that ended a month ago, counters that count no more, spent challenges and old notices."""
    sessions.prune(ctx)
    throttle.prune(ctx)
    passkeys.prune(ctx)
    notices.prune(ctx)


TASKS = [Task("core.identity.forget", forget)]
SCHEDULES = [Schedule("core.identity.forget", "core.identity.forget", every=timedelta(hours=6))]
