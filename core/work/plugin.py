"""What this part of the core contributes to the registries."""

from __future__ import annotations

from core.hookspecs import hookimpl
from core.types.contributions import Permission, RoleGrant
from core.types.message import _

from .status import MANAGE, VIEW


class WorkPlugin:
    """Permissions on jobs. The core's own tasks are always there, see `upkeep`."""

    @hookimpl
    def provide_permissions(self) -> list[Permission]:
        return [
            Permission(VIEW, _("See all background work of the school")),
            Permission(MANAGE, _("Cancel and repeat background work")),
        ]

    @hookimpl
    def provide_roles(self) -> list[RoleGrant]:
        return [
            RoleGrant("head", frozenset({VIEW})),
            RoleGrant("office", frozenset({VIEW})),
            RoleGrant("operator", frozenset({VIEW, MANAGE})),
        ]
