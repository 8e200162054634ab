"""The core's own contributions, made through the same hooks as everybody's."""

from __future__ import annotations

from core.access.core_permissions import PERMISSIONS, ROLE_GRANTS
from core.access.scopes import CORE_SCOPES
from core.audit import personal as audit_personal
from core.audit.plugin import AuditPlugin
from core.audit.words import action_label
from core.disclosure.access import LOG, OPEN
from core.disclosure.plugin import DisclosurePlugin
from core.identity import personal as identity_personal
from core.identity.oauth.plugin import OAuthPlugin
from core.identity.oidc.plugin import OidcPlugin
from core.identity.plugin import IdentityPlugin
from core.notify import personal as notify_personal
from core.notify.plugin import NotifyPlugin
from core.payments.plugin import PaymentsPlugin
from core.people import personal as people_personal
from core.people.everywhere import ALLOWED
from core.people.references import REFERENCES
from core.school import kinds
from core.sdk import (
    Action,
    AuditAction,
    AuditTarget,
    Card,
    CodeList,
    Message,
    NavItem,
    Permission,
    PersonalData,
    PersonReference,
    RecordTab,
    RoleGrant,
    Scope,
    Setting,
    Slot,
    SlotPlace,
    _,
    hookimpl,
)
from core.sdk.web import ApiBlueprint, runtime
from core.webhooks.plugin import WebhooksPlugin
from core.work.plugin import WorkPlugin

from . import access_api, audit_names, cards, code_lists_api, payments_api

SCHOOL = _("The school")


def _act(code: str) -> Message:
    """An act of the record in plain words."""
    return action_label(runtime().registry.audit_actions(), code)


class CorePlugin:
    """Registered before all plugins; its contributions cannot be switched off."""

    @hookimpl
    def provide_permissions(self) -> list[Permission]:
        return PERMISSIONS

    @hookimpl
    def provide_roles(self) -> list[RoleGrant]:
        return ROLE_GRANTS

    @hookimpl
    def provide_scopes(self) -> list[Scope]:
        return CORE_SCOPES

    @hookimpl
    def provide_settings(self) -> list[Setting]:
        return [ALLOWED]

    @hookimpl
    def provide_audit_actions(self) -> list[AuditAction]:
        return audit_names.ACTIONS

    @hookimpl
    def provide_audit_targets(self) -> list[AuditTarget]:
        return audit_names.TARGETS

    @hookimpl
    def provide_nav(self) -> list[NavItem]:
        return [
            NavItem(_("Today"), "home.start", "home", "core.home.see", order=0, bottom=True),
            NavItem(_("Accounts"), "people.accounts", "person", "core.accounts.read", section=SCHOOL, order=890),
            NavItem(_("Figures and reports"), "figures.indicators", "book", "core.figures.read", SCHOOL, 870),
            NavItem(_("Import and export"), "figures.exchange", "file", "core.figures.read", SCHOOL, 880),
            NavItem(_("Our school"), "school.about", "home", "core.school.read", section=SCHOOL, order=860),
            NavItem(
                _("Schools below"), "organisations.oversight", "home", "core.oversight.read", SCHOOL, 935, bottom=True
            ),
            NavItem(
                _("Authorities and schools"),
                "organisations.tree",
                "plug",
                "core.organisations.manage",
                SCHOOL,
                936,
            ),
            NavItem(_("Modules"), "operate.modules", "plug", "core.modules.read", section=SCHOOL, order=900),
            NavItem(
                _("Record of changes"),
                "operate.audit_trail",
                "shield",
                "core.audit.read",
                section=SCHOOL,
                order=910,
            ),
            NavItem(_("Access to sensitive data"), "readers.latest", "lock", LOG, section=SCHOOL, order=911),
            NavItem(_("Emergency access"), "emergencies.ask", "alert", OPEN, section=SCHOOL, order=912),
            NavItem(_("Settings"), "settings.school", "gear", "core.settings.read", section=SCHOOL, order=905),
            NavItem(_("Webhooks"), "webhooks.overview", "external", "core.webhooks.manage", section=SCHOOL, order=920),
            NavItem(_("Background work"), "work.overview", "clock", "core.jobs.read", section=SCHOOL, order=930),
        ]

    @hookimpl
    def provide_code_lists(self) -> list[CodeList]:
        return kinds.CODE_LISTS

    @hookimpl
    def provide_cards(self) -> list[Card]:
        return cards.CARDS

    @hookimpl
    def provide_actions(self) -> list[Action]:
        label = _("What we hold on this person")
        return [Action("learner", "core.data", label, "core.people.data", "personal.data", "person_id", "shield")]

    @hookimpl
    def provide_record_tabs(self) -> list[RecordTab]:
        return [RecordTab("learner", "readers", _("Who has looked"), LOG, cards.readers_tab, order=900)]

    @hookimpl
    def provide_slots(self) -> list[Slot]:
        return [Slot("learners.learner.head", "core.emergency", "core.home.see", cards.emergency_banner, order=0)]

    @hookimpl
    def provide_slot_places(self) -> list[SlotPlace]:
        return [SlotPlace("core.home.top", _("Top of the start page"))]

    @hookimpl
    def provide_personal_data(self) -> list[PersonalData]:
        return [people_personal.DATA, identity_personal.DATA, notify_personal.DATA, audit_personal.data(_act)]

    @hookimpl
    def provide_person_references(self) -> list[PersonReference]:
        return REFERENCES

    @hookimpl
    def provide_api(self) -> list[ApiBlueprint]:
        return [*payments_api.BLUEPRINTS, code_lists_api.blueprint, access_api.blueprint]


CORE_PLUGINS: tuple[object, ...] = (
    CorePlugin(),
    AuditPlugin(),
    IdentityPlugin(),
    OAuthPlugin(),
    OidcPlugin(),
    WorkPlugin(),
    NotifyPlugin(),
    WebhooksPlugin(),
    PaymentsPlugin(),
    DisclosurePlugin(),
)
"""All parts of the core that contribute."""
