"""Money of thousands of payers: evidence, entries, and what they pay, in one statement.

Both entries of a payment reach the trigger on postings together, so that a running total is written once, not twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from core.data.context import Context
from core.data.direct import direct, records
from core.data.types import new_id
from core.payments.channels import Channel
from core.payments.ledger.entries import actor_json
from core.payments.ledger.periods import open_period

from .allocation import PAY, paying
from .evidence import Origin
from .evidence_many import ADD, READ, Given, values_of


class Share(msgspec.Struct, frozen=True):
    """Where money of the fact at `place` goes: to a person's balance, or to an account of nobody."""

    place: int
    account: str
    amount: int
    person_id: UUID | None = None


class Paid(NamedTuple):
    """A fact that was new, one of its payees, and a charge that was paid; None where there is none."""

    place: int
    evidence_id: UUID
    entry_id: UUID
    person_id: UUID | None
    charge_id: UUID | None
    amount: int | None
    settled: bool | None


# An entry that found no open period would leave its postings without one, and the trigger on postings refuses them.
_BOOK = (
    f"""
WITH given AS ({READ}),
share AS MATERIALIZED (
  SELECT * FROM json_to_recordset(%(shares)s::json) AS s(place int, account text, amount bigint, person_id uuid)),
added AS ({ADD}),
fresh AS MATERIALIZED (SELECT g.*, uuidv7() AS entry_id FROM given g JOIN added USING (id)),
booked AS (
  INSERT INTO core_journal_entry
    (id, school_id, source, kind, period_id, occurred_at, booked_at, actor, memo, evidence_id)
  SELECT f.entry_id, %(school)s, 'evidence:' || f.id, 'evidence.' || f.kind, p.id, f.occurred_at, %(now)s,
         %(actor)s::jsonb, f.memo, f.id
    FROM fresh f, core_accounting_period p WHERE p.school_id = %(school)s AND p.state = 'open'),
line AS (
  INSERT INTO core_posting (school_id, entry_id, account, person_id, amount)
  SELECT %(school)s, entry_id, %(account)s, NULL::uuid, amount FROM fresh
  UNION ALL
  SELECT %(school)s, f.entry_id, s.account, s.person_id, -s.amount FROM fresh f JOIN share s USING (place)),
payee AS MATERIALIZED (
  SELECT place, f.id, f.entry_id, s.person_id, sum(s.amount) AS amount FROM fresh f JOIN share s USING (place)
   GROUP BY place, f.id, f.entry_id, s.person_id),
has AS (
  SELECT payee.person_id, payee.amount - coalesce(b.amount, 0) AS available
    FROM payee LEFT JOIN core_ledger_balance b ON b.school_id = %(school)s AND b.account = 'student_balance'
     AND b.person_id = payee.person_id AND b.shard = 0
   WHERE payee.person_id IS NOT NULL),
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
    + """
SELECT payee.place, payee.id, payee.entry_id, payee.person_id, c.id, c.amount, c.settled
  FROM payee LEFT JOIN changed c ON c.person_id = payee.person_id
"""
)


def book_and_pay(
    ctx: Context,
    channel: Channel,
    facts: Sequence[Given],
    shares: Sequence[Share],
    first: Iterable[UUID],
    origin: Origin,
) -> list[Paid]:
    """Book money that came in, and let it pay open charges of those it is for: `first`, then the oldest.

    The same as `evidence.add`, `post` and `allocate` for one fact after the other, if every person stands in one of
    them only. Persons are locked. Facts that were known are left out.
    """
    open_period(ctx)
    values: dict[str, object] = {
        **values_of(ctx, channel, facts, origin),
        "account": channel.account,
        "actor": Jsonb(actor_json(ctx)),
        **paying(new_id(), "allocation"),
        "shares": records(shares),
        "first": records({"id": charge} for charge in first),
    }
    return [Paid(*row) for row in direct(ctx, _BOOK, values).fetchall()]
