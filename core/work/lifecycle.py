"""A module in the life of a school: who may refuse, and who hears of it.

Refusals are asked before the change, in its transaction. Observers hear after the commit, each in a job of its own: it
is retried by itself, holds nobody up, and a job that ran twice does no harm where the observer is idempotent.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import UUID

from core.data.context import Context
from core.kernel.dispatch import refusal
from core.kernel.facade import Observer
from core.kernel.registry import Registry
from core.school import modules
from core.types.contributions import Payload, Progress, Task, TaskHandler
from core.types.errors import Conflict

from .queue import enqueue

TELL = "core.lifecycle.tell"


def switch_module(ctx: Context, registry: Registry, module: str, *, on: bool) -> frozenset[str]:
    """Switch a module of the context's school with all that depends on it, and let those concerned know.

    Returns:
        The modules that changed.

    Raises:
        Conflict: when a module has a reason not to be switched off now; nothing was changed.
        Forbidden, NotFound: as `core.school.modules.switch_module`.
    """
    ctx.require("core.modules.switch")
    if not on:
        _ask(ctx, registry, modules.plan_switch(registry, modules.modules_on(ctx), module, on=False))
    changed = modules.switch_module(ctx, registry, module, on=on)
    hook, observers = ("on_enabled", registry.on_enabled()) if on else ("on_disabled", registry.on_disabled())
    for name in sorted(changed & observers.keys()):
        enqueue(ctx, TELL, {"hook": hook, "module": name})
    return changed


def school_created(ctx: Context, registry: Registry, school_id: UUID) -> None:
    """Let every plugin know of a new school, in the transaction that made it."""
    for name in sorted(registry.on_school_created()):
        enqueue(replace(ctx, school=school_id), TELL, {"hook": "on_school_created", "module": name})


def tasks(registry: Registry) -> list[Task]:
    """The task that tells observers."""
    return [Task(TELL, _teller(registry))]


def _ask(ctx: Context, registry: Registry, planned: frozenset[str]) -> None:
    asked = registry.check_disable()
    checks = [(name, partial(asked[name], ctx)) for name in sorted(planned & asked.keys())]
    reason = refusal(registry.containment, "check_disable", ctx, checks)
    if reason is not None:
        raise Conflict(reason, code="refused_by_module")


def _teller(registry: Registry) -> TaskHandler:
    def tell(ctx: Context, payload: Payload, progress: Progress) -> None:
        """Call one observer of one module."""
        # A KeyError means that this worker lacks the plugin: tried again later, by another one.
        _observers(registry, payload["hook"])[payload["module"]](ctx)

    return tell


def _observers(registry: Registry, hook: str) -> dict[str, Observer]:
    found = {
        "on_enabled": registry.on_enabled,
        "on_disabled": registry.on_disabled,
        "on_school_created": registry.on_school_created,
    }
    return dict(found[hook]())
