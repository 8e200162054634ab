"""Digital transcripts: frozen records, signed by everyone who must sign, checkable by anyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sdk import (
    AuditAction,
    AuditTarget,
    Card,
    CommandItem,
    EventType,
    Manifest,
    NavItem,
    Permission,
    PersonalData,
    PersonReference,
    RecordTab,
    RoleGrant,
    Schedule,
    Setting,
    Task,
    _,
    hookimpl,
)

from . import models as models

if TYPE_CHECKING:
    from flask import Blueprint

manifest = Manifest(
    name="transcripts",
    version="0.1.0",
    label=_("Digital transcripts"),
    requires_api=">=0.1,<1",
    requires=("learners", "curriculum", "attendance", "assessment"),
    data_classes=("identity", "results"),
    description=_("Transcripts frozen from results, signed by teachers, head and seal, checkable by anyone."),
)


class Plugin:
    """What the module adds to the program."""

    @hookimpl
    def provide_pages(self) -> list[Blueprint]:
        from .pages import blueprint
        from .pages.checking import blueprint as checking

        return [blueprint, checking]

    @hookimpl
    def provide_permissions(self) -> list[Permission]:
        from .access import PERMISSIONS

        return PERMISSIONS

    @hookimpl
    def provide_roles(self) -> list[RoleGrant]:
        from .access import ROLES

        return ROLES

    @hookimpl
    def provide_settings(self) -> list[Setting]:
        from .settings import SETTINGS
        from .trust.settings import SETTINGS as TRUST

        return [*SETTINGS, *TRUST]

    @hookimpl
    def provide_tasks(self) -> list[Task]:
        from .log.tasks import TASKS as LOG
        from .tasks import TASKS

        return [*TASKS, *LOG]

    @hookimpl
    def provide_schedules(self) -> list[Schedule]:
        from .log.tasks import SCHEDULES as LOG
        from .tasks import SCHEDULES

        return [*SCHEDULES, *LOG]

    @hookimpl
    def provide_nav(self) -> list[NavItem]:
        from .web import NAV

        return NAV

    @hookimpl
    def provide_cards(self) -> list[Card]:
        from .web import CARDS

        return CARDS

    @hookimpl
    def provide_record_tabs(self) -> list[RecordTab]:
        from .web import TABS

        return TABS

    @hookimpl
    def provide_events(self) -> list[EventType]:
        from .events import EVENTS

        return EVENTS

    @hookimpl
    def provide_audit_actions(self) -> list[AuditAction]:
        from .audit import ACTIONS

        return ACTIONS

    @hookimpl
    def provide_audit_targets(self) -> list[AuditTarget]:
        from .audit import TARGETS

        return TARGETS

    @hookimpl
    def provide_personal_data(self) -> list[PersonalData]:
        from .personal import PERSONAL

        return PERSONAL

    @hookimpl
    def provide_person_references(self) -> list[PersonReference]:
        from .references import REFERENCES

        return REFERENCES

    @hookimpl
    def provide_commands(self) -> list[CommandItem]:
        from .cli import COMMANDS

        return COMMANDS
