"""Balances pay charges: money first into the person's balance, from there to open charges, oldest due first.

Whoever moves a person's money holds the lock of that person (`lock_people`): charges and balance change together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text

from core.data.context import Context
from core.data.direct import direct, records
from core.data.types import new_id
from core.payments.ledger.entries import actor_json


@dataclass(frozen=True, slots=True)
class Allocated:
    """What one charge received (negative: gave back), in dong."""

    charge_id: UUID
    person_id: UUID
    amount: int
    settled: bool


_LOCK = (
    "SELECT id FROM core_person WHERE school_id = %(school)s AND id = ANY(%(people)s::uuid[]) "
    "ORDER BY id FOR NO KEY UPDATE"
)


def lock_people(ctx: Context, people: Iterable[UUID]) -> int:
    """Hold these persons' money until the transaction ends. Always taken in the same order, after attempts.

    Returns:
        how many of them the school has.
    """
    return direct(ctx, _LOCK, {"school": ctx.school_id, "people": sorted(set(people))}).rowcount


_LOCK_MANY = """
SELECT p.id FROM core_person p JOIN json_to_recordset(%(people)s::json) AS whom(id uuid) ON whom.id = p.id
 WHERE p.school_id = %(school)s ORDER BY p.id FOR NO KEY UPDATE OF p
"""


def lock_many(ctx: Context, people: Collection[UUID]) -> None:
    """`lock_people` for thousands of persons."""
    direct(ctx, _LOCK_MANY, {"school": ctx.school_id, "people": records({"id": person} for person in people)})


# What a plan of charges and amounts becomes; the parts above it give `plan`.
PAY = """
changed AS (
  UPDATE core_charge c
     SET allocated = c.allocated + plan.amount,
         state = CASE WHEN c.allocated + plan.amount = c.due THEN 'settled' ELSE 'open' END,
         settled_at = CASE WHEN c.allocated + plan.amount = c.due THEN %(now)s::timestamptz END
    FROM plan WHERE c.id = plan.id
  RETURNING c.id, c.person_id, plan.amount, c.state = 'settled' AS settled),
entry AS (
  INSERT INTO core_journal_entry (id, school_id, source, kind, period_id, occurred_at, booked_at, actor, memo)
  SELECT %(entry)s, %(school)s, %(caused_by)s, %(entry_kind)s, p.id, %(now)s, %(now)s, %(actor)s::jsonb, ''
    FROM core_accounting_period p
   WHERE p.school_id = %(school)s AND p.state = 'open' AND EXISTS (SELECT FROM changed)
  RETURNING id),
posted AS (
  INSERT INTO core_posting (school_id, entry_id, account, person_id, charge_id, amount)
  SELECT %(school)s, entry.id, 'student_balance', person_id, NULL, sum(amount) FROM changed, entry
   GROUP BY entry.id, person_id
  UNION ALL
  SELECT %(school)s, entry.id, 'receivable:student', person_id, changed.id, -amount FROM changed, entry)
"""
_TOLD = "SELECT id, person_id, amount, settled FROM changed"

_ALLOCATE = (
    """
WITH has AS (
  SELECT person_id, -amount AS available FROM core_ledger_balance
   WHERE school_id = %(school)s AND account = 'student_balance' AND amount < 0
     AND person_id = ANY(%(people)s::uuid[])),
owed AS (
  SELECT c.id, c.due - c.allocated AS owed, has.available,
         sum(c.due - c.allocated) OVER (PARTITION BY c.person_id
           ORDER BY (c.id = ANY(%(first)s::uuid[])) DESC, c.due_on, c.opened_at, c.id) AS upto
    FROM core_charge c JOIN has ON has.person_id = c.person_id
   WHERE c.school_id = %(school)s AND c.person_id = ANY(%(people)s::uuid[]) AND c.state = 'open'),
plan AS (
  SELECT id, least(owed, available - (upto - owed))::bigint AS amount FROM owed WHERE available > upto - owed),
"""  # noqa: S608  (constant parts)
    + PAY
    + _TOLD
)

_RELEASE = (
    """
WITH paid AS (
  SELECT c.id, c.allocated,
         sum(c.allocated) OVER (ORDER BY (c.id = ANY(%(first)s::uuid[])) DESC,
                                c.due_on DESC, c.opened_at DESC, c.id DESC) AS upto
    FROM core_charge c
   WHERE c.school_id = %(school)s AND c.person_id = %(person)s AND c.allocated > 0 AND c.state <> 'cancelled'),
plan AS (
  SELECT id, -least(allocated, %(amount)s - (upto - allocated))::bigint AS amount FROM paid
   WHERE %(amount)s > upto - allocated),
"""  # noqa: S608
    + PAY
    + _TOLD
)

_BALANCE = text(
    "SELECT -amount FROM core_ledger_balance WHERE school_id = :school AND account = 'student_balance' "
    "AND person_id = :person"
)


def allocate(ctx: Context, people: Collection[UUID], *, first: Collection[UUID] = ()) -> list[Allocated]:
    """Let unused balances pay open charges: the charges in `first`, then the oldest due.

    The persons must be locked. Repeating it changes nothing.
    """
    return _run(ctx, _ALLOCATE, "allocation", {"people": list(people), "first": list(first)})


def release(ctx: Context, person_id: UUID, needed: int, *, first: Collection[UUID] = ()) -> int:
    """Take money back out of charges until the balance holds `needed` dong: from `first`, then the latest due.

    Used when a payment is reversed or given back. Returns what the balance holds then, which is less than `needed`
    where the money is gone. The person must be locked.
    """
    credit = _credit(ctx, person_id)
    if credit < needed:
        values = {"person": person_id, "amount": needed - credit, "first": list(first)}
        credit += -sum(part.amount for part in _run(ctx, _RELEASE, "release", values))
    return credit


def _credit(ctx: Context, person_id: UUID) -> int:
    return int(ctx.session.scalar(_BALANCE, {"school": ctx.school_id, "person": person_id}) or 0)


def paying(entry: UUID, kind: str) -> dict[str, object]:
    """What `PAY` asks for beside its plan."""
    return {"entry": entry, "caused_by": f"{kind}:{entry}", "entry_kind": kind}


def _run(ctx: Context, statement: str, kind: str, values: dict[str, object]) -> list[Allocated]:
    entry = new_id()
    rows = direct(
        ctx,
        statement,
        {
            "school": ctx.school_id,
            "now": ctx.now(),
            "actor": Jsonb(actor_json(ctx)),
            **paying(entry, kind),
            **values,
        },
    )
    return [Allocated(*row) for row in rows.fetchall()]
