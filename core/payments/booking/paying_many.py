"""Money of thousands of persons: what comes in and what it pays, in one statement.

Both entries of a payment reach the trigger on postings together, so that a running total is written once, not twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from core.data.context import Context
from core.data.direct import direct, records
from core.data.types import new_id
from core.payments.ledger.entries import READ_ENTRIES, READ_LINES, WRITE, Entry, actor_json, as_records
from core.payments.ledger.periods import open_period

from .allocation import PAY, Allocated

_POST = (
    f"""
WITH given AS ({READ_ENTRIES}),
given_line AS ({READ_LINES}),
{WRITE},
fresh AS (
  SELECT l.person_id, -sum(l.amount) AS amount FROM given_line l JOIN booked ON booked.id = l.entry_id
   WHERE l.account = 'student_balance' GROUP BY l.person_id),
has AS (
  SELECT fresh.person_id, fresh.amount - coalesce(b.amount, 0) AS available
    FROM fresh LEFT JOIN core_ledger_balance b ON b.school_id = %(school)s AND b.account = 'student_balance'
     AND b.person_id = fresh.person_id AND b.shard = 0),
owed AS (
  SELECT c.id, c.due - c.allocated AS owed, has.available,
         sum(c.due - c.allocated) OVER (PARTITION BY c.person_id
           ORDER BY named.id IS NOT NULL DESC, c.due_on, c.opened_at, c.id) AS upto
    FROM has JOIN core_charge c ON c.school_id = %(school)s AND c.person_id = has.person_id AND c.state = 'open'
    LEFT JOIN (SELECT DISTINCT id FROM json_to_recordset(%(first)s::json) AS f(id uuid)) named ON named.id = c.id),
plan AS (
  SELECT id, least(owed, available - (upto - owed))::bigint AS amount FROM owed WHERE available > upto - owed),
"""  # noqa: S608  (constant parts)
    + PAY
)


def post_and_allocate(ctx: Context, entries: Sequence[Entry], first: Iterable[UUID]) -> list[Allocated]:
    """Book money that came in for persons who are locked, and let it pay their open charges: `first`, then the oldest.

    The same as `post` and `allocate`, if every person stands in one of the entries only.
    """
    open_period(ctx)
    entry = new_id()
    values: dict[str, object] = {
        "school": ctx.school_id,
        "now": ctx.now(),
        "actor": Jsonb(actor_json(ctx)),
        "id": entry,
        "source": f"allocation:{entry}",
        "kind": "allocation",
        "first": records({"id": charge} for charge in first),
        **as_records(entries),
    }
    return [Allocated(*row) for row in direct(ctx, _POST, values)]
