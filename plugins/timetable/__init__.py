"""Timetable: who teaches what, when and where; substitutions; made by hand, from a file or by a solver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sdk import (
    AuditAction,
    AuditTarget,
    Card,
    Demo,
    EventType,
    Exporter,
    Importer,
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
    name="timetable",
    version="0.1.0",
    label=_("Timetable"),
    requires_api=">=0.1,<1",
    requires=("learners", "curriculum"),
    data_classes=("identity", "employment"),
    description=_(
        "Timetables of classes and teachers, checks, substitutions, import from Excel and automatic planning."
    ),
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
        section = _("Teaching")
        return [
            NavItem(_("Timetable"), "timetable.index", "calendar", "timetable.read", section, 30),
            NavItem(_("My week"), "timetable.mine", "clock", "timetable.read.curriculum_taught", section, 29),
            NavItem(_("Substitutions"), "timetable.substitutions", "people", "timetable.substitute", section, 31),
            NavItem(_("Child's timetable"), "timetable.family", "calendar", "timetable.read.own", None, 40),
        ]

    @hookimpl
    def provide_pages(self) -> list[Blueprint]:
        from .pages import BLUEPRINTS

        return list(BLUEPRINTS)

    @hookimpl
    def provide_api(self) -> list[ApiBlueprint]:
        from .api import BLUEPRINTS

        return BLUEPRINTS

    @hookimpl
    def provide_events(self) -> list[EventType]:
        from .events import EVENTS

        return EVENTS

    @hookimpl
    def provide_tasks(self) -> list[Task]:
        from .tasks import TASKS

        return TASKS

    @hookimpl
    def provide_cards(self) -> list[Card]:
        from .pages.cards import CARDS

        return CARDS

    @hookimpl
    def provide_importers(self) -> list[Importer]:
        from .exchange import IMPORTERS

        return IMPORTERS

    @hookimpl
    def provide_exporters(self) -> list[Exporter]:
        from .exchange import EXPORTERS

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
