"""The door for providers: verify, store, commit, and only then acknowledge (design, promise 1; payments.md, section 1).

Whatever happens after the commit can be repeated by a worker; whatever happens before it makes the provider call again.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.data.context import Context
from core.data.direct import direct
from core.data.session import Database
from core.data.types import local_date, new_id
from core.types.actor import system_actor
from core.types.clock import Clock, utc_now
from core.work.queue import enqueue

from . import channels
from .abilities import Recalling
from .channels import Channel
from .facts import to_json
from .port import Answer, Fact, FactKind, Notice, Outcome, PaymentProvider, Refused, Verified
from .rules import MONEY_IN

log = logging.getLogger(__name__)

PROCESS = "payments.inbox"
"""The task that books a stored message."""
MAX_BYTES = 64 * 1024
"""Of query and body together; every protocol here needs a few kB."""
_KEPT_HEADERS = frozenset({"content-type", "user-agent", "x-forwarded-for"})
_AWAY = (OperationalError, InterfaceError, PoolTimeout)
_TOO_LARGE = Answer(413, '{"error":"too_large"}')
_NOBODY = Answer(404, '{"error":"unknown_channel"}')
_DOWN = Answer(503, '{"error":"try_again"}')

_STORE = """
WITH stored AS (
  INSERT INTO core_provider_inbox (id, school_id, channel_id, provider, dedupe, method, headers, query, body, source_ip,
    facts, received_at, state, error, tries)
  VALUES (%(id)s, %(school)s, %(channel)s, %(provider)s, %(dedupe)s, %(method)s, %(headers)s::jsonb, %(query)s,
    %(body)s, %(ip)s, %(facts)s::jsonb, %(received_at)s, 'received', '', 0)
  ON CONFLICT (channel_id, dedupe) DO NOTHING RETURNING id)
SELECT (SELECT id FROM stored) AS stored,
       (SELECT jsonb_object_agg(reference, jsonb_build_array(amount, currency, channel_id))
          FROM core_payment_attempt
         WHERE school_id = %(school)s AND reference = ANY(%(references)s::text[])) AS attempts
"""
_EARLIER = text("SELECT facts FROM core_provider_inbox WHERE channel_id = :channel AND dedupe = :dedupe")
_GIST = ("kind", "provider_txn", "amount", "currency", "reference", "memo")


def receive(
    db: Database, provider: PaymentProvider, channel: Channel, notice: Notice, *, clock: Clock = utc_now
) -> Answer:
    """Take a message from outside and say what the provider is to be answered.

    Stored and committed before the answer exists; booking is a job that a worker takes at once. A refused message
    leaves a digest in the log and a number in a counter, nothing that could touch an order.
    """
    if _too_large(notice):
        return _TOO_LARGE
    read = provider.receive(notice, channel.config)
    try:
        with db.context(system_actor("payments"), channel.school_id, clock=clock) as ctx:
            outcome = _kept(ctx, provider, channel, notice, read)
    except _AWAY:
        return _away(channel.id, provider)
    return provider.answer(outcome, read if isinstance(read, Refused) else None)


def receive_at(
    db: Database,
    providers: Mapping[str, PaymentProvider],
    channel_id: UUID,
    notice: Notice,
    *,
    clock: Clock = utc_now,
) -> Answer:
    """`receive` for the address `/notices/<channel>`. A channel that is switched off still takes late money.

    One transaction: it begins with the question whose channel that is, and ends with the message stored.
    """
    if _too_large(notice):
        return _TOO_LARGE
    provider: PaymentProvider | None = None
    try:
        with channels.entered(db, channel_id, clock=clock) as found:
            if found is None:
                return _NOBODY
            ctx, channel = found
            provider = providers.get(channel.provider)
            if provider is None:
                return _DOWN
            read = provider.receive(notice, channel.config)
            outcome = _kept(ctx, provider, channel, notice, read)
    except _AWAY:
        return _away(channel_id, provider)
    return provider.answer(outcome, read if isinstance(read, Refused) else None)


def _too_large(notice: Notice) -> bool:
    return len(notice.query) + len(notice.body) > MAX_BYTES


def _kept(
    ctx: Context, provider: PaymentProvider, channel: Channel, notice: Notice, read: Verified | Refused
) -> Outcome:
    if isinstance(read, Refused):
        _count(ctx, channel, notice, read)
        return Outcome.REFUSED
    return store(ctx, provider.flow == "redirect", channel, notice, read)


def _away(channel_id: UUID, provider: PaymentProvider | None) -> Answer:
    """Nothing was stored: in the service's own words, where it has any, it is to call again."""
    log.warning("a notice of channel %s could not be stored: the database does not answer", channel_id)
    return provider.call_again() if isinstance(provider, Recalling) else _DOWN


def store(ctx: Context, redirect: bool, channel: Channel, notice: Notice, read: Verified) -> Outcome:
    """Put a verified message into the inbox, with the job that books it, in the transaction of `ctx`.

    A number that comes again with another content is another message (a notifier that counts from one again after a
    restart): it is stored beside the first under a number of its own, and the booking tells whether it is money.
    """
    inbox_id = new_id()
    facts = [to_json(fact) for fact in read.facts]
    row = direct(
        ctx,
        _STORE,
        {
            "id": inbox_id,
            "school": channel.school_id,
            "channel": channel.id,
            "provider": channel.provider,
            "dedupe": read.dedupe,
            "method": notice.method,
            "headers": json.dumps({k: v for k, v in notice.headers.items() if _keep(k)}),
            "query": notice.query,
            "body": notice.body,
            "ip": notice.remote_addr,
            "facts": json.dumps(facts),
            "received_at": notice.received_at,
            "references": [fact.reference for fact in read.facts if fact.reference],
        },
    ).fetchone()
    stored, attempts = row or (None, None)
    if stored is None:
        earlier = ctx.session.scalar(_EARLIER, {"channel": channel.id, "dedupe": read.dedupe})
        said = _gist(facts)
        if earlier is None or _gist(earlier) == said:
            return Outcome.DUPLICATE
        digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
        return store(ctx, redirect, channel, notice, Verified(f"{read.dedupe}#{digest}", read.facts))
    enqueue(ctx, PROCESS, {"inbox": str(inbox_id)}, key=str(inbox_id))
    return _outcome(read.facts, attempts or {}, channel.id) if redirect else Outcome.RECORDED


def _gist(facts: list[dict[str, Any]]) -> list[list[Any]]:
    """What makes two messages the same: everything but times and what support may need."""
    return [[fact[name] for name in _GIST] for fact in facts]


def _keep(header: str) -> bool:
    """Signatures and times are kept to replay a verification; cookies and keys are not."""
    return header in _KEPT_HEADERS or (header.startswith("x-") and "key" not in header)


def _outcome(facts: tuple[Fact, ...], attempts: dict[str, list[Any]], channel_id: UUID) -> Outcome:
    """How a redirect provider's facts compare with what we asked for."""
    for fact in facts:
        asked = attempts.get(fact.reference or "")
        if asked is None or asked[2] != str(channel_id):
            return Outcome.UNKNOWN_REFERENCE
        compared = fact.kind in MONEY_IN or fact.kind in (FactKind.REVIEW, FactKind.FAILED, FactKind.PENDING)
        if compared and (fact.amount, fact.currency) != (asked[0], asked[1]):
            return Outcome.WRONG_AMOUNT
    return Outcome.RECORDED


_COUNT = text(
    """
INSERT INTO core_notice_refusal AS r (school_id, channel_id, day, reason, count, last_digest, last_at)
VALUES (:school, :channel, :day, :reason, 1, :digest, :now)
ON CONFLICT (channel_id, day, reason) DO UPDATE SET count = r.count + 1, last_digest = :digest, last_at = :now
"""
)


def _count(ctx: Context, channel: Channel, notice: Notice, refused: Refused) -> None:
    digest = hashlib.sha256(notice.query + b"\n" + notice.body).hexdigest()
    log.warning("notice of channel %s refused: %s (%s), sha256 %s", channel.id, refused.reason, refused.detail, digest)
    ctx.session.execute(
        _COUNT,
        {
            "school": channel.school_id,
            "channel": channel.id,
            "day": local_date(ctx.now()),
            "reason": refused.reason.value,
            "digest": digest,
            "now": ctx.now(),
        },
    )
