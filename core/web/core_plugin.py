"""The core's own contributions, made through the same hooks as everybody's."""

from __future__ import annotations

from core.access.roles import ROLES
from core.sdk import NavItem, Permission, RoleGrant, _, hookimpl

SCHOOL = _("The school")


class CorePlugin:
    """Registered before all plugins; its contributions cannot be switched off."""

    @hookimpl
    def provide_permissions(self) -> list[Permission]:
        return [
            Permission("core.home.see", _("See the start page")),
            Permission("core.account.own", _("Manage one's own account")),
            Permission("core.modules.read", _("See modules and their state")),
            Permission("core.modules.switch", _("Switch modules of the school on and off")),
            Permission("core.audit.read", _("Read the record of who did what")),
        ]

    @hookimpl
    def provide_roles(self) -> list[RoleGrant]:
        everybody = frozenset({"core.home.see", "core.account.own"})
        leading = frozenset({"core.modules.read", "core.modules.switch", "core.audit.read"})
        return [
            *(RoleGrant(role, everybody) for role in ROLES),
            RoleGrant("head", leading),
            RoleGrant("operator", leading),
        ]

    @hookimpl
    def provide_nav(self) -> list[NavItem]:
        return [
            NavItem(_("Today"), "home.start", "home", "core.home.see", order=0, bottom=True),
            NavItem(_("Modules"), "operate.modules", "plug", "core.modules.read", section=SCHOOL, order=900),
            NavItem(_("Record of changes"), "operate.audit_trail", "shield", "core.audit.read", section=SCHOOL, order=910),
        ]
