"""Roles, permissions and relation scopes."""

from __future__ import annotations

from .grants import HeldRole, grant, require_may_manage, revoke, roles_of
from .permissions import permissions_for
from .roles import ROLES
from .scopes import children, may, reach, reached, reached_in, require_for

__all__ = [
    "ROLES",
    "HeldRole",
    "children",
    "grant",
    "may",
    "permissions_for",
    "reach",
    "reached",
    "reached_in",
    "require_for",
    "require_may_manage",
    "revoke",
    "roles_of",
]
