"""What this part of the core contributes to the registries."""

from __future__ import annotations

from core.hookspecs import hookimpl
from core.types.contributions import AuditAction, AuditTarget, Permission, RoleGrant
from core.types.message import _

from . import audit_names
from .operate import OPERATE
from .status import MANAGE, VIEW


class WorkPlugin:
    """Permissions on jobs. The core's own tasks are always there, see `upkeep`."""

    @hookimpl
    def provide_permissions(self) -> list[Permission]:
        return [
            Permission(VIEW, _("See all background work of the school")),
            Permission(MANAGE, _("Cancel and repeat background work")),
            Permission(OPERATE, _("Look after the background work of every school")),
        ]

    @hookimpl
    def provide_roles(self) -> list[RoleGrant]:
        return [
            RoleGrant("head", frozenset({VIEW})),
            RoleGrant("office", frozenset({VIEW})),
            RoleGrant("operator", frozenset({VIEW, MANAGE, OPERATE})),
        ]

    @hookimpl
    def provide_audit_actions(self) -> list[AuditAction]:
        return audit_names.ACTIONS

    @hookimpl
    def provide_audit_targets(self) -> list[AuditTarget]:
        return audit_names.TARGETS
