"""Beginning to pay: once for each key of the payer, however often it is asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from core import audit
from core.data.context import Context
from core.data.types import new_id
from core.payments import channels, providers
from core.payments.booking.allocation import lock_people
from core.payments.charges.read import ChargeRow
from core.payments.charges.read import get as get_charges
from core.payments.port import Attempt, Order, Redirect, Transfer
from core.payments.reference import make_reference
from core.payments.rules import POLL_AFTER
from core.types.errors import Conflict, Invalid, NotFound
from core.types.message import _
from core.work.queue import enqueue

from .read import by_key, to_port

LIFETIME = timedelta(minutes=15)
PAY_URL = "pay_url"
"""Key of an attempt's data: where its order was made (`ordering`)."""
POLL = "payments.poll"
"""The task that asks a provider about an attempt."""


@dataclass(frozen=True, slots=True)
class Started:
    """An attempt and what the payer has to do. `again` is true when the key had been used for it before."""

    id: UUID
    reference: str
    amount: int
    action: Redirect | Transfer | Order
    expires_at: datetime
    again: bool


_PREFIX = text("SELECT payment_prefix FROM core_school WHERE id = :school")
_REGISTER = text(
    "INSERT INTO core_payment_reference (school_id, reference, kind, target_id, person_id, created_at) "
    "VALUES (:school, :reference, 'attempt', :id, :person, :now) ON CONFLICT DO NOTHING RETURNING reference"
)
_INSERT = text(
    """
INSERT INTO core_payment_attempt (id, school_id, reference, person_id, channel_id, lines, amount, currency, description,
  key, request_hash, locale, payer_ip, return_url, created_at, expires_at, expired, given_up, provider_data, status,
  captured, refunded)
VALUES (:id, :school, :reference, :person, :channel, :lines, :amount, 'VND', :description, :key, :hash, :locale, :ip,
  :return_url, :now, :expires_at, false, false, :remember, 'created', 0, 0)
"""
).bindparams(bindparam("lines", type_=JSONB), bindparam("remember", type_=JSONB))


def start(
    ctx: Context,
    channel_id: UUID,
    charge_ids: Sequence[UUID],
    *,
    key: str,
    amounts: Mapping[UUID, int] | None = None,
    description: str = "",
    return_url: str = "",
    payer_ip: str = "127.0.0.1",
    locale: str = "vi",
    lifetime: timedelta = LIFETIME,
) -> Started:
    """Begin to pay charges over a channel; the amount is what they still owe together, or a part of it.

    The caller has checked that these charges are the payer's business. Needs `payments.pay`. The same `key` gives the
    same attempt; charges may belong to several persons of the family. `{reference}` in `return_url` becomes the
    attempt's reference.

    Args:
        amounts: dong to be paid now of charges that are not paid whole; never more than they owe.

    Raises:
        Conflict: when nothing is owed any more, or the key was used for something else.
        Invalid: when the channel cannot carry the payment, or a part is not above zero.
    """
    ctx.require("payments.pay")
    channel = channels.load(ctx, channel_id)
    provider = providers.get(channel.provider)
    if not channel.enabled or provider.flow == "notifier":
        raise Invalid(_("This way of paying is not offered."))
    parts = dict(amounts or {})
    if any(part <= 0 for part in parts.values()):
        raise Invalid(_("The amount must be more than zero."))
    digest = _digest(channel_id, charge_ids, parts)
    before = _again(ctx, channel, key, digest)
    if before is not None:
        return before
    charges = _locked_charges(ctx, charge_ids)
    before = _again(ctx, channel, key, digest)  # begun by a twin of this request while we waited for the lock
    if before is not None:
        return before
    now_paid = {c.id: min(c.owed, parts.get(c.id, c.owed)) for c in charges if c.owed > 0}
    lines = [
        {"charge": str(c.id), "person": str(c.person_id), "amount": now_paid[c.id]} for c in charges if c.id in now_paid
    ]
    if not lines:
        raise Conflict(_("Nothing is left to pay here."), code="nothing_owed")
    attempt_id, now = new_id(), ctx.now()
    person = UUID(str(lines[0]["person"]))
    reference = _reference(ctx, attempt_id, person)
    return_url = return_url.replace("{reference}", reference)
    attempt = Attempt(
        id=attempt_id,
        reference=reference,
        amount=sum(now_paid.values()),
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


def _digest(channel_id: UUID, charge_ids: Sequence[UUID], parts: Mapping[UUID, int]) -> str:
    request: list[object] = [str(channel_id), sorted(str(charge) for charge in charge_ids)]
    if parts:
        request.append(sorted([str(charge), part] for charge, part in parts.items()))
    return hashlib.sha256(json.dumps(request).encode()).hexdigest()


def _again(ctx: Context, channel: channels.Channel, key: str, digest: str) -> Started | None:
    row = by_key(ctx, key)
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


def prepare(channel: channels.Channel, attempt: Attempt) -> Redirect | Transfer | Order:
    """What the payer has to do: pure, the same for the same attempt."""
    if PAY_URL in attempt.provider_data:
        return Redirect(attempt.provider_data[PAY_URL])
    try:
        return providers.get(channel.provider).prepare(attempt, channel.config)
    except ValueError as error:
        raise Invalid(_("This way of paying cannot carry the payment.")) from error


def _ascii(description: str) -> str:
    return "".join(char for char in description if char.isascii() and (char.isalnum() or char == " "))
