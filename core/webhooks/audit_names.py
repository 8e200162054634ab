"""What people and the program do to webhooks, in plain words for the record of changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.audit.words import names_of
from core.types.contributions import AuditAction, AuditTarget
from core.types.message import Message, _

from .models import WebhookEndpoint

WHY = {
    "by_hand": _("Stopped by hand"),
    "failing": _("Stopped after days without a good answer"),
    "gone": _("Stopped because the receiver said that the address is gone"),
}


def _why(detail: Mapping[str, Any]) -> Message | None:
    return WHY.get(str(detail.get("why")))


def _count(detail: Mapping[str, Any]) -> Message | None:
    return _("Messages: %(count)s", count=detail.get("count"))


ACTIONS = [
    AuditAction("core.webhooks.made", _("Webhook address added")),
    AuditAction("core.webhooks.changed", _("Webhook address changed")),
    AuditAction("core.webhooks.rotated", _("Secret of a webhook address changed")),
    AuditAction("core.webhooks.stopped", _("Webhook address stopped"), _why),
    AuditAction("core.webhooks.started", _("Webhook address started again")),
    AuditAction("core.webhooks.deleted", _("Webhook address deleted")),
    AuditAction("core.webhooks.replayed", _("Webhook messages sent again"), _count),
]
TARGETS = [
    AuditTarget(
        "webhook",
        _("Webhook address"),
        "core.webhooks.manage",
        names_of(WebhookEndpoint.id, WebhookEndpoint.url),
        endpoint="webhooks.endpoint",
        argument="endpoint_id",
    )
]
