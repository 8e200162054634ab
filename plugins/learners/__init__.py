"""Learners: the person record of pupils, classes, enrolments, guardians, import and export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sdk import (
    AuditAction,
    AuditTarget,
    Card,
    CodeList,
    CommandItem,
    Context,
    Demo,
    EventType,
    Exporter,
    Importer,
    Indicator,
    Manifest,
    NavItem,
    Permission,
    PersonalData,
    PersonReference,
    Report,
    RoleGrant,
    SearchSource,
    SlotPlace,
    Task,
    _,
    hookimpl,
)

from . import models as models
from .access import PERMISSIONS, ROLES

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Blueprint

    from core.sdk.web import ApiBlueprint

manifest = Manifest(
    name="learners",
    version="0.1.0",
    label=_("Pupils"),
    requires_api=">=0.1,<1",
    addresses=("/classes", "/imports"),
    data_classes=("identity", "contact", "family", "address", "policy", "origin", "health"),
    description=_("Records of pupils, classes, guardians; import from Excel that explains itself."),
)


class Plugin:
    """What the module adds to the program."""

    @hookimpl
    def provide_permissions(self) -> list[Permission]:
        return PERMISSIONS

    @hookimpl
    def provide_roles(self) -> list[RoleGrant]:
        return ROLES

    @hookimpl
    def provide_nav(self) -> list[NavItem]:
        section = _("Pupils")
        return [
            NavItem(_("Pupils"), "learners.index", "people", "learners.learner.read", section, 10, bottom=True),
            NavItem(_("Classes"), "learners.classes", "class", "learners.learner.read", section, 11),
            NavItem(_("Data quality"), "learners.quality", "check", "learners.learner.edit", section, 13),
            NavItem(_("Turn of the year"), "learners.year", "clock", "learners.year.roll", section, 14),
            NavItem(_("Import of lists"), "learners.imports", "upload", "learners.import.run", section, 12),
        ]

    @hookimpl
    def provide_pages(self) -> list[Blueprint]:
        from .pages import blueprint

        return [blueprint]

    @hookimpl
    def provide_api(self) -> list[ApiBlueprint]:
        from . import api, api_record

        return [*api.BLUEPRINTS, *api_record.BLUEPRINTS]

    @hookimpl
    def provide_audit_actions(self) -> list[AuditAction]:
        from .audit import ACTIONS

        return ACTIONS

    @hookimpl
    def provide_audit_targets(self) -> list[AuditTarget]:
        from .audit import TARGETS

        return TARGETS

    @hookimpl
    def provide_events(self) -> list[EventType]:
        from .events import EVENTS

        return EVENTS

    @hookimpl
    def provide_tasks(self) -> list[Task]:
        from .tasks import TASKS

        return TASKS

    @hookimpl
    def provide_search(self) -> list[SearchSource]:
        from .reports import SEARCH

        return SEARCH

    @hookimpl
    def provide_cards(self) -> list[Card]:
        from .reports import CARDS

        return CARDS

    @hookimpl
    def provide_demo(self) -> list[Demo]:
        from .demo import DEMO

        return DEMO

    @hookimpl
    def provide_commands(self) -> list[CommandItem]:
        from .cli import COMMANDS

        return COMMANDS

    @hookimpl
    def provide_indicators(self) -> list[Indicator]:
        from .figures import INDICATORS

        return INDICATORS

    @hookimpl
    def provide_reports(self) -> list[Report]:
        from .figures import REPORTS

        return REPORTS

    @hookimpl
    def provide_importers(self) -> list[Importer]:
        from .figures import IMPORTERS

        return IMPORTERS

    @hookimpl
    def provide_exporters(self) -> list[Exporter]:
        from .figures import EXPORTERS

        return EXPORTERS

    @hookimpl
    def provide_code_lists(self) -> list[CodeList]:
        from .figures import CODE_LISTS

        return CODE_LISTS

    @hookimpl
    def provide_slot_places(self) -> list[SlotPlace]:
        from .figures import PLACES

        return PLACES

    @hookimpl
    def provide_person_references(self) -> list[PersonReference]:
        from .references import REFERENCES

        return REFERENCES

    @hookimpl
    def provide_personal_data(self) -> list[PersonalData]:
        from .personal import PERSONAL

        return PERSONAL

    @hookimpl
    def resolve_person_page(self, ctx: Context, person_id: UUID) -> str | None:
        from .figures import person_page

        return person_page(ctx, person_id)
