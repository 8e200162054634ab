"""Curriculum: subjects and plans from versioned programmes, what each class is taught, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sdk import (
    AuditAction,
    AuditTarget,
    Demo,
    EventType,
    Manifest,
    NavItem,
    Permission,
    PersonalData,
    PersonReference,
    RoleGrant,
    Scope,
    _,
    hookimpl,
)

from . import models as models

if TYPE_CHECKING:
    from flask import Blueprint

    from core.sdk.web import ApiBlueprint

manifest = Manifest(
    name="curriculum",
    version="0.1.0",
    label=_("Teaching plan"),
    requires_api=">=0.1,<1",
    requires=("learners",),
    data_classes=("identity", "employment"),
    description=_("Subjects and periods by the national programme, teachers of each class, homeroom teachers."),
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
    def provide_scopes(self) -> list[Scope]:
        from .access import SCOPES

        return SCOPES

    @hookimpl
    def provide_nav(self) -> list[NavItem]:
        section = _("Teaching")
        return [
            NavItem(_("Teaching plan"), "curriculum.index", "book", "curriculum.plan.read", section, 20),
            NavItem(_("Assignments"), "curriculum.teaching", "people", "curriculum.plan.read", section, 21),
        ]

    @hookimpl
    def provide_pages(self) -> list[Blueprint]:
        from .pages import blueprint

        return [blueprint]

    @hookimpl
    def provide_api(self) -> list[ApiBlueprint]:
        from .api import BLUEPRINTS

        return BLUEPRINTS

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
    def provide_demo(self) -> list[Demo]:
        from .demo import DEMO

        return DEMO
