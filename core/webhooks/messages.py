"""Messages for addresses: made from events, sent again by people, swept up after a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

import msgspec
from sqlalchemy import select, text

from core import audit
from core.data.context import Context
from core.data.types import new_id
from core.types.contributions import Payload, Progress
from core.types.errors import NotFound
from core.work.queue import enqueue, enqueue_many

from . import bound
from .endpoints import MANAGE, row_of
from .models import WebhookMessage, WebhookTry

DELIVER = "core.webhooks.deliver"
PING = "core.webhooks.ping"
"""The event of a test message."""
KEEP = timedelta(days=30)
"""How long messages and the log of their delivery are kept."""
State = Literal["pending", "delivered", "failed"]

# The id is the message's for ever: receivers recognise a repetition by it.
_MAKE = text("""
    INSERT INTO core_webhook_message (id, school_id, endpoint_id, event, body, created_at)
    SELECT uuidv7(), school_id, id, :event, :body, :now FROM core_webhook_endpoint
    WHERE school_id = :school AND stopped = '' AND :event = ANY(events)
    RETURNING id
""")
_AGAIN = text("""
    UPDATE core_webhook_message SET state = 'pending', tries = 0, next_at = :now
    WHERE endpoint_id = :endpoint AND school_id = :school AND state = 'failed' AND created_at >= :since
    RETURNING id
""")
_SWEEP = text("DELETE FROM core_webhook_message WHERE created_at < :before")


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as the log shows it."""

    id: UUID
    event: str
    state: State
    tries: int
    next_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Try:
    """One line of the delivery log."""

    at: datetime
    status: int | None
    fault: str
    milliseconds: int


def pass_on(ctx: Context, told: Payload) -> None:
    """Store an event for every address of the school that wants it, and ask for the deliveries.

    Runs in the transaction that spreads the event, so each address gets exactly one message for it.
    """
    kind = bound.event_types().get(told["event"])
    if kind is None or ctx.school is None:
        return
    body = _body(ctx.school, kind.name, told["at"], kind.declared(told["payload"]))
    values = {"school": ctx.school, "event": kind.name, "body": body, "now": ctx.now()}
    made = ctx.session.execute(_MAKE, values).scalars().all()
    enqueue_many(ctx, DELIVER, [{"message": str(id)} for id in made])


def ping(ctx: Context, endpoint_id: UUID) -> UUID:
    """Send a test message to one address, also when it is stopped; returns its id. Needs `core.webhooks.manage`."""
    ctx.require(MANAGE)
    row = row_of(ctx, endpoint_id)
    id = new_id()
    body = _body(ctx.school_id, PING, ctx.now().isoformat(), {})
    message = WebhookMessage(
        id=id,
        school_id=ctx.school_id,
        endpoint_id=row.id,
        event=PING,
        body=body,
        state="pending",
        tries=0,
        next_at=None,
        created_at=ctx.now(),
    )
    ctx.session.add(message)
    ctx.session.flush()
    enqueue(ctx, DELIVER, {"message": str(id)})
    return id


def replay(ctx: Context, message_id: UUID) -> None:
    """Send one message again, whatever became of it. Raises `NotFound`."""
    ctx.require(MANAGE)
    row = _row(ctx, message_id)
    row.state, row.tries, row.next_at = "pending", 0, ctx.now()
    ctx.session.flush()
    enqueue(ctx, DELIVER, {"message": str(message_id)})
    audit.record(ctx, "core.webhooks.replayed", target=("webhook", row.endpoint_id), detail={"count": 1})


def replay_since(ctx: Context, endpoint_id: UUID, since: datetime) -> int:
    """Send again what failed since a moment; returns how many messages."""
    ctx.require(MANAGE)
    row_of(ctx, endpoint_id)
    values = {"endpoint": endpoint_id, "school": ctx.school_id, "since": since, "now": ctx.now()}
    again = ctx.session.execute(_AGAIN, values).scalars().all()
    count = enqueue_many(ctx, DELIVER, [{"message": str(id)} for id in again])
    if count:
        audit.record(ctx, "core.webhooks.replayed", target=("webhook", endpoint_id), detail={"count": count})
    return count


def sent(ctx: Context, endpoint_id: UUID, *, before: UUID | None = None, limit: int = 50) -> list[Sent]:
    """Messages of an address, newest first."""
    ctx.require(MANAGE)
    query = select(WebhookMessage).where(WebhookMessage.endpoint_id == endpoint_id)
    if before is not None:
        query = query.where(WebhookMessage.id < before)
    return [_sent(row) for row in ctx.session.scalars(query.order_by(WebhookMessage.id.desc()).limit(limit))]


def message(ctx: Context, message_id: UUID) -> tuple[Sent, UUID, str, Sequence[Try]]:
    """A message, its address, the body as sent, and the log of its tries. Raises `NotFound`."""
    ctx.require(MANAGE)
    row = _row(ctx, message_id)
    tries = ctx.session.scalars(
        select(WebhookTry).where(WebhookTry.message_id == message_id).order_by(WebhookTry.at.desc())
    )
    log = [Try(t.at, t.status, t.fault, t.milliseconds) for t in tries]
    return _sent(row), row.endpoint_id, row.body, log


def sweep(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Delete messages of webhooks, with their log, after 30 days."""
    ctx.session.execute(_SWEEP, {"before": ctx.now() - KEEP})


def _row(ctx: Context, id: UUID) -> WebhookMessage:
    row = ctx.session.scalar(select(WebhookMessage).where(WebhookMessage.id == id))
    if row is None:
        raise NotFound
    return row


def _body(school: UUID, event: str, at: str, data: dict[str, Any]) -> str:
    """Type, moment and data as the specification wants them, and the school besides."""
    return msgspec.json.encode({"type": event, "timestamp": at, "school_id": str(school), "data": data}).decode()


def _sent(row: WebhookMessage) -> Sent:
    return Sent(row.id, row.event, cast("State", row.state), row.tries, row.next_at, row.created_at)
