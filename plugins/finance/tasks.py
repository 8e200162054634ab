"""Background jobs and reactions to events."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from core.sdk import Context, Payload, Progress, Subscriber, Task

from .events import PAYMENTS_COLLECTED, ROUND_PUBLISHED
from .services.announcing import announce
from .services.parts import follow_payments
from .services.publish import PUBLISH_TASK, publish
from .services.receipts import Collection, issue_receipt
from .services.statements import IMPORT_TASK, run_import


def _publish(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Publish a round; a run that was cut off has changed nothing and is repeated."""
    publish(ctx, UUID(payload["round_id"]), progress=progress)


def _statement(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Book a bank statement; a run that was cut off has changed nothing and is repeated."""
    run_import(ctx, UUID(payload["upload"]), progress)


def _collected(ctx: Context, payload: Payload) -> None:
    """Money was posted: issue the receipt, once, and let bills in parts be due by the next part."""
    issue_receipt(ctx, Collection.from_payload(payload))
    follow_payments(ctx, [UUID(charge) for charge in payload["charges"]])


def _published(ctx: Context, payload: Payload) -> None:
    """Bills are out: tell the families, once a round."""
    announce(ctx, UUID(payload["round_id"]))


TASKS = [Task(PUBLISH_TASK, _publish), Task(IMPORT_TASK, _statement, lease=timedelta(minutes=2))]
SUBSCRIBERS = [
    Subscriber(PAYMENTS_COLLECTED, "finance.receipts", _collected),
    Subscriber(ROUND_PUBLISHED, "finance.announce", _published),
]
