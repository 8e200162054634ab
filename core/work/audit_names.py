"""What people do to background work, in plain words for the record of changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.types.contributions import AuditAction, AuditTarget
from core.types.message import Message, _


def _count(detail: Mapping[str, Any]) -> Message | None:
    return _("Jobs: %(count)s", count=detail.get("count"))


def _reason(detail: Mapping[str, Any]) -> Message | None:
    return _("Reason: %(reason)s", reason=str(detail.get("reason") or "–"))


ACTIONS = [
    AuditAction("core.work.replayed", _("Background work repeated"), _count),
    AuditAction("core.work.cancelled", _("Background work cancelled")),
    AuditAction("core.work.paused", _("Background work of a module paused"), _reason),
    AuditAction("core.work.resumed", _("Background work of a module resumed")),
]
TARGETS = [
    AuditTarget("job", _("Background work"), "core.jobs.read", endpoint="work.job", argument="job_id"),
    AuditTarget("task", _("Kind of background work"), "core.jobs.read", lambda ctx, names: {n: n for n in names}),
]
