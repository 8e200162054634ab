"""What changes of an attempt without evidence: an answer to keep, and its time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context

_REMEMBER = text(
    "UPDATE core_payment_attempt SET provider_data = provider_data || CAST(:data AS jsonb) "
    "WHERE school_id = :school AND id = :id"
)
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


def remember(ctx: Context, attempt_id: UUID, data: Mapping[str, str]) -> None:
    """Keep what a provider answered when an order was made there; its notice may have come before."""
    values = {"school": ctx.school_id, "id": attempt_id, "data": json.dumps(dict(data))}
    ctx.session.execute(_REMEMBER, values)


def expire(ctx: Context) -> int:
    """Mark attempts whose time is over; money that comes later is booked all the same. Returns how many."""
    result = ctx.session.connection().execute(_EXPIRE, {"school": ctx.school_id, "now": ctx.now()})
    return result.rowcount
