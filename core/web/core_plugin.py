"""The core's own contributions, made through the same hooks as everybody's."""

from __future__ import annotations

from core.access.core_permissions import PERMISSIONS, ROLE_GRANTS
from core.access.scopes import CORE_SCOPES
from core.audit.plugin import AuditPlugin
from core.identity.oauth.plugin import OAuthPlugin
from core.identity.oidc.plugin import OidcPlugin
from core.identity.plugin import IdentityPlugin
from core.notify.plugin import NotifyPlugin
from core.payments.plugin import PaymentsPlugin
from core.sdk import AuditAction, AuditTarget, NavItem, Permission, RoleGrant, Scope, _, hookimpl
from core.sdk.web import ApiBlueprint
from core.webhooks.plugin import WebhooksPlugin
from core.work.plugin import WorkPlugin

from . import audit_names, payments_api

SCHOOL = _("The school")


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
            NavItem(_("Modules"), "operate.modules", "plug", "core.modules.read", section=SCHOOL, order=900),
            NavItem(
                _("Record of changes"),
                "operate.audit_trail",
                "shield",
                "core.audit.read",
                section=SCHOOL,
                order=910,
            ),
            NavItem(_("Webhooks"), "webhooks.overview", "external", "core.webhooks.manage", section=SCHOOL, order=920),
            NavItem(_("Background work"), "work.overview", "gear", "core.jobs.read", section=SCHOOL, order=930),
        ]

    @hookimpl
    def provide_api(self) -> list[ApiBlueprint]:
        return payments_api.BLUEPRINTS


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
)
"""All parts of the core that contribute."""
