"""Evidence: each fact once. And what follows from all facts of an attempt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Row

from core.data.context import Context
from core.data.direct import by_name, direct, query
from core.data.types import new_id
from core.payments.channels import Channel
from core.payments.facts import REFUND_ID, REVERSES
from core.payments.matching.text import squeeze
from core.payments.port import Fact, FactKind
from core.payments.rules import Seen, Share, Standing, derive


@dataclass(frozen=True, slots=True)
class Origin:
    """Where facts come from: `notice` and `query` have an inbox row; `statement` and `person` have none."""

    source: str
    inbox_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """A locked attempt."""

    id: UUID
    reference: str
    channel_id: UUID
    amount: int
    shares: tuple[Share, ...]
    expired: bool
    given_up: bool
    status: str

    @property
    def charges(self) -> list[UUID]:
        return [share.charge_id for share in self.shares]


@dataclass(frozen=True, slots=True)
class Known:
    """A piece of evidence in the database. `new` tells whether this transaction has added it."""

    id: UUID
    amount: int
    currency: str
    new: bool


_LOCK = """
SELECT id, reference, channel_id, amount, lines, expired, given_up, status FROM core_payment_attempt
 WHERE school_id = :school AND (reference = ANY(CAST(:references AS text[])) OR id = ANY(CAST(:ids AS uuid[])))
 ORDER BY id FOR NO KEY UPDATE
"""


def lock_attempts(ctx: Context, references: list[str], ids: list[UUID] | None = None) -> dict[str, AttemptRow]:
    """Hold the attempts that facts speak of, by our reference. Always before persons."""
    if not references and not ids:
        return {}
    values = {"school": ctx.school_id, "references": references, "ids": ids or []}
    return {row.reference: attempt_row(row) for row in by_name(ctx, _LOCK, values)}


def attempt_row(row: Row[Any]) -> AttemptRow:
    return AttemptRow(
        id=row.id,
        reference=row.reference,
        channel_id=row.channel_id,
        amount=row.amount,
        shares=shares_of(row.lines),
        expired=row.expired,
        given_up=row.given_up,
        status=row.status,
    )


def shares_of(lines: list[Any]) -> tuple[Share, ...]:
    """The lines of an attempt as stored."""
    return tuple(Share(UUID(line["charge"]), UUID(line["person"]), line["amount"]) for line in lines)


_ADD = """
WITH added AS (
  INSERT INTO core_evidence (id, school_id, channel_id, rail, kind, provider_txn, amount, currency, occurred_at,
    recorded_at, reference, memo, merchant, reverses, data, attempt_id, inbox_id, source)
  VALUES (:id, :school, :channel, :rail, :kind, :txn, :amount, :currency, :occurred_at, :now, :reference, :memo,
    :merchant, :reverses, :data, :attempt, :inbox, :source)
  ON CONFLICT (school_id, rail, kind, provider_txn) DO NOTHING
  RETURNING id, amount, currency, true AS new)
SELECT * FROM added
UNION ALL
SELECT id, amount, currency, false FROM core_evidence
 WHERE school_id = :school AND rail = :rail AND kind = :kind AND provider_txn = :txn
"""


def add(
    ctx: Context,
    channel: Channel,
    fact: Fact,
    origin: Origin,
    *,
    attempt_id: UUID | None = None,
    reverses: str | None = None,
) -> Known:
    """Insert a fact or find it. Two transactions that add the same fact wait for each other here."""
    values = {
        "id": new_id(),
        "school": ctx.school_id,
        "channel": channel.id,
        "rail": channel.rail,
        "kind": fact.kind.value,
        "txn": number_of(channel, fact),
        "amount": fact.amount,
        "currency": fact.currency,
        "occurred_at": fact.occurred_at,
        "now": ctx.now(),
        "reference": fact.reference,
        "memo": fact.memo,
        "merchant": fact.merchant,
        "reverses": reverses,
        "data": Jsonb(dict(fact.data)),
        "attempt": attempt_id,
        "inbox": origin.inbox_id,
        "source": origin.source,
    }
    rows = query(ctx, _ADD, values)
    if not rows:  # another transaction has just committed it: a new statement sees it
        rows = query(ctx, _ADD, values)
    return Known(*rows[0])


def number_of(channel: Channel, fact: Fact) -> str:
    """The number under which a fact is unique on its rail.

    Banks spell a number in several ways (`FT26.123`, `FT26123`): on accounts only letters and digits count. A refund of
    ours is one fact, whatever number the provider's answers carry.
    """
    if fact.kind in (FactKind.REFUND_PENDING, FactKind.REFUNDED, FactKind.REFUND_FAILED):
        refund = fact.data.get(REFUND_ID)
        return f"refund:{refund}" if refund else fact.provider_txn
    if channel.rail.startswith("bank:"):
        return squeeze(fact.provider_txn) or fact.provider_txn
    return fact.provider_txn


def reverses_of(channel: Channel, fact: Fact) -> str | None:
    """The number that a debit names outright (a statement's matching has found it)."""
    named = fact.data.get(REVERSES)
    return squeeze(named) if named else None


_FACTS = """
SELECT kind, amount, provider_txn, reverses, occurred_at FROM core_evidence
 WHERE school_id = :school AND attempt_id = :attempt
UNION ALL
SELECT d.kind, d.amount, d.provider_txn, d.reverses, d.occurred_at
  FROM core_evidence e JOIN core_evidence d ON d.school_id = e.school_id AND d.rail = e.rail AND d.kind = 'debit'
       AND d.reverses = e.provider_txn
 WHERE e.school_id = :school AND e.attempt_id = :attempt AND e.kind = 'credit'
"""
_PROJECT = (
    "UPDATE core_payment_attempt SET status = %(status)s, captured = %(captured)s, refunded = %(refunded)s "
    "WHERE id = %(id)s"
)


def project(ctx: Context, attempt: AttemptRow) -> Standing:
    """Derive the standing of a locked attempt from its evidence and write its mirror."""
    rows = query(ctx, _FACTS, {"school": ctx.school_id, "attempt": attempt.id})
    facts = [Seen(FactKind(kind), *rest) for kind, *rest in rows]
    standing = derive(attempt.amount, facts, expired=attempt.expired, given_up=attempt.given_up)
    values = {"id": attempt.id, "status": standing.status.value}
    direct(ctx, _PROJECT, {**values, "captured": standing.captured, "refunded": standing.refunded})
    return standing


def given_up(attempt: AttemptRow) -> AttemptRow:
    """The attempt after its last poller."""
    return replace(attempt, given_up=True)
