"""What all plugins together offer, one typed method a hook. Nobody else asks a plugin anything.

Each method takes `modules`, the names that are on at a school (None: all), and never gives what a module that is off
or quarantined has brought. Answers are kept until a plugin is quarantined, so asking costs one look into a dict.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from core.types.contributions import (
    AuditAction,
    AuditTarget,
    Card,
    CommandItem,
    Demo,
    NavItem,
    Permission,
    RecordTab,
    Schedule,
    SearchSource,
    Setting,
    StatementReader,
    Subscriber,
    Task,
)

if TYPE_CHECKING:
    from flask import Blueprint

    from core.payments.port import PaymentProvider

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Modules = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Owned(Generic[Item]):
    """A contribution and the module it came from (`core` for the core's own)."""

    module: str
    item: Item


class Facade(ABC):
    """The typed side of the registry."""

    @abstractmethod
    def owned(self, hook: str, modules: Modules = None) -> tuple[Owned[Any], ...]:
        """The contributions of one hook with their modules, in the order of plugins."""

    @abstractmethod
    def memo(self, key: object, compute: Callable[[], Answer]) -> Answer:
        """An answer that follows from the contributions alone, computed once."""

    def _items(self, hook: str, modules: Modules) -> tuple[Any, ...]:
        return self.memo((hook, modules), lambda: tuple(o.item for o in self.owned(hook, modules)))

    def _ordered(self, hook: str, modules: Modules) -> tuple[Owned[Any], ...]:
        def sort() -> tuple[Owned[Any], ...]:
            return tuple(sorted(self.owned(hook, modules), key=lambda o: o.item.order))

        return self.memo((hook, modules, "order"), sort)

    def _by(self, hook: str, attribute: str, modules: Modules = None) -> Mapping[str, Any]:
        def index() -> Mapping[str, Any]:
            return MappingProxyType({getattr(o.item, attribute): o.item for o in self.owned(hook, modules)})

        return self.memo((hook, modules, attribute), index)

    # access

    def permissions(self, modules: Modules = None) -> tuple[Permission, ...]:
        return self._items("provide_permissions", modules)

    def role_permissions(self, modules: Modules = None) -> Mapping[str, frozenset[str]]:
        """What each role may do; a permission counts only if its module is on and declares it."""
        return self.memo(("roles", modules), lambda: MappingProxyType(self._roles(modules)))

    def _roles(self, modules: Modules) -> dict[str, frozenset[str]]:
        declared = {permission.name for permission in self.permissions(modules)}
        roles: dict[str, frozenset[str]] = {}
        for grant in self._items("provide_roles", modules):
            roles[grant.role] = roles.get(grant.role, frozenset()) | (grant.permissions & declared)
        return roles

    # the record of changes

    def audit_actions(self) -> Mapping[str, AuditAction]:
        """By code; of all modules, also those that are off: what was done stays readable."""
        return self._by("provide_audit_actions", "code")

    def audit_targets(self, modules: Modules = None) -> Mapping[str, AuditTarget]:
        """By type; a module that has a page for a record of the core replaces the core's own."""
        return self._by("provide_audit_targets", "type", modules)

    # work

    def tasks(self) -> Mapping[str, Task]:
        """By name; of all modules: a job that was asked for is finished also where its module is off by now."""
        return self._by("provide_tasks", "name")

    def schedules(self) -> tuple[Owned[Schedule], ...]:
        return self.owned("provide_schedules")

    def subscribers(self, event: str) -> tuple[Owned[Subscriber], ...]:
        """Who wants to hear of an event, with the module to ask whether it is on."""

        def find() -> tuple[Owned[Subscriber], ...]:
            return tuple(o for o in self.owned("provide_subscribers") if o.item.event == event)

        return self.memo(("subscribers", event), find)

    def events(self) -> tuple[str, ...]:
        """Every event that somebody subscribes to."""
        return tuple(sorted({o.item.event for o in self.owned("provide_subscribers")}))

    # settings, commands, demo

    def settings(self) -> tuple[Owned[Setting], ...]:
        return self.owned("provide_settings")

    def commands(self) -> tuple[Owned[CommandItem], ...]:
        return self.owned("provide_commands")

    def demos(self) -> tuple[Demo, ...]:
        """Steps that fill a demo school, in their order."""
        return tuple(o.item for o in self._ordered("provide_demo", None))

    # the web

    def pages(self) -> tuple[Owned[Blueprint], ...]:
        return self.owned("provide_pages")

    def api(self) -> tuple[Owned[Any], ...]:
        """flask-smorest blueprints (they carry no types)."""
        return self.owned("provide_api")

    def nav(self, modules: Modules = None) -> tuple[NavItem, ...]:
        """Entries of the left rail in their order."""
        return self.memo(("nav", modules), lambda: tuple(o.item for o in self._ordered("provide_nav", modules)))

    def cards(self, modules: Modules = None) -> tuple[Owned[Card], ...]:
        """Cards of the start page in their order."""
        return self._ordered("provide_cards", modules)

    def search_sources(self, modules: Modules = None) -> tuple[Owned[SearchSource], ...]:
        return self.owned("provide_search", modules)

    def record_tabs(self, record: str, modules: Modules = None) -> tuple[Owned[RecordTab], ...]:
        """Tabs for one kind of record, in their order."""

        def find() -> tuple[Owned[RecordTab], ...]:
            return tuple(o for o in self._ordered("provide_record_tabs", modules) if o.item.record == record)

        return self.memo(("tabs", record, modules), find)

    # providers

    def payment_providers(self) -> Mapping[str, PaymentProvider]:
        return self._by("provide_payment_providers", "name")

    def statement_readers(self) -> tuple[StatementReader, ...]:
        return self._items("provide_statement_readers", None)
