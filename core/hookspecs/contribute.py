"""`provide_` hooks without a web page: pure, called once at start, collected into frozen registries."""

from __future__ import annotations

from core.types.contributions import (
    AuditAction,
    AuditTarget,
    CommandItem,
    Demo,
    EventType,
    Permission,
    RoleGrant,
    Schedule,
    Scope,
    Setting,
    Subscriber,
    Task,
)

from .markers import hookspec


class ContributeSpecs:
    """What a plugin adds to the program."""

    @hookspec
    def provide_permissions(self) -> list[Permission]:
        """The rights that the plugin's services ask for."""
        raise AssertionError("specification only")

    @hookspec
    def provide_roles(self) -> list[RoleGrant]:
        """Which roles get which rights by default."""
        raise AssertionError("specification only")

    @hookspec
    def provide_scopes(self) -> list[Scope]:
        """Relations that permissions can be limited to, as SQL: my class, my table in the canteen."""
        raise AssertionError("specification only")

    @hookspec
    def provide_audit_actions(self) -> list[AuditAction]:
        """Plain words for what the plugin records in the audit trail; every code that it records is named."""
        raise AssertionError("specification only")

    @hookspec
    def provide_audit_targets(self) -> list[AuditTarget]:
        """The kinds of records that actions happen to, with their names and pages; a later one replaces an earlier."""
        raise AssertionError("specification only")

    @hookspec
    def provide_tasks(self) -> list[Task]:
        """Background job kinds."""
        raise AssertionError("specification only")

    @hookspec
    def provide_schedules(self) -> list[Schedule]:
        """Tasks that run again and again."""
        raise AssertionError("specification only")

    @hookspec
    def provide_events(self) -> list[EventType]:
        """The events that the plugin emits, with their payloads."""
        raise AssertionError("specification only")

    @hookspec
    def provide_subscribers(self) -> list[Subscriber]:
        """Reactions to events, after commit, at least once."""
        raise AssertionError("specification only")

    @hookspec
    def provide_settings(self) -> list[Setting]:
        """Typed settings, shown on the settings page."""
        raise AssertionError("specification only")

    @hookspec
    def provide_commands(self) -> list[CommandItem]:
        """Commands under `truong`."""
        raise AssertionError("specification only")

    @hookspec
    def provide_demo(self) -> list[Demo]:
        """Steps that fill a demo school."""
        raise AssertionError("specification only")
