"""From roles and modules to permissions."""

from __future__ import annotations

from collections.abc import Iterable

from core.kernel.registry import Registry


def permissions_for(registry: Registry, roles: Iterable[str], modules: frozenset[str]) -> frozenset[str]:
    """What the holder of `roles` may do where `modules` are on.

    A permission counts only if its module is on and declares it, whoever grants it: no module can grant a
    right of another one that is off.
    """
    held = frozenset(roles)

    def union() -> frozenset[str]:
        granted = registry.role_permissions(modules | registry.always_on())
        return frozenset[str]().union(*(granted.get(role, frozenset()) for role in held))

    return registry.memo(("permissions", held, modules), union)
