"""What webhooks contribute to the registries."""

from __future__ import annotations

from datetime import timedelta

from core.hookspecs import hookimpl
from core.types.contributions import (
    AuditAction,
    AuditTarget,
    Permission,
    RoleGrant,
    Schedule,
    Subscriber,
    Task,
)
from core.types.message import _
from core.work.events import EVERY_EVENT

from . import audit_names, delivery, messages
from .endpoints import MANAGE

SWEEP = "core.webhooks.sweep"


class WebhooksPlugin:
    """Tasks, permission and the ear that hears every event."""

    @hookimpl
    def provide_permissions(self) -> list[Permission]:
        return [Permission(MANAGE, _("Set up addresses of other systems that are told of events"))]

    @hookimpl
    def provide_roles(self) -> list[RoleGrant]:
        return [RoleGrant(role, frozenset({MANAGE})) for role in ("head", "operator")]

    @hookimpl
    def provide_tasks(self) -> list[Task]:
        return [Task(messages.DELIVER, delivery.deliver), Task(SWEEP, messages.sweep)]

    @hookimpl
    def provide_schedules(self) -> list[Schedule]:
        return [Schedule(SWEEP, SWEEP, every=timedelta(days=1))]

    @hookimpl
    def provide_subscribers(self) -> list[Subscriber]:
        return [Subscriber(EVERY_EVENT, "core.webhooks", messages.pass_on)]

    @hookimpl
    def provide_audit_actions(self) -> list[AuditAction]:
        return audit_names.ACTIONS

    @hookimpl
    def provide_audit_targets(self) -> list[AuditTarget]:
        return audit_names.TARGETS
