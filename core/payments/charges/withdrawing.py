"""Taking many charges back at once: the same entries as `cancel`, one for each charge, in a few statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, bindparam, column, func, insert, literal, select, table, text
from sqlalchemy.dialects.postgresql import JSONB

from core import audit
from core.data.bulk import refresh_statistics
from core.data.context import Context
from core.data.types import new_id
from core.payments.booking.allocation import allocate
from core.payments.ledger.entries import actor_json
from core.payments.ledger.periods import open_period
from core.payments.models import Charge
from core.types.errors import Conflict, NotFound
from core.types.message import _
from core.work import events

from .staging import MANY


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What `cancel_many` has done, in dong. `paid` is what went back to balances."""

    count: int
    due: int
    paid: int


_STAGE = text("CREATE TEMP TABLE IF NOT EXISTS staged_cancel (id uuid, person_id uuid) ON COMMIT DELETE ROWS")
_TARGET = table("staged_cancel", column("id", Uuid()), column("person_id", Uuid()))
_LOCK = text(
    "SELECT count(*) FROM (SELECT p.id FROM core_person p WHERE p.school_id = :school "
    "AND p.id IN (SELECT person_id FROM staged_cancel) ORDER BY p.id FOR NO KEY UPDATE) locked"
)
# A charge of 0 has nothing to take back; its accounts could still hold amounts that cancel out.
_CANCEL = text(
    """
WITH changed AS (
  UPDATE core_charge c SET state = 'cancelled', allocated = 0, settled_at = NULL
    FROM staged_cancel s WHERE c.id = s.id AND c.school_id = :school AND c.state <> 'cancelled'
  RETURNING c.id, c.person_id, c.due, old.allocated AS paid, c.credits),
named AS MATERIALIZED (
  SELECT uuidv7() AS entry_id, * FROM changed
   WHERE due > 0 OR EXISTS (SELECT FROM jsonb_each_text(credits) e WHERE e.value <> '0')),
entry AS (
  INSERT INTO core_journal_entry (id, school_id, source, kind, period_id, occurred_at, booked_at, actor, memo)
  SELECT entry_id, :school, 'charge:' || id || ':' || 'cancelled', 'charge.cancelled', :period, :now, :now, :actor,
         :memo
    FROM named),
posted AS (
  INSERT INTO core_posting (school_id, entry_id, account, person_id, charge_id, amount)
  SELECT :school, entry_id, e.key, NULL, NULL, e.value::bigint
    FROM named, jsonb_each_text(credits) e WHERE e.value <> '0'
  UNION ALL
  SELECT :school, entry_id, 'receivable:student', person_id, id, paid - due FROM named WHERE due > paid UNION ALL
  SELECT :school, entry_id, 'student_balance', person_id, NULL, -paid FROM named WHERE paid > 0)
SELECT count(*) AS number, coalesce(sum(due), 0)::bigint AS due, coalesce(sum(paid), 0)::bigint AS paid,
       array_agg(DISTINCT person_id) FILTER (WHERE paid > 0) AS people
  FROM changed
"""
).bindparams(bindparam("actor", type_=JSONB))


def cancel_many(ctx: Context, charges: Collection[UUID] | Select[Any], reason: str) -> Withdrawn:
    """Cancel charges for their module, whatever their number; what was paid of them becomes balance again and pays
    what these people still owe. The module has checked the right.

    Args:
        charges: ids of charges, or a SELECT of one column of ids.
        reason: for the journal.

    Raises:
        Conflict: when one of them is cancelled already; then none is.
        NotFound: when one of the ids is not a charge of the school.
    """
    staged = _stage(ctx, charges)
    ctx.session.execute(_LOCK, {"school": ctx.school_id})
    values = {"period": open_period(ctx), "now": ctx.now(), "actor": actor_json(ctx), "memo": reason}
    row = ctx.session.execute(_CANCEL, {"school": ctx.school_id, **values}).one()
    if row.number < staged:
        raise Conflict(_("This charge has been cancelled already."))
    if row.people:
        allocate(ctx, row.people)
    ctx.session.execute(text("DELETE FROM staged_cancel"))
    batch = new_id()
    detail = {"count": row.number, "due": row.due, "paid": row.paid, "reason": reason}
    audit.record(ctx, "payments.charges.cancelled", target=("charge_batch", batch), detail=detail)
    events.emit(ctx, "payments.charges.cancelled", {"batch": str(batch), "count": row.number})
    if row.number >= MANY:
        refresh_statistics(ctx, "core_charge", "core_ledger_balance")
    return Withdrawn(row.number, row.due, row.paid)


def _stage(ctx: Context, charges: Collection[UUID] | Select[Any]) -> int:
    """Put the charges into `staged_cancel`; returns how many there are."""
    ctx.session.execute(_STAGE)
    chosen = Charge.id.in_(charges) if isinstance(charges, Select) else Charge.id == func.any(_array(charges))
    source = select(Charge.id, Charge.person_id).where(Charge.school_id == ctx.school_id, chosen)
    statement = insert(_TARGET).from_select(["id", "person_id"], source).execution_options(preserve_rowcount=True)
    found = ctx.session.connection().execute(statement).rowcount
    if not isinstance(charges, Select) and found < len(set(charges)):
        raise NotFound()
    if found >= MANY:
        ctx.session.execute(text("ANALYZE staged_cancel"))
    return found


def _array(ids: Collection[UUID]) -> Any:
    return literal(list(ids), ARRAY(Uuid()))
