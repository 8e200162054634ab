"""From roles and modules to permissions."""

from __future__ import annotations

from collections.abc import Iterable

from core.kernel.registry import Registry

_Key = tuple[frozenset[str], frozenset[str]]
_cache: dict[int, tuple[Registry, dict[_Key, frozenset[str]]]] = {}
_MOST = 4_096


def permissions_for(registry: Registry, roles: Iterable[str], modules: frozenset[str]) -> frozenset[str]:
    """What the holder of `roles` may do where `modules` are on.

    A permission counts only if its module is on and declares it, whoever grants it: no module can grant a
    right of another one that is off. A frozen registry always answers the same, so answers are kept.
    """
    held = _cache.get(id(registry))
    if held is None:
        held = _cache[id(registry)] = (registry, {})  # keeps the registry alive, so its id stays its own
    answers = held[1]
    key = (frozenset(roles), modules)
    found = answers.get(key)
    if found is None:
        if len(answers) >= _MOST:
            answers.clear()
        found = answers[key] = _compute(registry, *key)
    return found


def _compute(registry: Registry, roles: frozenset[str], modules: frozenset[str]) -> frozenset[str]:
    on = modules | registry.always_on()
    declared = {permission.name for permission in registry.items("provide_permissions", on)}
    granted: set[str] = set()
    for grant in registry.items("provide_roles", on):
        if grant.role in roles:
            granted |= grant.permissions
    return frozenset(granted & declared)
