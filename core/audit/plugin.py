"""What this part of the core contributes to the registries."""

from __future__ import annotations

from core.hookspecs import hookimpl
from core.types.contributions import Schedule, Task

from .tasks import SCHEDULES, TASKS


class AuditPlugin:
    """The linker of the chain."""

    @hookimpl
    def provide_tasks(self) -> list[Task]:
        return TASKS

    @hookimpl
    def provide_schedules(self) -> list[Schedule]:
        return SCHEDULES
