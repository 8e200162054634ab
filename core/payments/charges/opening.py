"""Opening charges with set-based SQL: references, charges, one journal entry, and balances that pay at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from core import audit
from core.data.bulk import refresh_statistics
from core.data.context import Context
from core.data.types import new_id
from core.payments.booking.allocation import allocate
from core.payments.ledger.entries import actor_json
from core.payments.ledger.periods import open_period
from core.types.errors import Conflict
from core.types.message import _
from core.work import events

from .staging import COLUMNS, MANY, NewCharge, stage

__all__ = ["COLUMNS", "NewCharge", "Opened", "open_many", "open_one"]


@dataclass(frozen=True, slots=True)
class Opened:
    """What `open_many` has done. `entry_id` is None when nothing was due."""

    batch_id: UUID
    count: int
    due: int
    entry_id: UUID | None


_LOCK = text(
    "SELECT count(*) FROM (SELECT p.id FROM core_person p WHERE p.school_id = :school "
    "AND p.id IN (SELECT person_id FROM staged_charge) ORDER BY p.id FOR NO KEY UPDATE) locked"
)
_OPEN = text(
    """
INSERT INTO core_charge (id, school_id, person_id, origin, origin_id, reference, due, allocated, currency,
due_on, label,
  credits, hints, state, opened_at, settled_at)
SELECT id, :school, person_id, :origin, origin_id, reference, due, 0, 'VND', due_on, label, credits, hints,
       CASE WHEN due = 0 THEN 'settled' ELSE 'open' END, :now, CASE WHEN due = 0 THEN CAST(:now AS timestamptz) END
  FROM staged_charge
"""
)
_ENTRY = text(
    """
WITH entry AS (
  INSERT INTO core_journal_entry (id, school_id, source, kind, period_id, occurred_at, booked_at, actor, memo)
  VALUES (:id, :school, :source, 'charges.opened', :period, :now, :now, :actor, :memo) RETURNING id)
INSERT INTO core_posting (school_id, entry_id, account, person_id, charge_id, amount)
SELECT :school, entry.id, 'receivable:student', s.person_id, s.id, s.due FROM staged_charge s, entry WHERE s.due > 0
UNION ALL
SELECT :school, entry.id, c.key, NULL, NULL, -sum(c.value::bigint * s.number)
  FROM (SELECT credits, count(*) AS number FROM staged_charge GROUP BY credits) s, entry, jsonb_each_text(s.credits) c
 WHERE c.value <> '0' GROUP BY entry.id, c.key
"""
).bindparams(bindparam("actor", type_=JSONB))
_HAS_BALANCE = text(
    "SELECT DISTINCT b.person_id FROM core_ledger_balance b JOIN staged_charge s ON s.person_id = "
    "b.person_id "
    "WHERE b.school_id = :school AND b.account = 'student_balance' AND b.amount < 0"
)
_KNOWN = text(
    "SELECT count(*) FROM core_charge c JOIN staged_charge s ON s.origin_id = c.origin_id "
    "WHERE c.school_id = :school AND c.origin = :origin"
)


def open_one(ctx: Context, origin: str, charge: NewCharge) -> UUID:
    """Open one charge of a module; returns its id. See `open_many`."""
    open_many(ctx, origin, [charge])
    found: UUID = ctx.session.execute(
        text("SELECT id FROM core_charge WHERE school_id = :school AND origin = :origin AND origin_id = :of"),
        {"school": ctx.school_id, "origin": origin, "of": charge.origin_id},
    ).scalar_one()
    return found


def open_many(ctx: Context, origin: str, charges: Sequence[NewCharge] | Select[Any], *, memo: str = "") -> Opened:
    """Open charges of a module in one transaction, whatever their number.

    Args:
        origin: name of the module that asks for the money; `origin_id` of each charge is its bill, once.
        charges: charges, or a SELECT of the columns `COLUMNS` in that order (credits, reference may be NULL). The
            SELECT runs once: it may insert the module's own rows on its way.
        memo: for the journal, such as the name of the collection round.

    Raises:
        Invalid: when the accounts of a charge do not add up to what is due.
        Conflict: when a bill was opened before, or a given reference is taken.
    """
    staged = stage(ctx, charges)
    ctx.session.execute(_LOCK, {"school": ctx.school_id})
    values = {"school": ctx.school_id, "origin": origin, "now": ctx.now()}
    _insert(ctx, values)
    batch = new_id()
    # A due of 0 may still have accounts: what the state pays is owed to the school all the same.
    entry = _post(ctx, batch, memo) if staged.booked else None
    with_money = ctx.session.scalars(_HAS_BALANCE, {"school": ctx.school_id}).all()
    if with_money:
        allocate(ctx, with_money)
    ctx.session.execute(text("DELETE FROM staged_charge"))
    if staged.count >= MANY:
        refresh_statistics(ctx, "core_charge", "core_ledger_balance")
    detail = {"origin": origin, "count": staged.count, "due": staged.due, "memo": memo}
    audit.record(ctx, "payments.charges.opened", target=("charge_batch", batch), detail=detail)
    events.emit(ctx, "payments.charges.opened", {"batch": str(batch), "origin": origin, "count": staged.count})
    return Opened(batch, staged.count, staged.due, entry)


def _insert(ctx: Context, values: dict[str, object]) -> None:
    """The charges. The unique index finds those that are there: ON CONFLICT would cost a third more for each row."""
    try:
        with ctx.session.begin_nested():
            ctx.session.execute(_OPEN, values)
    except IntegrityError as error:
        known = ctx.session.scalar(_KNOWN, values)
        if not known:
            raise
        raise Conflict(_("%(count)s of these bills have been published before.", count=known)) from error


def _post(ctx: Context, batch: UUID, memo: str) -> UUID:
    entry = new_id()
    values = {
        "id": entry,
        "school": ctx.school_id,
        "source": f"charges:{batch}",
        "period": open_period(ctx),
        "now": ctx.now(),
        "actor": actor_json(ctx),
        "memo": memo,
    }
    ctx.session.execute(_ENTRY, values)
    return entry
