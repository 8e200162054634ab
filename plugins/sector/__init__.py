"""The sector's database: files that it takes, checked before they leave, and its answers read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sdk import (
    AuditAction,
    AuditTarget,
    Card,
    Demo,
    EventType,
    Exporter,
    Manifest,
    NavItem,
    Permission,
    PersonalData,
    PersonReference,
    RoleGrant,
    Task,
    _,
    hookimpl,
)

from . import models as models

if TYPE_CHECKING:
    from flask import Blueprint

    from core.sdk.web import ApiBlueprint

manifest = Manifest(
    name="sector",
    version="0.1.0",
    label=_("Sector database"),
    requires_api=">=0.1,<1",
    requires=("learners", "curriculum", "attendance", "assessment"),
    data_classes=("identity", "address", "family", "policy", "origin", "health", "results", "employment"),
    description=_("Sends records, classes, results and absences to the sector's database, and reads its answers."),
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
    def provide_events(self) -> list[EventType]:
        from .events import EVENTS

        return EVENTS

    @hookimpl
    def provide_tasks(self) -> list[Task]:
        from .tasks import TASKS

        return TASKS

    @hookimpl
    def provide_exporters(self) -> list[Exporter]:
        from .web import EXPORTERS

        return EXPORTERS

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
