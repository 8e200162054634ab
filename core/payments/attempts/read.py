"""Attempts as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from core.data.context import Context
from core.payments.port import Attempt
from core.payments.rules import Share, Status
from core.types.errors import NotFound


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
_BY_ID = text(f"SELECT {_COLUMNS} FROM core_payment_attempt WHERE school_id = :school AND id = :id")  # noqa: S608
_BY_KEY = text(f"SELECT {_COLUMNS} FROM core_payment_attempt WHERE school_id = :school AND key = :key")  # noqa: S608
_FIND = text("SELECT id FROM core_payment_attempt WHERE school_id = :school AND reference = :reference")


def load(ctx: Context, attempt_id: UUID) -> Row[Any]:
    """The stored row, unlocked."""
    row = ctx.session.execute(_BY_ID, {"school": ctx.school_id, "id": attempt_id}).one_or_none()
    if row is None:
        raise NotFound()
    return row


def by_key(ctx: Context, key: str) -> Row[Any] | None:
    """The stored row that a payer's key has begun, if there is one."""
    return ctx.session.execute(_BY_KEY, {"school": ctx.school_id, "key": key}).one_or_none()


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


def by_reference(ctx: Context, reference: str) -> AttemptView:
    """The attempt that a payer comes back with."""
    found: UUID | None = ctx.session.scalar(_FIND, {"school": ctx.school_id, "reference": reference})
    if found is None:
        raise NotFound()
    return view(ctx, found)


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
