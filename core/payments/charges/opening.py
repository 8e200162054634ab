"""Opening charges with set-based SQL: references, charges, one journal entry, and balances that pay at
once."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, column, insert, table, text
from sqlalchemy.dialects.postgresql import JSONB

from core import audit
from core.data.context import Context
from core.data.types import new_id
from core.payments.accounts import INCOME
from core.payments.booking.allocation import allocate
from core.payments.ledger.entries import actor_json
from core.payments.ledger.periods import open_period
from core.payments.reference import make_reference
from core.types.errors import Conflict, Invalid
from core.types.message import _
from core.work import events

_ROUNDS = 5
"""How often new references are drawn for charges whose first one was taken: by chance, once in millions."""


@dataclass(frozen=True, slots=True)
class NewCharge:
    """A charge to open. Whole dong."""

    person_id: UUID
    origin_id: UUID
    due: int
    due_on: date
    label: str = ""
    credits: Mapping[str, int] | None = None
    """Ledger account to amount: what it is earned for; the sum is `due`. All income without it."""
    reference: str | None = None
    """A reference that families know already (older system); a fresh one without it."""
    hints: Mapping[str, str] = field(default_factory=dict)
    """`code` and `class_name`, for matching bank lines that carry no reference."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What `open_many` has done. `entry_id` is None when nothing was due."""

    batch_id: UUID
    count: int
    due: int
    entry_id: UUID | None


_STAGE = """
CREATE TEMP TABLE IF NOT EXISTS staged_charge (
  id uuid NOT NULL DEFAULT uuidv7(), person_id uuid NOT NULL, origin_id uuid NOT NULL, due bigint NOT NULL,
  due_on date NOT NULL, label text NOT NULL DEFAULT '', credits jsonb, reference text, hints jsonb NOT NULL
  DEFAULT '{}',
  given boolean NOT NULL DEFAULT false) ON COMMIT DELETE ROWS
"""
COLUMNS = ("person_id", "origin_id", "due", "due_on", "label", "credits", "reference", "hints")
_FILL = text(
    """
INSERT INTO staged_charge (person_id, origin_id, due, due_on, label, credits, reference, hints)
SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
  AS r(person_id uuid, origin_id uuid, due bigint, due_on date, label text, credits jsonb, reference text,
  hints jsonb)
"""
)
_CHECK = text(
    """
UPDATE staged_charge SET given = reference IS NOT NULL,
       credits = coalesce(credits, CASE WHEN due = 0 THEN '{}' ELSE jsonb_build_object(CAST(:income AS
       text), due) END)
RETURNING due >= 0 AND due = (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(credits)) AS right,
          reference IS NULL AS bare, id
"""
)
_NAME = text(
    """
UPDATE staged_charge s SET reference = d.reference
  FROM unnest(CAST(:ids AS uuid[]), CAST(:references AS text[])) AS d(id, reference) WHERE s.id = d.id
"""
)
_REGISTER = text(
    """
INSERT INTO core_payment_reference (school_id, reference, kind, target_id, person_id, created_at)
SELECT :school, reference, 'charge', id, person_id, :now FROM staged_charge WHERE id = ANY(CAST(:ids AS
uuid[]))
ON CONFLICT (reference) DO NOTHING RETURNING target_id
"""
)
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
       CASE WHEN due = 0 THEN 'settled' ELSE 'open' END, :now, CASE WHEN due = 0 THEN CAST(:now AS
       timestamptz) END
  FROM staged_charge
"""
)
_ENTRY = text(
    """
WITH entry AS (
  INSERT INTO core_journal_entry (id, school_id, source, kind, period_id, occurred_at, booked_at, actor, memo)
  VALUES (:id, :school, :source, 'charges.opened', :period, :now, :now, :actor, :memo) RETURNING id)
INSERT INTO core_posting (school_id, entry_id, account, person_id, charge_id, amount)
SELECT :school, entry.id, 'receivable:student', s.person_id, s.id, s.due FROM staged_charge s, entry WHERE
s.due > 0
UNION ALL
SELECT :school, entry.id, c.key, NULL, NULL, -sum(c.value::bigint)
  FROM staged_charge s, entry, jsonb_each_text(s.credits) c WHERE c.value <> '0' GROUP BY entry.id, c.key
"""
).bindparams(bindparam("actor", type_=JSONB))
_HAS_BALANCE = text(
    "SELECT DISTINCT b.person_id FROM core_ledger_balance b JOIN staged_charge s ON s.person_id = "
    "b.person_id "
    "WHERE b.school_id = :school AND b.account = 'student_balance' AND b.amount < 0"
)
_PREFIX = text("SELECT payment_prefix FROM core_school WHERE id = :school")


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
        charges: charges, or a SELECT of the columns `COLUMNS` in that order (credits, reference may be NULL).
        memo: for the journal, such as the name of the collection round.

    Raises:
        Invalid: when the accounts of a charge do not add up to what is due.
        Conflict: when a bill was opened before, or a given reference is taken.
    """
    _stage(ctx, charges)
    bare = _check(ctx)
    _register(ctx, bare)
    ctx.session.execute(_LOCK, {"school": ctx.school_id})
    values = {"school": ctx.school_id, "origin": origin, "now": ctx.now()}
    _refuse_known(ctx, origin)
    ctx.session.execute(_OPEN, values)
    count, due = ctx.session.execute(text("SELECT count(*), coalesce(sum(due), 0)::bigint FROM staged_charge")).one()
    batch = new_id()
    entry = _post(ctx, batch, memo) if due else None
    with_money = ctx.session.scalars(_HAS_BALANCE, {"school": ctx.school_id}).all()
    if with_money:
        allocate(ctx, with_money)
    ctx.session.execute(text("DELETE FROM staged_charge"))
    detail = {"origin": origin, "count": count, "due": due, "memo": memo}
    audit.record(ctx, "payments.charges.opened", target=("charge_batch", batch), detail=detail)
    events.emit(ctx, "payments.charges.opened", {"batch": str(batch), "origin": origin, "count": count})
    return Opened(batch, count, due, entry)


def _stage(ctx: Context, charges: Sequence[NewCharge] | Select[Any]) -> None:
    ctx.session.execute(text(_STAGE))
    if isinstance(charges, Select):
        if tuple(column.name for column in charges.selected_columns) != COLUMNS:
            raise ValueError(f"the SELECT must give {', '.join(COLUMNS)}")
        target = table("staged_charge", *(column(name) for name in COLUMNS))
        ctx.session.execute(insert(target).from_select(list(COLUMNS), charges, include_defaults=False))
        return
    rows = [
        {
            "person_id": str(c.person_id),
            "origin_id": str(c.origin_id),
            "due": c.due,
            "due_on": c.due_on.isoformat(),
            "label": c.label,
            "credits": dict(c.credits) if c.credits is not None else None,
            "reference": c.reference,
            "hints": dict(c.hints),
        }
        for c in charges
    ]
    ctx.session.execute(_FILL, {"rows": json.dumps(rows)})


def _check(ctx: Context) -> list[UUID]:
    """Every charge adds up; returns those that need a reference."""
    rows = ctx.session.execute(_CHECK, {"income": INCOME}).all()
    if not all(row.right for row in rows):
        raise Invalid(_("The accounts of a charge do not add up to what is due."))
    return [row.id for row in rows if row.bare]


def _register(ctx: Context, bare: Sequence[UUID]) -> None:
    """A reference for each charge, unique for ever (I10); those that collide by chance are drawn again."""
    values = {"school": ctx.school_id, "now": ctx.now()}
    given = ctx.session.scalars(text("SELECT id FROM staged_charge WHERE given")).all()
    if given:
        done = ctx.session.scalars(_REGISTER, {**values, "ids": given}).all()
        if len(done) < len(given):
            raise Conflict(_("A payment reference is in use already."))
    prefix = ctx.session.execute(_PREFIX, {"school": ctx.school_id}).scalar_one()
    left = list(bare)
    for _round in range(_ROUNDS):
        if not left:
            return
        drawn = _draw(prefix, len(left))
        ctx.session.execute(_NAME, {"ids": left, "references": drawn})
        taken = set(ctx.session.scalars(_REGISTER, {**values, "ids": left}))
        left = [charge for charge in left if charge not in taken]
    raise Conflict(_("No free payment reference was found. Please try again."))


def _draw(prefix: str, number: int) -> list[str]:
    """Fresh references out of one reading of the system's randomness; 256 is a multiple of the alphabet's 32."""
    source = iter(secrets.token_bytes(16 * number))
    return [make_reference(prefix, lambda signs: next(source) % signs) for _reference in range(number)]


_KNOWN = text(
    "SELECT count(*) FROM core_charge c JOIN staged_charge s ON s.origin_id = c.origin_id "
    "WHERE c.school_id = :school AND c.origin = :origin"
)


def _refuse_known(ctx: Context, origin: str) -> None:
    known = ctx.session.execute(_KNOWN, {"school": ctx.school_id, "origin": origin}).scalar_one()
    if known:
        raise Conflict(_("%(count)s of these bills have been published before.", count=known))


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
