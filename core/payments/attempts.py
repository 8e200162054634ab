"""Attempts to pay: begun by a payer, ended by evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from core import audit
from core.data.context import Context
from core.data.types import new_id
from core.types.errors import Conflict, Invalid, NotFound
from core.types.message import _
from core.work.queue import enqueue

from . import channels, providers
from .booking.allocation import lock_people
from .charges.read import ChargeRow
from .charges.read import get as get_charges
from .port import Attempt, Redirect, Transfer
from .reference import make_reference
from .rules import POLL_AFTER, Share, Status

LIFETIME = timedelta(minutes=15)
POLL = "payments.poll"
"""The task that asks a provider about an attempt."""


@dataclass(frozen=True, slots=True)
class Started:
    """An attempt and what the payer has to do. `again` is true when the key had been used for it before."""

    id: UUID
    reference: str
    amount: int
    action: Redirect | Transfer
    expires_at: datetime
    again: bool


@dataclass(frozen=True, slots=True)
class AttemptView:
    """Where an attempt stands, for pages."""

    id: UUID
    reference: str
    channel_id: UUID
    person_id: UUID
    amount: int
    status: Status
    captured: int
    refunded: int
    created_at: datetime
    expires_at: datetime
    shares: tuple[Share, ...]


_COLUMNS = (
    "id, reference, person_id, channel_id, lines, amount, currency, description, key, request_hash, "
    "locale, payer_ip, "
    "return_url, created_at, expires_at, expired, given_up, provider_data, status, captured, refunded"
)
_BY_KEY = text(f"SELECT {_COLUMNS} FROM core_payment_attempt WHERE school_id = :school AND key = :key")  # noqa: S608
_BY_ID = text(f"SELECT {_COLUMNS} FROM core_payment_attempt WHERE school_id = :school AND id = :id")  # noqa: S608
_PREFIX = text("SELECT payment_prefix FROM core_school WHERE id = :school")
_REGISTER = text(
    "INSERT INTO core_payment_reference (school_id, reference, kind, target_id, person_id, created_at) "
    "VALUES (:school, :reference, 'attempt', :id, :person, :now) ON CONFLICT DO NOTHING RETURNING reference"
)
_INSERT = text(
    """
INSERT INTO core_payment_attempt (id, school_id, reference, person_id, channel_id, lines, amount, currency,
description,
  key, request_hash, locale, payer_ip, return_url, created_at, expires_at, expired, given_up,
  provider_data, status,
  captured, refunded)
VALUES (:id, :school, :reference, :person, :channel, :lines, :amount, 'VND', :description, :key, :hash,
:locale, :ip,
  :return_url, :now, :expires_at, false, false, :remember, 'created', 0, 0)
"""
).bindparams(bindparam("lines", type_=JSONB), bindparam("remember", type_=JSONB))


def start(
    ctx: Context,
    channel_id: UUID,
    charge_ids: Sequence[UUID],
    *,
    key: str,
    description: str = "",
    return_url: str = "",
    payer_ip: str = "127.0.0.1",
    locale: str = "vi",
    lifetime: timedelta = LIFETIME,
) -> Started:
    """Begin to pay charges over a channel; the amount is what they still owe together.

    The caller has checked that these charges are the payer's business. Needs `payments.pay`. The same
    `key` gives the
    same attempt; charges may belong to several persons of the family. `{reference}` in `return_url`
    becomes the
    attempt's reference.

    Raises:
        Conflict: when nothing is owed any more, or the key was used for something else.
        Invalid: when the channel cannot carry the payment.
    """
    ctx.require("payments.pay")
    channel = channels.load(ctx, channel_id)
    provider = providers.get(channel.provider)
    if not channel.enabled or provider.flow == "notifier":
        raise Invalid(_("This way of paying is not offered."))
    digest = _digest(channel_id, charge_ids)
    before = _again(ctx, channel, key, digest)
    if before is not None:
        return before
    charges = _locked_charges(ctx, charge_ids)
    before = _again(ctx, channel, key, digest)  # begun by a twin of this request while we waited for the lock
    if before is not None:
        return before
    lines = [{"charge": str(c.id), "person": str(c.person_id), "amount": c.owed} for c in charges if c.owed > 0]
    if not lines:
        raise Conflict(_("Nothing is left to pay here."), code="nothing_owed")
    attempt_id, now = new_id(), ctx.now()
    person = UUID(str(lines[0]["person"]))
    reference = _reference(ctx, attempt_id, person)
    return_url = return_url.replace("{reference}", reference)
    attempt = Attempt(
        id=attempt_id,
        reference=reference,
        amount=sum(c.owed for c in charges),
        currency="VND",
        description=_ascii(description) or "Thanh toan",
        created_at=now,
        expires_at=now + lifetime,
        locale=locale,
        payer_ip=payer_ip,
        return_url=return_url,
    )
    action = prepare(channel, attempt)
    ctx.session.execute(
        _INSERT,
        {
            "id": attempt_id,
            "school": ctx.school_id,
            "reference": attempt.reference,
            "person": person,
            "channel": channel.id,
            "lines": lines,
            "amount": attempt.amount,
            "description": attempt.description,
            "key": key,
            "hash": digest,
            "locale": locale,
            "ip": payer_ip,
            "return_url": return_url,
            "now": now,
            "expires_at": attempt.expires_at,
            "remember": dict(action.remember),
        },
    )
    if provider.supports_query:
        enqueue(ctx, POLL, {"attempt": str(attempt_id), "step": 0}, run_at=now + POLL_AFTER[0])
    detail = {"channel": str(channel.id), "amount": attempt.amount, "reference": attempt.reference}
    audit.record(ctx, "payments.attempt.started", target=("payment_attempt", attempt_id), detail=detail)
    return Started(attempt_id, attempt.reference, attempt.amount, action, attempt.expires_at, again=False)


def _digest(channel_id: UUID, charge_ids: Sequence[UUID]) -> str:
    request = [str(channel_id), sorted(str(charge) for charge in charge_ids)]
    return hashlib.sha256(json.dumps(request).encode()).hexdigest()


def _again(ctx: Context, channel: channels.Channel, key: str, digest: str) -> Started | None:
    row = ctx.session.execute(_BY_KEY, {"school": ctx.school_id, "key": key}).one_or_none()
    if row is None:
        return None
    if row.request_hash != digest:
        raise Conflict(_("This request was made before with other content."), code="key_reused")
    attempt = to_port(row)
    return Started(row.id, row.reference, row.amount, prepare(channel, attempt), row.expires_at, again=True)


def _locked_charges(ctx: Context, charge_ids: Sequence[UUID]) -> list[ChargeRow]:
    """The charges, read while nobody else can move their persons' money."""
    people = {charge.person_id for charge in get_charges(ctx, charge_ids)}
    lock_people(ctx, people)
    charges = get_charges(ctx, charge_ids)
    if not charges or len(charges) != len(set(charge_ids)):
        raise NotFound()
    return charges


def _reference(ctx: Context, attempt_id: UUID, person: UUID) -> str:
    prefix = ctx.session.execute(_PREFIX, {"school": ctx.school_id}).scalar_one()
    values = {"school": ctx.school_id, "id": attempt_id, "person": person, "now": ctx.now()}
    for _round in range(5):
        found: str | None = ctx.session.execute(
            _REGISTER, {**values, "reference": make_reference(prefix)}
        ).scalar_one_or_none()
        if found is not None:
            return found
    raise Conflict(_("No free payment reference was found. Please try again."))


def prepare(channel: channels.Channel, attempt: Attempt) -> Redirect | Transfer:
    """What the payer has to do: pure, the same for the same attempt."""
    try:
        return providers.get(channel.provider).prepare(attempt, channel.config)
    except ValueError as error:
        raise Invalid(_("This way of paying cannot carry the payment.")) from error


def _ascii(description: str) -> str:
    return "".join(char for char in description if char.isascii() and (char.isalnum() or char == " "))


def to_port(row: Row[Any]) -> Attempt:
    """What an adapter may know of a stored attempt."""
    return Attempt(
        id=row.id,
        reference=row.reference,
        amount=row.amount,
        currency=row.currency,
        description=row.description,
        created_at=row.created_at,
        expires_at=row.expires_at,
        locale=row.locale,
        payer_ip=row.payer_ip,
        return_url=row.return_url,
        provider_data=row.provider_data,
    )


def load(ctx: Context, attempt_id: UUID) -> Row[Any]:
    """The stored row, unlocked."""
    row = ctx.session.execute(_BY_ID, {"school": ctx.school_id, "id": attempt_id}).one_or_none()
    if row is None:
        raise NotFound()
    return row


def view(ctx: Context, attempt_id: UUID) -> AttemptView:
    """Where an attempt stands. The caller has checked that the reader may know."""
    row = load(ctx, attempt_id)
    return AttemptView(
        id=row.id,
        reference=row.reference,
        channel_id=row.channel_id,
        person_id=row.person_id,
        amount=row.amount,
        status=Status(row.status),
        captured=row.captured,
        refunded=row.refunded,
        created_at=row.created_at,
        expires_at=row.expires_at,
        shares=tuple(Share(UUID(x["charge"]), UUID(x["person"]), x["amount"]) for x in row.lines),
    )


_FIND = text("SELECT id FROM core_payment_attempt WHERE school_id = :school AND reference = :reference")
_REMEMBER = text(
    "UPDATE core_payment_attempt SET provider_data = provider_data || CAST(:data AS jsonb) "
    "WHERE school_id = :school AND id = :id"
)


def by_reference(ctx: Context, reference: str) -> AttemptView:
    """The attempt that a payer comes back with."""
    found: UUID | None = ctx.session.scalar(_FIND, {"school": ctx.school_id, "reference": reference})
    if found is None:
        raise NotFound()
    return view(ctx, found)


def remember(ctx: Context, attempt_id: UUID, data: Mapping[str, str]) -> None:
    """Keep what a provider answered when an order was made there; its notice may have come before."""
    values = {"school": ctx.school_id, "id": attempt_id, "data": json.dumps(dict(data))}
    ctx.session.execute(_REMEMBER, values)


_EXPIRE = text(
    """
WITH late AS (
  SELECT id FROM core_payment_attempt WHERE school_id = :school AND NOT expired AND expires_at <= :now
   ORDER BY id FOR NO KEY UPDATE)
UPDATE core_payment_attempt a
   SET expired = true, status = CASE WHEN a.status IN ('created', 'pending') THEN 'expired' ELSE a.status END
  FROM late WHERE a.id = late.id
"""
)


def expire(ctx: Context) -> int:
    """Mark attempts whose time is over; money that comes later is booked all the same. Returns how many."""
    result = ctx.session.connection().execute(_EXPIRE, {"school": ctx.school_id, "now": ctx.now()})
    return result.rowcount
