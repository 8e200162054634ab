"""Permissions that services of the core ask for, and the roles that hold them."""

from __future__ import annotations

from core.types.contributions import Permission, RoleGrant
from core.types.message import _

from .roles import ACCOUNTANT, HEAD, OFFICE, OPERATOR, OVERSEER, ROLES

PERMISSIONS = [
    Permission("core.home.see", _("See the start page")),
    Permission("core.figures.read", _("See figures and reports of the school")),
    Permission("core.account.own", _("Manage one's own account")),
    Permission("core.accounts.read", _("See the accounts of the school")),
    Permission("core.accounts.manage", _("Create, disable and reset accounts")),
    Permission("core.families.invite", _("Give out codes with which families join")),
    Permission("core.roles.grant", _("Give and take roles")),
    Permission("core.people.edit", _("Edit persons and family relations")),
    Permission("core.people.data", _("See all that is held on a person")),
    Permission("core.people.data.own", _("See all that is held on oneself and one's own children")),
    Permission("core.people.erase", _("Erase what is held on a person")),
    Permission("core.school.manage", _("Edit the school and its years")),
    Permission("core.school.read", _("See the details, sites and calendar of the school")),
    Permission("core.oversight.read", _("See the list of schools below an authority")),
    Permission("core.people.find", _("Look for a person over the schools below an authority")),
    Permission("core.organisations.manage", _("Change the tree of authorities and which school stands where")),
    Permission("core.schools.create", _("Add schools to the installation")),
    Permission("core.modules.read", _("See modules and their state")),
    Permission("core.modules.switch", _("Switch modules of the school on and off")),
    Permission("core.modules.restricted", _("Switch modules that need the operator")),
    Permission("core.settings.read", _("See the settings of the school")),
    Permission("core.settings.manage", _("Change the settings of the school")),
    Permission("core.installation.manage", _("Change the settings of the installation")),
    Permission("core.audit.read", _("Read the record of who did what")),
    Permission("core.audit.verify", _("Verify the record of who did what")),
]

_EVERYBODY = frozenset({"core.home.see", "core.account.own", "core.people.data.own"})
_OFFICE = frozenset(
    {
        "core.accounts.read",
        "core.accounts.manage",
        "core.families.invite",
        "core.roles.grant",
        "core.people.edit",
        "core.people.data",
        "core.figures.read",
        "core.school.read",
    }
)
_LEADING = frozenset(
    {
        "core.modules.read",
        "core.modules.switch",
        "core.settings.read",
        "core.settings.manage",
        "core.school.manage",
        "core.audit.read",
        "core.audit.verify",
        "core.people.erase",
    }
)
_INSTALLATION = frozenset({"core.schools.create", "core.modules.restricted", "core.installation.manage"})
_TREE = frozenset({"core.oversight.read", "core.organisations.manage"})

ROLE_GRANTS = [
    *(RoleGrant(role, _EVERYBODY) for role in ROLES),
    RoleGrant(OVERSEER, frozenset({"core.oversight.read", "core.people.find"})),
    RoleGrant(OFFICE, _OFFICE),
    RoleGrant(ACCOUNTANT, frozenset({"core.figures.read"})),
    RoleGrant(HEAD, _OFFICE | _LEADING),
    RoleGrant(
        OPERATOR,
        (_OFFICE - {"core.people.edit", "core.people.data", "core.families.invite"})
        | (_LEADING - {"core.people.erase"})
        | _INSTALLATION
        | _TREE,
    ),
]
