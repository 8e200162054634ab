"""What all plugins together contribute, frozen after start."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pluggy

from core.hookspecs import SPECS
from core.hookspecs.markers import PROJECT
from core.types.contributions import (
    AuditAction,
    AuditTarget,
    Card,
    CommandItem,
    Demo,
    NavItem,
    Permission,
    RecordTab,
    RoleGrant,
    Schedule,
    SearchSource,
    Setting,
    StatementReader,
    Subscriber,
    Task,
)

from .states import Loaded, PluginState

if TYPE_CHECKING:
    from core.payments.port import PaymentProvider

log = logging.getLogger(__name__)
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Owned(Generic[Item]):
    """A contribution and the module it came from (`core` for the core's own)."""

    module: str
    item: Item


@dataclass(frozen=True)
class Registry:
    """Everything contributed, in the order of plugins; filtered at read time, so switching needs no restart."""

    plugins: tuple[Loaded, ...]
    contributed: Mapping[str, tuple[Owned[Any], ...]] = field(default_factory=dict)

    def all(self, hook: str) -> tuple[Owned[Any], ...]:
        return self.contributed.get(hook, ())

    def items(self, hook: str, modules: frozenset[str] | None = None) -> list[Any]:
        """The contributions of one hook; with `modules`, only those of the core and of modules that are on."""
        return [o.item for o in self.all(hook) if modules is None or o.module == "core" or o.module in modules]

    def school_modules(self) -> frozenset[str]:
        """Names of usable plugins that a school can switch on or off."""
        return frozenset(p.name for p in self.plugins if p.usable and p.manifest and p.manifest.scope == "school")

    def always_on(self) -> frozenset[str]:
        return frozenset(p.name for p in self.plugins if p.usable and p.manifest and p.manifest.scope == "instance")

    def tasks(self) -> Mapping[str, Task]:
        return MappingProxyType({t.name: t for t in self.items("provide_tasks")})

    def providers(self) -> Mapping[str, PaymentProvider]:
        return MappingProxyType({p.name: p for p in self.items("provide_payment_providers")})

    def statement_readers(self) -> list[StatementReader]:
        return list(self.items("provide_statement_readers"))

    def audit_actions(self) -> Mapping[str, AuditAction]:
        """By code; of all modules, also those that are off: what was done stays readable."""
        return MappingProxyType({a.code: a for a in self.items("provide_audit_actions")})

    def audit_targets(self, modules: frozenset[str] | None = None) -> Mapping[str, AuditTarget]:
        """By type; a module that has a page for a record of the core replaces the core's own."""
        return MappingProxyType({t.type: t for t in self.items("provide_audit_targets", modules)})

    def subscribers(self, event: str) -> list[Subscriber]:
        return [s for s in self.items("provide_subscribers") if s.event == event]

    def role_permissions(self) -> Mapping[str, frozenset[str]]:
        roles: dict[str, frozenset[str]] = {}
        for grant in self.items("provide_roles"):
            roles[grant.role] = roles.get(grant.role, frozenset()) | grant.permissions
        return MappingProxyType(roles)


_TYPES: dict[str, type | tuple[type, ...] | None] = {
    "provide_permissions": Permission,
    "provide_roles": RoleGrant,
    "provide_audit_actions": AuditAction,
    "provide_audit_targets": AuditTarget,
    "provide_tasks": Task,
    "provide_schedules": Schedule,
    "provide_subscribers": Subscriber,
    "provide_settings": Setting,
    "provide_commands": CommandItem,
    "provide_demo": Demo,
    "provide_nav": NavItem,
    "provide_cards": Card,
    "provide_search": SearchSource,
    "provide_record_tabs": RecordTab,
    "provide_statement_readers": StatementReader,
    "provide_payment_providers": None,
    "provide_pages": None,
    "provide_api": None,
}
"""Every `provide_` hook and the type of its items (None: a protocol or a blueprint, checked where it is mounted)."""


def collect(plugins: Iterable[Loaded], core_plugins: Iterable[object] = ()) -> Registry:
    """Register every usable plugin and ask each hook of each plugin by itself, so that one failure takes one out."""
    manager = pluggy.PluginManager(PROJECT)
    for spec in SPECS:
        manager.add_hookspecs(spec)
    contributed: dict[str, list[Owned[Any]]] = {hook: [] for hook in _TYPES}
    for core_plugin in core_plugins:
        manager.register(core_plugin)
        for hook, items in _ask(core_plugin).items():
            contributed[hook] += [Owned("core", item) for item in items]
    loaded = list(plugins)
    for plugin in loaded:
        if plugin.plugin is None:
            continue
        try:
            manager.register(plugin.plugin, plugin.name)
            manager.check_pending()
            answers = _ask(plugin.plugin)
        except Exception as error:
            log.exception("plugin %s failed while contributing", plugin.name)
            if manager.has_plugin(plugin.name):
                manager.unregister(name=plugin.name)
            plugin.quarantine(PluginState.INVALID_MANIFEST, f"{type(error).__name__}: {error}")
            continue
        for hook, items in answers.items():
            contributed[hook] += [Owned(plugin.name, item) for item in items]
    return Registry(tuple(loaded), MappingProxyType({hook: tuple(items) for hook, items in contributed.items()}))


def _ask(plugin: object) -> dict[str, list[Any]]:
    answers: dict[str, list[Any]] = {}
    for hook, kind in _TYPES.items():
        method: Callable[[], list[Any]] | None = getattr(plugin, hook, None)
        if method is None:
            continue
        items = method()
        if not isinstance(items, list):
            raise TypeError(f"{hook} must return a list, got {type(items).__name__}")
        if kind is not None and not all(isinstance(item, kind) for item in items):
            raise TypeError(f"{hook} must return a list of {kind}")
        answers[hook] = items
    return answers
