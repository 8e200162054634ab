"""Background jobs and reactions to events."""

from __future__ import annotations

from uuid import UUID

from core.sdk import Context, Payload, Progress, Subscriber, Task

from .events import PAYMENTS_COLLECTED
from .services.publish import PUBLISH_TASK, publish
from .services.receipts import Collection, issue_receipt


def _publish(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Publish a round; a run that was cut off has changed nothing and is repeated."""
    publish(ctx, UUID(payload["round_id"]), progress=progress)


def _collected(ctx: Context, payload: Payload) -> None:
    """Money was posted: issue the receipt, once."""
    issue_receipt(ctx, Collection.from_payload(payload))


TASKS = [Task(PUBLISH_TASK, _publish)]
SUBSCRIBERS = [Subscriber(PAYMENTS_COLLECTED, "finance.receipts", _collected)]
