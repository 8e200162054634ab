"""Evidence by the thousand: facts are added, and attempts follow from them, with one statement for all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from core.data.context import Context
from core.data.direct import direct, records
from core.payments.channels import Channel
from core.payments.port import Fact, FactKind
from core.payments.rules import Seen, derive

from .evidence import AttemptRow, Origin, number_of


class Given(msgspec.Struct, frozen=True, omit_defaults=True):
    """A fact as `READ` reads it. `place` tells it apart from the facts beside it."""

    place: int
    kind: str
    txn: str
    amount: int
    currency: str
    occurred_at: datetime
    memo: str
    data: Mapping[str, str]
    reference: str | None = None
    merchant: str | None = None
    reverses: str | None = None
    attempt_id: UUID | None = None


def given(
    channel: Channel, place: int, fact: Fact, *, attempt_id: UUID | None = None, reverses: str | None = None
) -> Given:
    """A fact of a channel, ready to be added. See `evidence.add`."""
    return Given(
        place,
        fact.kind.value,
        number_of(channel, fact),
        fact.amount,
        fact.currency,
        fact.occurred_at,
        fact.memo,
        fact.data,
        fact.reference,
        fact.merchant,
        reverses,
        attempt_id,
    )


READ = """
  SELECT uuidv7() AS id, g.* FROM json_to_recordset(%(facts)s::json)
         AS g(place int, kind text, txn text, amount bigint, currency text, occurred_at timestamptz, memo text,
              data jsonb, reference text, merchant text, reverses text, attempt_id uuid)
"""
# Those of `given` that were not known.
ADD = """
  INSERT INTO core_evidence (id, school_id, channel_id, rail, kind, provider_txn, amount, currency, occurred_at,
    recorded_at, reference, memo, merchant, reverses, data, attempt_id, inbox_id, source)
  SELECT id, %(school)s, %(channel)s, %(rail)s, kind, txn, amount, currency, occurred_at, %(now)s, reference, memo,
         merchant, reverses, data, attempt_id, %(inbox)s, %(source)s
    FROM given
  ON CONFLICT (school_id, rail, kind, provider_txn) DO NOTHING RETURNING id
"""
_ADD_MANY = f"WITH given AS ({READ}), added AS ({ADD}) SELECT place FROM given JOIN added USING (id)"  # noqa: S608


def values_of(ctx: Context, channel: Channel, facts: Sequence[Given], origin: Origin) -> dict[str, object]:
    """What `READ` and `ADD` ask for."""
    return {
        "school": ctx.school_id,
        "channel": channel.id,
        "rail": channel.rail,
        "now": ctx.now(),
        "inbox": origin.inbox_id,
        "source": origin.source,
        "facts": records(facts),
    }


def add_many(ctx: Context, channel: Channel, facts: Sequence[Given], origin: Origin) -> set[int]:
    """Insert facts of one channel; the places of those that were not known."""
    if not facts:
        return set()
    return {place for (place,) in direct(ctx, _ADD_MANY, values_of(ctx, channel, facts, origin)).fetchall()}


_FACTS = text(
    """
SELECT attempt_id, kind, amount, provider_txn, reverses, occurred_at FROM core_evidence
 WHERE school_id = :school AND attempt_id = ANY(CAST(:attempts AS uuid[]))
UNION ALL
SELECT e.attempt_id, d.kind, d.amount, d.provider_txn, d.reverses, d.occurred_at
  FROM core_evidence e JOIN core_evidence d ON d.school_id = e.school_id AND d.rail = e.rail AND d.kind = 'debit'
       AND d.reverses = e.provider_txn
 WHERE e.school_id = :school AND e.attempt_id = ANY(CAST(:attempts AS uuid[])) AND e.kind = 'credit'
"""
)
_PROJECT = """
UPDATE core_payment_attempt a SET status = s.status, captured = s.captured, refunded = s.refunded
  FROM unnest(%(ids)s::uuid[], %(statuses)s::text[], %(captured)s::bigint[], %(refunded)s::bigint[])
       AS s(id, status, captured, refunded) WHERE a.id = s.id
"""


def project_many(ctx: Context, attempts: Collection[AttemptRow]) -> None:
    """`evidence.project` for many locked attempts, with two statements."""
    if not attempts:
        return
    seen: dict[UUID, list[Seen]] = {attempt.id: [] for attempt in attempts}
    for r in ctx.session.execute(_FACTS, {"school": ctx.school_id, "attempts": list(seen)}):
        seen[r.attempt_id].append(Seen(FactKind(r.kind), r.amount, r.provider_txn, r.reverses, r.occurred_at))
    standings = [derive(a.amount, seen[a.id], expired=a.expired, given_up=a.given_up) for a in attempts]
    values = {
        "ids": list(seen),
        "statuses": [standing.status.value for standing in standings],
        "captured": [standing.captured for standing in standings],
        "refunded": [standing.refunded for standing in standings],
    }
    direct(ctx, _PROJECT, values)
