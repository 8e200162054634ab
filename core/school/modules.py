"""Switching modules on and off, and which are on.

The set that is on stands beside the school (a trigger keeps it), so each reader sees what was committed last:
nothing is cached between transactions, and nothing can be stale in another process.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core import audit
from core.data.context import Context
from core.kernel.registry import Registry
from core.types.contributions import Manifest
from core.types.errors import NotFound

from .models import ModuleSwitch, School


def modules_on(ctx: Context) -> frozenset[str]:
    """Modules that the context's school has switched on (those of the installation are always on besides)."""
    return modules_of(ctx, ctx.school_id)


def modules_of(ctx: Context, school_id: UUID) -> frozenset[str]:
    """The same for a named school, in a context over all schools."""
    found = ctx.session.execute(select(School.modules).where(School.id == school_id)).scalar_one_or_none()
    return frozenset(found or ())


def plan_switch(registry: Registry, current: frozenset[str], module: str, *, on: bool) -> frozenset[str]:
    """Which modules would change: with what it needs when switched on, with what needs it when switched off. Pure.

    Raises:
        NotFound: when no usable plugin of that name can be switched by a school.
    """
    manifests = _manifests(registry)
    if module not in manifests:
        raise NotFound
    needs = {name: frozenset(manifest.requires) & manifests.keys() for name, manifest in manifests.items()}
    reached: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += needs[name] if on else [other for other in needs if name in needs[other]]
    return frozenset(reached - current if on else reached & current)


def switch_module(ctx: Context, registry: Registry, module: str, *, on: bool) -> frozenset[str]:
    """Switch a module of the context's school, with all that depends on it either way. No data is deleted.

    Returns:
        The modules that changed; empty when nothing had to.

    Raises:
        Forbidden: without `core.modules.switch`, or `core.modules.restricted` if a module is restricted.
        NotFound: when no usable plugin of that name can be switched by a school.
    """
    ctx.require("core.modules.switch")
    # One switch of a school at a time, so that two people cannot leave a module on whose need is off.
    locked = select(School.modules).where(School.id == ctx.school_id).with_for_update(key_share=True)
    current = frozenset(ctx.session.execute(locked).scalar_one())
    changed = plan_switch(registry, current, module, on=on)
    if any(_manifests(registry)[name].restricted for name in changed):
        ctx.require("core.modules.restricted")
    if not changed:
        return changed
    if on:
        rows = [{"school_id": ctx.school_id, "module": name, "switched_on_at": ctx.now()} for name in sorted(changed)]
        ctx.session.execute(insert(ModuleSwitch).values(rows).on_conflict_do_nothing())
    else:
        ctx.session.execute(delete(ModuleSwitch).where(ModuleSwitch.module.in_(changed)))
    action = "school.modules_switched_on" if on else "school.modules_switched_off"
    audit.record(ctx, action, target=("school", ctx.school_id), detail={"asked": module, "changed": changed})
    return changed


def _manifests(registry: Registry) -> dict[str, Manifest]:
    """Manifests of what a school can switch; what belongs to the installation is always on."""
    names = registry.school_modules()
    return {p.manifest.name: p.manifest for p in registry.plugins if p.manifest and p.manifest.name in names}
