"""The job that delivers one message, and what follows from the answer."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select

from core.data.context import Context
from core.types.contributions import Outside, Payload, Progress
from core.types.ids import new_id
from core.work.queue import enqueue

from . import bound, sender, signing
from .endpoints import row_of, secrets_of, set_stopped
from .messages import DELIVER, PING
from .models import WebhookMessage, WebhookTry
from .sender import Answer

WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""Between tries, as the specification recommends (section "Deliverability and reliability"); a tenth more or less."""
GIVE_UP = timedelta(days=5)
"""An address that has failed for so long is stopped."""
_GONE = 410
_LONGEST = 24 * 3600


def deliver(ctx: Context, payload: Payload, progress: Progress) -> Outside | None:
    """Send a webhook message; tried again by a later job when it is not taken."""
    id = UUID(payload["message"])
    message = ctx.session.scalar(select(WebhookMessage).where(WebhookMessage.id == id))
    if message is None or message.state != "pending":
        return None  # swept up, or delivered by a job that was asked for twice
    endpoint = row_of(ctx, message.endpoint_id)
    if endpoint.stopped and message.event != PING:
        message.state, message.next_at = "failed", None
        return None
    body = message.body.encode()
    headers = signing.headers(name_of(id), ctx.now(), body, secrets_of(endpoint, ctx.now()))
    post = partial(sender.post, endpoint.url, body, headers, loopback=bound.loopback())
    return Outside(post, partial(_then, id))


def name_of(message_id: UUID) -> str:
    """The `webhook-id` of a message."""
    return f"msg_{message_id.hex}"


def _then(id: UUID, ctx: Context, answer: Answer) -> None:
    message = ctx.session.scalar(select(WebhookMessage).where(WebhookMessage.id == id).with_for_update())
    if message is None:
        return
    endpoint = row_of(ctx, message.endpoint_id, lock=True)
    ctx.session.add(
        WebhookTry(
            id=new_id(),
            school_id=message.school_id,
            message_id=id,
            at=ctx.now(),
            status=answer.status,
            fault=answer.fault,
            milliseconds=answer.milliseconds,
        )
    )
    message.tries += 1
    if answer.ok:
        message.state, message.next_at, endpoint.failing_since = "delivered", None, None
        return
    since = endpoint.failing_since = endpoint.failing_since or ctx.now()
    if answer.status == _GONE:
        set_stopped(ctx, endpoint, "gone")
    elif ctx.now() - since >= GIVE_UP:
        set_stopped(ctx, endpoint, "failing")
    if endpoint.stopped or message.event == PING or message.tries > len(WAITS):
        message.state, message.next_at = "failed", None
        return
    message.next_at = ctx.now() + wait(message.tries, answer.retry_after)
    enqueue(ctx, DELIVER, {"message": str(id)}, run_at=message.next_at)


def wait(tries: int, retry_after: int | None = None) -> timedelta:
    """How long to wait after this many tries: never less than the receiver asked for, at most a day for that."""
    planned = WAITS[tries - 1] * random.uniform(0.9, 1.1)  # noqa: S311  (spreads load, keeps no secret)
    return max(planned, timedelta(seconds=min(retry_after or 0, _LONGEST)))
