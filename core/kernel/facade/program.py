"""Rights, the record of changes, work, settings, commands, demo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from core.types.contributions import (
    AuditAction,
    AuditTarget,
    CommandItem,
    Demo,
    EventType,
    Permission,
    Schedule,
    Scope,
    Setting,
    Subscriber,
    Task,
)
from core.types.fields import Field
from core.types.message import _

from .base import FacadeBase, Modules, Owned


class ProgramFacade(FacadeBase):
    """What plugins add below the web."""

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

    def assurances(self) -> Mapping[str, int]:
        """Permissions that ask for a level of assurance."""
        declared = self.permissions
        return self.memo(
            ("assurances",), lambda: MappingProxyType({p.name: p.assurance for p in declared() if p.assurance > 0})
        )

    def scopes(self, modules: Modules = None) -> Mapping[str, Owned[Scope]]:
        """By suffix: what a permission can be limited to. The core's `own` cannot be replaced."""

        def index() -> Mapping[str, Owned[Scope]]:
            found = reversed(self.owned("provide_scopes", modules))
            return MappingProxyType({owned.item.suffix: owned for owned in found})

        return self.memo(("scopes", modules), index)

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

    def event_types(self) -> Mapping[str, EventType]:
        """Every event that is declared, by name; of all modules: a listener outside may ask for one ahead of time."""
        return self._by("provide_events", "name")

    def events(self) -> tuple[str, ...]:
        """Every event that somebody subscribes to by name (`*` is the core's ear for all of them)."""
        return tuple(sorted({o.item.event for o in self.owned("provide_subscribers")} - {"*"}))

    # settings, commands, demo

    def settings(self) -> tuple[Owned[Setting], ...]:
        """Those that plugins provide, and the fields of their channels and signature providers, for each school."""
        return self.memo("settings", lambda: self.owned("provide_settings") + tuple(self._fields_of_providers()))

    def _fields_of_providers(self) -> Iterator[Owned[Setting]]:
        for owned in self.owned("provide_notification_channels"):
            label = _("Send messages through %(name)s", name=owned.item.label)
            yield Owned(owned.module, Setting(f"{owned.item.name}.on", label, "bool", False))
        for owned in self.owned("provide_einvoice_providers"):
            label = _("Issue e-invoices through %(name)s", name=owned.item.label)
            yield Owned(owned.module, Setting(f"{owned.item.name}.on", label, "bool", False))
        for hook in ("provide_notification_channels", "provide_signing_providers", "provide_einvoice_providers"):
            for owned in self.owned(hook):
                for field in owned.item.fields:
                    yield Owned(owned.module, _setting(f"{owned.item.name}.{field.name}", field))

    def commands(self) -> tuple[Owned[CommandItem], ...]:
        return self.owned("provide_commands")

    def demos(self) -> tuple[Demo, ...]:
        """Steps that fill a demo school, in their order."""
        return tuple(o.item for o in self._ordered("provide_demo", None))


def _setting(key: str, field: Field) -> Setting:
    kind: Literal["choice", "text"] = "choice" if field.choices else "text"
    default = field.default or (field.choices[0][0] if field.choices else "")
    return Setting(key, field.label, kind, default, choices=field.choices, secret=field.secret, help=field.help)
