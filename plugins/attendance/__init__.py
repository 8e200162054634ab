"""Attendance: registers by session and period, leave that families ask for, totals for promotion and meals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sdk import (
    AbsenceSource,
    Action,
    AuditAction,
    AuditTarget,
    Card,
    Demo,
    EventType,
    Indicator,
    Manifest,
    NavItem,
    Permission,
    PersonalData,
    PersonReference,
    RecordTab,
    Report,
    RoleGrant,
    Setting,
    Task,
    _,
    hookimpl,
)

from . import models as models

if TYPE_CHECKING:
    from flask import Blueprint

    from core.sdk.web import ApiBlueprint

manifest = Manifest(
    name="attendance",
    version="0.1.0",
    label=_("Attendance"),
    requires_api=">=0.1,<1",
    requires=("learners", "curriculum"),
    data_classes=("identity", "results", "health"),
    description=_("Registers on the phone, also without a network; leave that families ask for; totals by law."),
)


class Plugin:
    """What the module adds to the program."""

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

        return SETTINGS

    @hookimpl
    def provide_nav(self) -> list[NavItem]:
        from .web import NAV

        return NAV

    @hookimpl
    def provide_pages(self) -> list[Blueprint]:
        from .pages import blueprint

        return [blueprint]

    @hookimpl
    def provide_api(self) -> list[ApiBlueprint]:
        from .api import BLUEPRINTS

        return BLUEPRINTS

    @hookimpl
    def provide_cards(self) -> list[Card]:
        from .web import CARDS

        return CARDS

    @hookimpl
    def provide_record_tabs(self) -> list[RecordTab]:
        from .web import TABS

        return TABS

    @hookimpl
    def provide_actions(self) -> list[Action]:
        from .web import ACTIONS

        return ACTIONS

    @hookimpl
    def provide_events(self) -> list[EventType]:
        from .events import EVENTS

        return EVENTS

    @hookimpl
    def provide_tasks(self) -> list[Task]:
        from .tasks import TASKS

        return TASKS

    @hookimpl
    def provide_indicators(self) -> list[Indicator]:
        from .figures import INDICATORS

        return INDICATORS

    @hookimpl
    def provide_reports(self) -> list[Report]:
        from .figures import REPORTS

        return REPORTS

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
    def provide_demo(self) -> list[Demo]:
        from .demo import DEMO

        return DEMO

    @hookimpl
    def provide_absence_sources(self) -> list[AbsenceSource]:
        from .figures import ABSENCES

        return ABSENCES
