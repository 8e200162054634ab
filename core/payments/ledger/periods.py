"""Accounting periods: one is open; closing freezes it (invariant I14)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.data.types import local_date, new_id
from core.types.errors import Conflict
from core.types.message import _

_FIND = text("SELECT id FROM core_accounting_period WHERE school_id = :school AND state = 'open'")
_MAKE = text(
    """
INSERT INTO core_accounting_period (id, school_id, name, starts_on, state)
VALUES (:id, :school, :name, :day, 'open') ON CONFLICT DO NOTHING
"""
)
_LOCK = text("SELECT id, name FROM core_accounting_period WHERE school_id = :school AND state = 'open' FOR UPDATE")
_CLOSE = text("UPDATE core_accounting_period SET state = 'closed', closed_at = :now, closed_by = :who WHERE id = :id")


def open_period(ctx: Context) -> UUID:
    """The period that bookings go to now; a school's first one is made when it is needed."""
    found: UUID | None = ctx.session.scalar(_FIND, {"school": ctx.school_id})
    if found is not None:
        return found
    day = local_date(ctx.now())
    _make(ctx, f"{day:%Y-%m}")
    made: UUID = ctx.session.execute(_FIND, {"school": ctx.school_id}).scalar_one()
    return made


def close_period(ctx: Context, next_name: str) -> UUID:
    """Freeze the open period and open the next one; returns the id of the closed one.

    Waits for bookings under way; those that come later are refused by the database and, repeated, land in the new
    period. Needs `payments.period.close`.
    """
    ctx.require("payments.period.close")
    open_period(ctx)
    row = ctx.session.execute(_LOCK, {"school": ctx.school_id}).one_or_none()
    if row is None or row.name == next_name:
        raise Conflict(_("This period has just been closed by somebody else."))
    ctx.session.execute(_CLOSE, {"id": row.id, "now": ctx.now(), "who": ctx.actor.name})
    _make(ctx, next_name)
    closed: UUID = row.id
    return closed


def _make(ctx: Context, name: str) -> None:
    values = {"id": new_id(), "school": ctx.school_id, "name": name, "day": local_date(ctx.now())}
    ctx.session.execute(_MAKE, values)
