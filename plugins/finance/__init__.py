"""Finance: fee items, collection rounds, bills, exemptions, receipts and the balance of each pupil."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sdk import (
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
    SchoolsReport,
    SearchSource,
    Setting,
    SlotPlace,
    Subscriber,
    Task,
    _,
    hookimpl,
)

if TYPE_CHECKING:
    from flask import Blueprint

    from core.sdk.web import ApiBlueprint

manifest = Manifest(
    name="finance",
    version="0.1.0",
    label=_("Fees"),
    requires_api=">=0.1,<1",
    requires=("learners",),
    addresses=("/pay",),
    data_classes=("identity", "finance"),
    security_contact="security@truong.example",
    description=_("Collection rounds, bills that explain themselves, exemptions and receipts."),
)


class Plugin:
    """What finance adds to the program. Imports happen inside, so that the manifest is cheap to read."""

    @hookimpl
    def provide_permissions(self) -> list[Permission]:
        from .access import PERMISSIONS

        return PERMISSIONS

    @hookimpl
    def provide_roles(self) -> list[RoleGrant]:
        from .access import ROLES

        return ROLES

    @hookimpl
    def provide_audit_actions(self) -> list[AuditAction]:
        from .audit import ACTIONS

        return ACTIONS

    @hookimpl
    def provide_audit_targets(self) -> list[AuditTarget]:
        from .audit import TARGETS

        return TARGETS

    @hookimpl
    def provide_tasks(self) -> list[Task]:
        from .tasks import TASKS

        return TASKS

    @hookimpl
    def provide_events(self) -> list[EventType]:
        from .events import EVENTS

        return EVENTS

    @hookimpl
    def provide_subscribers(self) -> list[Subscriber]:
        from .tasks import SUBSCRIBERS

        return SUBSCRIBERS

    @hookimpl
    def provide_settings(self) -> list[Setting]:
        from .settings import SETTINGS

        return SETTINGS

    @hookimpl
    def provide_pages(self) -> list[Blueprint]:
        from .web import PAGES

        return PAGES

    @hookimpl
    def provide_api(self) -> list[ApiBlueprint]:
        from .api import BLUEPRINTS

        return BLUEPRINTS

    @hookimpl
    def provide_nav(self) -> list[NavItem]:
        from .web import NAV

        return NAV

    @hookimpl
    def provide_cards(self) -> list[Card]:
        from .web import CARDS

        return CARDS

    @hookimpl
    def provide_search(self) -> list[SearchSource]:
        from .web import SEARCH

        return SEARCH

    @hookimpl
    def provide_record_tabs(self) -> list[RecordTab]:
        from .web import TABS

        return TABS

    @hookimpl
    def provide_demo(self) -> list[Demo]:
        from .demo import DEMOS

        return DEMOS

    @hookimpl
    def provide_indicators(self) -> list[Indicator]:
        from .figures import INDICATORS

        return INDICATORS

    @hookimpl
    def provide_reports(self) -> list[Report]:
        from .figures import REPORTS
        from .outside import REPORTS as BOOKS

        return REPORTS + BOOKS

    @hookimpl
    def provide_schools_reports(self) -> list[SchoolsReport]:
        from .figures import SCHOOLS_REPORTS

        return SCHOOLS_REPORTS

    @hookimpl
    def provide_slot_places(self) -> list[SlotPlace]:
        from .figures import PLACES

        return PLACES

    @hookimpl
    def provide_actions(self) -> list[Action]:
        from .figures import ACTIONS

        return ACTIONS

    @hookimpl
    def provide_person_references(self) -> list[PersonReference]:
        from .personal import REFERENCES

        return REFERENCES

    @hookimpl
    def provide_personal_data(self) -> list[PersonalData]:
        from .personal import PERSONAL

        return PERSONAL
