"""The daily comparison: what banks and services say, what the books say, and in which state each transaction is.

The four states of schools' practice (fees.md, section 8). Every transaction is in exactly one, so the difference of the
totals is the sum of the differences of the lines.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.data.types import local_date

LATE_AFTER = 2
"""Days after which money that a service has confirmed should have come (T+2)."""


class State(enum.StrEnum):
    """R1 to R4."""

    NO_MONEY = "R1"  # confirmed, and no bank or settlement line yet
    NOT_CONFIRMED = "R2"  # a line without a confirmed collection, or of another amount
    BY_HAND = "R3"
    AUTOMATIC = "R4"


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement of money on one rail. Whole dong; money that went back is negative."""

    day: date
    rail: str
    state: State
    number: str
    memo: str
    theirs: int
    """What the bank or service says."""
    ours: int
    """What the books have confirmed."""
    fee: int
    late: bool
    """R1: later than T+2. Otherwise: the money came later than T+2."""
    evidence_id: UUID | None
    case_id: UUID | None
    decided_by: str
    decided_at: datetime | None
    reason: str
    source: str
    """Who told first: notice, query, statement, settlement, person; empty if only the line did."""

    @property
    def difference(self) -> int:
        return self.theirs - self.ours

    @property
    def differs(self) -> bool:
        return self.state in (State.NO_MONEY, State.NOT_CONFIRMED)


@dataclass(frozen=True, slots=True)
class DayLine:
    """One rail on one day. Whole dong."""

    day: date
    rail: str
    count: int
    theirs: int
    ours: int
    fee: int
    no_money: int
    not_confirmed: int
    by_hand: int
    automatic: int
    late: int

    @property
    def difference(self) -> int:
        return self.theirs - self.ours

    @property
    def differing(self) -> int:
        """How many transactions a person has to look at."""
        return self.no_money + self.not_confirmed


# Evidence counts as confirmed once it is booked to somebody: not while it waits in suspense or is kept out.
# A bank's own notice is the bank's word until a statement covers its day; a service's notice never is its settlement.
ALL = """
WITH evidence AS (
  SELECT e.id, e.rail, e.kind, e.provider_txn, e.occurred_at, e.memo, e.source,
         CASE WHEN e.kind IN ('paid', 'credit') THEN e.amount ELSE -e.amount END AS amount,
         (e.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day
    FROM core_evidence e
   WHERE e.school_id = :school AND e.currency = 'VND'
     AND (e.kind IN ('paid', 'credit', 'refunded', 'charged_back') OR e.kind = 'debit' AND e.reverses IS NOT NULL)
     AND (CAST(:rail AS text) IS NULL OR e.rail = :rail)),
line AS (
  SELECT l.id, l.rail, l.kind, l.number, l.day, l.memo, l.amount, l.fee, l.evidence_id FROM core_settlement_line l
   WHERE l.school_id = :school AND l.day BETWEEN :first AND :last AND l.outcome <> 'not_a_fee'
     AND (l.kind <> 'debit' OR l.evidence_id IS NOT NULL AND EXISTS (SELECT FROM evidence e WHERE e.id = l.evidence_id))
     AND (CAST(:rail AS text) IS NULL OR l.rail = :rail)),
pair AS (
  SELECT l.day, l.rail, coalesce(e.provider_txn, l.number) AS number, l.memo, l.amount AS theirs, e.amount AS evidence,
         l.fee, e.id AS evidence_id, e.source, l.day - e.day > :late AS late, true AS line
    FROM line l LEFT JOIN evidence e ON e.id = l.evidence_id
  UNION ALL
  SELECT e.day, e.rail, e.provider_txn, e.memo,
         CASE WHEN e.rail LIKE 'bank:%' AND NOT covered THEN e.amount ELSE 0 END, e.amount, 0, e.id, e.source,
         :today - e.day > :late, e.rail LIKE 'bank:%' AND NOT covered
    FROM evidence e, LATERAL (SELECT EXISTS (
           SELECT FROM core_settlement_file f WHERE f.school_id = :school AND f.rail = e.rail
             AND e.day BETWEEN f.first_day AND f.last_day) AS covered) c
   WHERE e.day BETWEEN :first AND :last
     AND NOT EXISTS (SELECT FROM core_settlement_line l WHERE l.evidence_id = e.id)),
judged AS (
  SELECT p.*, c.id AS case_id, c.resolution, c.state AS case_state, coalesce(c.resolved_by, '') AS decided_by,
         c.resolved_at AS decided_at, coalesce(c.reason, '') AS reason,
         p.evidence_id IS NOT NULL AND c.state IS DISTINCT FROM 'open' AS confirmed,
         coalesce(c.state = 'resolved' AND c.resolution IN ('assigned', 'refused', 'payout'), false)
           OR coalesce(p.source = 'person', false) AS by_hand
    FROM pair p LEFT JOIN core_exception_case c ON c.school_id = :school AND c.evidence_id = p.evidence_id
     AND c.kind = 'unmatched'),
stated AS (
  SELECT *, CASE WHEN NOT line THEN 'R1'
                 WHEN NOT confirmed OR theirs IS DISTINCT FROM evidence THEN 'R2'
                 WHEN by_hand THEN 'R3' ELSE 'R4' END AS r,
         CASE WHEN line AND NOT confirmed THEN 0 ELSE coalesce(evidence, 0) END AS ours
    FROM judged)
"""
_LINES = text(
    ALL
    + """
SELECT day, rail, r, number, memo, theirs, ours, fee, coalesce(late, false) AS late, evidence_id, case_id, decided_by,
       decided_at, reason, coalesce(source, '') AS source
  FROM stated WHERE CAST(:states AS text[]) IS NULL OR r = ANY(CAST(:states AS text[]))
 ORDER BY day DESC, r, rail, number LIMIT :limit OFFSET :offset
"""
)
_DAYS = text(
    ALL
    + """
SELECT day, rail, count(*), sum(theirs)::bigint, sum(ours)::bigint, sum(fee)::bigint, count(*) FILTER (WHERE r = 'R1'),
       count(*) FILTER (WHERE r = 'R2'), count(*) FILTER (WHERE r = 'R3'), count(*) FILTER (WHERE r = 'R4'),
       count(*) FILTER (WHERE late)
  FROM stated GROUP BY day, rail ORDER BY day DESC, rail
"""
)
_OTHERS = text(
    """
SELECT rail, count(*) AS number, sum(amount)::bigint AS amount FROM core_settlement_line
 WHERE school_id = :school AND day BETWEEN :first AND :last AND outcome = 'not_a_fee' GROUP BY rail
"""
)


def days(ctx: Context, first: date, last: date, rail: str | None = None) -> list[DayLine]:
    """Each day and rail between two days (both included), the latest first. Needs `payments.case.read`."""
    ctx.require("payments.case.read")
    rows = ctx.session.execute(_DAYS, _values(ctx, first, last, rail))
    return [DayLine(*row) for row in rows]


def transactions(
    ctx: Context,
    first: date,
    last: date,
    *,
    rail: str | None = None,
    states: Sequence[State] = (),
    limit: int = 100,
    offset: int = 0,
) -> list[Transaction]:
    """Transactions between two days, the latest first. Needs `payments.case.read`.

    Args:
        states: none means all.
    """
    ctx.require("payments.case.read")
    values = _values(ctx, first, last, rail)
    values |= {"states": [state.value for state in states] or None, "limit": limit, "offset": offset}
    rows = ctx.session.execute(_LINES, values)
    return [Transaction(row.day, row.rail, State(row.r), *row[3:]) for row in rows]


def other_movements(ctx: Context, first: date, last: date) -> dict[str, int]:
    """What else moved on the accounts (cash, fees of the bank, wages), in dong, by rail. Needs `payments.case.read`."""
    ctx.require("payments.case.read")
    rows = ctx.session.execute(_OTHERS, {"school": ctx.school_id, "first": first, "last": last})
    return {row.rail: row.amount for row in rows}


def _values(ctx: Context, first: date, last: date, rail: str | None) -> dict[str, object]:
    return {
        "school": ctx.school_id,
        "first": first,
        "last": last,
        "rail": rail,
        "late": LATE_AFTER,
        "today": local_date(ctx.now()),
    }
