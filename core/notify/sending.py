"""The worker's part: from a message to its channels, one try after the other.

A message that was written stays written: nothing here can take it back. Each delivery is one job at a time; the network
is asked while no transaction is open, under the delivery's id, so that a repeated try is seen as the same message.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from core import settings
from core.data.context import Context
from core.data.i18n import translator
from core.types.contributions import Outside, Payload, Progress
from core.types.message import Message
from core.work.queue import enqueue, enqueue_many

from . import channels
from .port import Accepted, Declined, Later, Letter, NotificationChannel
from .quiet import send_at

log = logging.getLogger(__name__)
DELIVER = "core.message.deliver"
MOST_TRIES = 10
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=6)
# Only persons who can be reached by it and have not said no; an account's person at the school has the address.
_SPREAD = text("""
    INSERT INTO core_message_delivery (id, school_id, message_id, channel, state, tries, reason, cost, changed_at)
    SELECT uuidv7(), m.school_id, m.id, :channel, 'waiting', 0, '', 0, :now
      FROM core_message m
      LEFT JOIN core_account_person a ON a.school_id = m.school_id
       AND (a.person_id = m.person_id OR a.account_id = m.account_id)
      JOIN core_person p ON p.id = COALESCE(m.person_id, a.person_id)
      LEFT JOIN core_message_choice c ON c.school_id = m.school_id AND c.account_id = a.account_id
       AND c.channel = :channel
     WHERE m.school_id = :school AND m.batch = :batch AND c.wanted IS NOT FALSE
       AND CASE WHEN :reaches = 'phone' THEN cardinality(p.phones) > 0 ELSE p.email <> '' END
    ON CONFLICT (message_id, channel) DO NOTHING
    RETURNING id
""")
_DONE = text("UPDATE core_message SET batch = NULL WHERE school_id = :school AND batch = :batch")
_LETTER = text("""
    SELECT d.id, d.channel, d.state, d.tries, m.kind, m.title, m.text, m.url, m.created_at,
           p.phones, p.email, COALESCE(k.locale, 'vi') AS locale
      FROM core_message_delivery d
      JOIN core_message m ON m.id = d.message_id
      LEFT JOIN core_account_person a ON a.school_id = m.school_id
       AND (a.person_id = m.person_id OR a.account_id = m.account_id)
      LEFT JOIN core_account k ON k.id = a.account_id
      JOIN core_person p ON p.id = COALESCE(m.person_id, a.person_id)
     WHERE d.school_id = :school AND d.id = :id
     FOR UPDATE OF d
""")
_RECORD = text("""
    UPDATE core_message_delivery
       SET state = :state, tries = tries + 1, reference = COALESCE(:reference, reference), reason = :reason,
           cost = :cost, changed_at = :now
     WHERE school_id = :school AND id = :id AND state = 'waiting' RETURNING tries
""")


def spread(ctx: Context, payload: Payload, progress: Progress) -> None:
    """One delivery for each message of a batch and each channel that the school uses."""
    values = {"school": ctx.school_id, "batch": UUID(payload["batch"]), "now": ctx.now()}
    for channel in channels.in_use(ctx):
        found = ctx.session.execute(_SPREAD, {**values, "channel": channel.name, "reaches": channel.reaches})
        enqueue_many(ctx, DELIVER, [{"delivery": str(id)} for id in found.scalars()])
    ctx.session.execute(_DONE, values)


def deliver(ctx: Context, payload: Payload, progress: Progress) -> Outside | None:
    """Send one message through one channel."""
    id = UUID(payload["delivery"])
    row = ctx.session.execute(_LETTER, {"school": ctx.school_id, "id": id}).one_or_none()
    if row is None or row.state != "waiting":
        return None
    channel = channels.installed().get(row.channel)
    if channel is None or channel not in channels.in_use(ctx):
        _record(ctx, id, Declined("the channel is not in use"))
        return None
    later = _quiet_until(ctx)
    if later is not None:
        enqueue(ctx, DELIVER, payload, run_at=later)
        return None
    address = row.email if channel.reaches == "email" else next(iter(row.phones), "")
    if not address:
        _record(ctx, id, Declined("no address any more"))
        return None
    letter, config, client = _letter(row, channel, address), channels.config_of(ctx, channel), channels.client(channel)

    def call() -> Accepted | Declined | Later:
        try:
            return channel.send(letter, config, client)
        except Exception as error:  # the port says that it never raises; a mistake there must not lose the message
            log.error("channel %s failed: %s", channel.name, type(error).__name__)
            return Later("the channel failed")

    return Outside(call, lambda then, answer: _record(then, id, answer))


def _record(ctx: Context, id: UUID, answer: Accepted | Declined | Later) -> None:
    """What became of one try; a message that was not taken is tried again, each time later."""
    values: dict[str, Any] = {"school": ctx.school_id, "id": id, "now": ctx.now(), "reference": None, "cost": 0}
    match answer:
        case Accepted():
            values |= {"state": "accepted", "reference": answer.reference, "cost": answer.cost, "reason": ""}
        case Declined():
            values |= {"state": "declined", "reason": answer.reason}
        case Later():
            values |= {"state": "waiting", "reason": answer.reason}
    tries = ctx.session.execute(_RECORD, values).scalar_one_or_none()
    if tries is None or not isinstance(answer, Later):
        return
    if tries >= MOST_TRIES:
        ctx.session.execute(_RECORD, {**values, "state": "failed"})
        return
    wait = min(_FIRST_WAIT * 2 ** (tries - 1), _LONGEST_WAIT)
    enqueue(ctx, DELIVER, {"delivery": str(id)}, run_at=ctx.now() + max(wait, answer.after))


def _quiet_until(ctx: Context) -> datetime | None:
    begins, ends = settings.get(ctx, "notify.quiet_from"), settings.get(ctx, "notify.quiet_until")
    return send_at(ctx.now(), int(begins) % 24, int(ends) % 24)


def _letter(row: Row[Any], channel: NotificationChannel, address: str) -> Letter:
    """The message in the reader's language; one that is too long for the channel is its title."""
    say = translator(row.locale)
    title, body = Message.from_json(row.title).render(say), Message.from_json(row.text).render(say)
    fits = body if len(body) <= channel.longest else title[: channel.longest]
    return Letter(row.id, address, title, fits, row.url, row.kind, row.locale, row.created_at)
