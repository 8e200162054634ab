"""What messages contribute to the registries."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from core.data.context import Context
from core.hookspecs import hookimpl
from core.types.contributions import Payload, Progress, Schedule, Setting, Task
from core.types.message import _

from .sending import DELIVER, deliver, spread
from .services import SPREAD

FORGET = "core.message.forget"
KEPT_FOR = timedelta(days=400)
_HOURS = _("Hour of the day, 0 to 23. The same hour twice: messages are sent at any time.")


def forget(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Delete messages older than a school year."""
    ctx.session.execute(text("DELETE FROM core_message WHERE created_at < :before"), {"before": ctx.now() - KEPT_FOR})


class NotifyPlugin:
    """The messages part of the core."""

    @hookimpl
    def provide_tasks(self) -> list[Task]:
        return [Task(SPREAD, spread), Task(DELIVER, deliver, queue="messages"), Task(FORGET, forget)]

    @hookimpl
    def provide_schedules(self) -> list[Schedule]:
        return [Schedule(FORGET, FORGET, every=timedelta(days=7))]

    @hookimpl
    def provide_settings(self) -> list[Setting]:
        return [
            Setting("notify.quiet_from", _("Quiet from"), "int", 21, help=_HOURS),
            Setting("notify.quiet_until", _("Quiet until"), "int", 6, help=_HOURS),
        ]
