"""Canteen: meals by day, who eats, a list for the kitchen, and the charge for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sdk import (
    AuditAction,
    Demo,
    EventType,
    Manifest,
    NavItem,
    Permission,
    PersonalData,
    RoleGrant,
    Setting,
    _,
    hookimpl,
)

from . import models as models
from .access import PERMISSIONS, ROLES
from .events import EVENTS
from .settings import SETTINGS

if TYPE_CHECKING:
    from flask import Blueprint

    from core.sdk.web import ApiBlueprint

manifest = Manifest(
    name="canteen",
    version="1.0.0",
    label=_("Canteen"),
    requires_api=">=0.1,<1",
    requires=("learners",),
    data_classes=("identity", "finance"),
    security_contact="security@canteen.hoaphuong.edu.vn",
    description=_("Meals by day, who eats, a list for the kitchen, and the charge for it."),
)


class Plugin:
    """What the module adds to the program. Pages are imported late, so that the manifest is cheap to read."""

    @hookimpl
    def provide_permissions(self) -> list[Permission]:
        return PERMISSIONS

    @hookimpl
    def provide_roles(self) -> list[RoleGrant]:
        return ROLES

    @hookimpl
    def provide_settings(self) -> list[Setting]:
        return SETTINGS

    @hookimpl
    def provide_events(self) -> list[EventType]:
        return EVENTS

    @hookimpl
    def provide_audit_actions(self) -> list[AuditAction]:
        return [
            AuditAction("canteen.meal.added", _("Meal added")),
            AuditAction("canteen.class.registered", _("Class registered for a meal")),
            AuditAction("canteen.meal.charged", _("Meal charged")),
        ]

    @hookimpl
    def provide_pages(self) -> list[Blueprint]:
        from .pages import blueprint

        return [blueprint]

    @hookimpl
    def provide_api(self) -> list[ApiBlueprint]:
        from .api import blueprint

        return [blueprint]

    @hookimpl
    def provide_nav(self) -> list[NavItem]:
        return [NavItem(_("Canteen"), "canteen.index", "file", "canteen.meal.read")]

    @hookimpl
    def provide_personal_data(self) -> list[PersonalData]:
        from .personal import PERSONAL_DATA

        return PERSONAL_DATA

    @hookimpl
    def provide_demo(self) -> list[Demo]:
        from .demo import fill

        return [Demo("canteen.meals", 500, fill)]
