"""What this part contributes to the registries; its pages and cards come from the web layer."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from core.data.context import Context
from core.hookspecs import hookimpl
from core.types.contributions import (
    AuditAction,
    AuditTarget,
    Payload,
    Permission,
    PersonalData,
    Progress,
    RoleGrant,
    Schedule,
    Scope,
    Setting,
    Task,
)

from . import access, audit_names, emergency, personal, requests
from .models import Visit

SWEEP = "core.disclosure.sweep"
_KEPT = timedelta(days=30)


def sweep(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Delete stated purposes that are long over and requests that were never sent. The log stays."""
    ctx.session.execute(delete(Visit).where(Visit.ends_at < ctx.now() - _KEPT))
    requests.forget_drafts(ctx)


class DisclosurePlugin:
    """Purposes, emergencies and exports."""

    @hookimpl
    def provide_permissions(self) -> list[Permission]:
        return access.PERMISSIONS

    @hookimpl
    def provide_roles(self) -> list[RoleGrant]:
        return access.ROLE_GRANTS

    @hookimpl
    def provide_scopes(self) -> list[Scope]:
        return [emergency.SCOPE]

    @hookimpl
    def provide_settings(self) -> list[Setting]:
        return access.SETTINGS

    @hookimpl
    def provide_audit_actions(self) -> list[AuditAction]:
        return audit_names.ACTIONS

    @hookimpl
    def provide_audit_targets(self) -> list[AuditTarget]:
        return audit_names.TARGETS

    @hookimpl
    def provide_personal_data(self) -> list[PersonalData]:
        return [personal.DATA]

    @hookimpl
    def provide_tasks(self) -> list[Task]:
        return [Task(SWEEP, sweep)]

    @hookimpl
    def provide_schedules(self) -> list[Schedule]:
        return [Schedule(SWEEP, SWEEP, every=timedelta(days=1))]
