"""What payments contribute to the registries: rights, tasks, schedules."""

from __future__ import annotations

import logging
from datetime import timedelta

from core.data.context import Context
from core.hookspecs import hookimpl
from core.types.contributions import (
    AuditAction,
    AuditTarget,
    EventType,
    Payload,
    Permission,
    Progress,
    RoleGrant,
    Schedule,
    Task,
)

from . import attempts, audit_names, event_types, ledger, polling, process, refunds, settlements
from .cases_open import open_case
from .inbox import PROCESS
from .permissions import PERMISSIONS, ROLES

log = logging.getLogger(__name__)

SWEEP = "payments.sweep"
VERIFY = "payments.verify"
OVERDUE = "payments.overdue"


def sweep(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Expire attempts and ask again for messages that wait too long."""
    attempts.expire(ctx)
    process.sweep(ctx)


def verify(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Recompute the books of a school; a difference is a case for a person and a line in the log of errors."""
    for found in ledger.verify(ctx):
        facts = {"check": found.check, "kept": str(found.kept), "computed": str(found.computed)}
        log.error("the books of a school differ: %s", found.check)
        open_case(ctx, "books_differ", f"{found.check}:{found.subject}", facts=facts)


def overdue(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Put on somebody's list what services have confirmed and not paid."""
    settlements.open_overdue(ctx)


class PaymentsPlugin:
    """The payments part of the core."""

    @hookimpl
    def provide_permissions(self) -> list[Permission]:
        return PERMISSIONS

    @hookimpl
    def provide_roles(self) -> list[RoleGrant]:
        return ROLES

    @hookimpl
    def provide_audit_actions(self) -> list[AuditAction]:
        return audit_names.ACTIONS

    @hookimpl
    def provide_audit_targets(self) -> list[AuditTarget]:
        return audit_names.TARGETS

    @hookimpl
    def provide_tasks(self) -> list[Task]:
        return [
            Task(PROCESS, process.run, max_tries=20, queue="payments"),
            Task(attempts.POLL, polling.run, max_tries=10, lease=timedelta(minutes=2), queue="payments"),
            Task(refunds.SEND, refunds.run, max_tries=20, lease=timedelta(minutes=2), queue="payments"),
            Task(SWEEP, sweep, queue="payments"),
            Task(VERIFY, verify, lease=timedelta(minutes=10)),
            Task(OVERDUE, overdue),
        ]

    @hookimpl
    def provide_schedules(self) -> list[Schedule]:
        return [
            Schedule(SWEEP, SWEEP, every=timedelta(minutes=1), scope="school"),
            Schedule(VERIFY, VERIFY, every=timedelta(days=1), scope="school"),
            Schedule(OVERDUE, OVERDUE, every=timedelta(days=1), scope="school"),
        ]

    @hookimpl
    def provide_events(self) -> list[EventType]:
        return event_types.EVENTS
