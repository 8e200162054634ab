"""What the page of modules tells of each: whether it works, what of it fails, and which jobs wait for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from core.data.context import Context
from core.kernel.containment import Fault
from core.kernel.registry import Registry
from core.kernel.states import Loaded
from core.types.message import Message, _
from core.work import operate
from core.work.status import VIEW

_WORKS, _PARTLY, _OUT = _("Works"), _("Works in part"), _("Out of service")


@dataclass(frozen=True, slots=True)
class ModuleLine:
    """One plugin as those who look after it see it."""

    plugin: Loaded
    kind: str
    """Of the badge."""
    state: Message
    diagnosis: str
    faults: tuple[Fault, ...]
    """What has failed in this process since it started."""
    waiting: int
    """Jobs that wait for the module, of whatever this person may see; only told where it is out of service."""


def lines(ctx: Context, registry: Registry) -> list[ModuleLine]:
    """All plugins in their order."""
    degraded = registry.containment.degraded()
    faults = registry.containment.faults()
    waiting = _waiting(ctx) if any(not plugin.usable for plugin in registry.plugins) else Counter[str]()
    found = []
    for plugin in registry.plugins:
        own = tuple(fault for fault in faults if fault.module == plugin.name)
        if not plugin.usable:
            line = ModuleLine(
                plugin, "stop", _OUT, f"{plugin.state.value}: {plugin.diagnosis}", own, waiting[plugin.name]
            )
        elif plugin.name in degraded:
            line = ModuleLine(plugin, "attention", _PARTLY, degraded[plugin.name], own, 0)
        else:
            line = ModuleLine(plugin, "ok", _WORKS, "", own, 0)
        found.append(line)
    return found


def _waiting(ctx: Context) -> Counter[str]:
    """Jobs that wait, by module; nothing for those who may not see jobs."""
    if not ctx.actor.has(VIEW):
        return Counter()
    count: Counter[str] = Counter()
    for kind in operate.kinds(ctx):
        count[kind.module] += kind.waiting
    return count
