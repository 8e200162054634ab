"""Permissions of the module and the roles that have them by default."""

from __future__ import annotations

from core.sdk import Permission, RoleGrant, _

PERMISSIONS = [
    Permission("canteen.meal.read", _("See meals and the list for the kitchen")),
    Permission("canteen.meal.edit", _("Plan meals and register classes")),
    Permission("canteen.meal.charge", _("Charge meals")),
]
ROLES = [
    RoleGrant("head", frozenset({"canteen.meal.read"})),
    RoleGrant("office", frozenset({"canteen.meal.read", "canteen.meal.edit"})),
    RoleGrant("accountant", frozenset({"canteen.meal.read", "canteen.meal.charge"})),
]
