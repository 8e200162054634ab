"""What this part of the core contributes to the registries."""

from __future__ import annotations

from core.hookspecs import hookimpl
from core.types.contributions import Schedule, Setting, Task

from .settings import SETTINGS
from .tasks import SCHEDULES, TASKS


class IdentityPlugin:
    """Forgetting what is over; who needs a second step."""

    @hookimpl
    def provide_tasks(self) -> list[Task]:
        return TASKS

    @hookimpl
    def provide_schedules(self) -> list[Schedule]:
        return SCHEDULES

    @hookimpl
    def provide_settings(self) -> list[Setting]:
        return SETTINGS
