"""A service's day file against the books: by its transaction number, then by our reference (payments.md, 12).

What is in the file only is evidence like any other: it is booked if it agrees with the attempt that it names, else a
person decides. What is in the books only is found by the report. Lines that are known change nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, text

from core import audit
from core.data.context import Context
from core.data.direct import direct, records
from core.data.types import local_date, new_id
from core.payments import channels, providers
from core.payments.booking import apply_facts
from core.payments.booking.evidence import Origin
from core.payments.booking.transfers import hold_account
from core.payments.port import Fact, FactKind
from core.types.errors import Invalid
from core.types.message import _

from .overdue import close_arrived
from .payouts import match_payouts
from .reading import SettledFile, SettledLine

Outcome = Literal["repeated", "agrees", "differs", "new"]
"""repeated: in an earlier file. agrees, differs: with evidence of ours. new: nobody has told us of it."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A line and what it means to the books."""

    line: SettledLine
    outcome: Outcome
    evidence_id: UUID | None = None
    ours: int | None = None
    """What our evidence says, in dong; refunds negative."""


@dataclass(frozen=True, slots=True)
class SettlementPlan:
    """What an import would do, or has done."""

    decided: tuple[Decided, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Lines by outcome."""
        return dict(Counter(d.outcome for d in self.decided))

    @property
    def gross(self) -> int:
        return sum(d.line.amount for d in self.decided)

    @property
    def fee(self) -> int:
        return sum(d.line.fee for d in self.decided)


_KNOWN = text(
    "SELECT kind, number FROM core_settlement_line WHERE school_id = :school AND rail = :rail "
    "AND number = ANY(CAST(:numbers AS text[]))"
)
_EVIDENCE = text(
    """
SELECT e.id, e.kind, e.provider_txn, e.amount, a.reference
  FROM core_evidence e LEFT JOIN core_payment_attempt a ON a.id = e.attempt_id
 WHERE e.school_id = :school AND e.rail = :rail AND e.kind IN ('paid', 'refunded', 'charged_back')
   AND (e.provider_txn = ANY(CAST(:numbers AS text[])) OR a.reference = ANY(CAST(:references AS text[])))
   AND NOT EXISTS (SELECT FROM core_settlement_line l WHERE l.evidence_id = e.id)
 ORDER BY e.recorded_at, e.id
"""
)
_FILE = text(
    """
INSERT INTO core_settlement_file (id, school_id, channel_id, rail, name, first_day, last_day, lines, imported_at,
  imported_by)
VALUES (:id, :school, :channel, :rail, :name, :first, :last, :lines, :now, :who)
"""
)
_LINES = """
INSERT INTO core_settlement_line (id, school_id, file_id, rail, kind, number, reference, day, occurred_at, amount, fee,
  memo, outcome, details, evidence_id)
SELECT uuidv7(), %(school)s, %(file)s, %(rail)s, n.kind, n.number, n.reference,
       (n.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, n.occurred_at, n.amount, n.fee, '', n.outcome, '{}',
       n.evidence_id
  FROM json_to_recordset(%(lines)s::json)
       AS n(kind text, number text, reference text, occurred_at timestamptz, amount bigint, fee bigint, outcome text,
            evidence_id uuid)
ON CONFLICT (school_id, rail, kind, number) DO NOTHING
"""


def plan(ctx: Context, channel_id: UUID, file: SettledFile) -> SettlementPlan:
    """What importing the file would do. Changes nothing. Needs `payments.statement.import`.

    Raises:
        Invalid: the channel is no payment service.
    """
    return _plan(ctx, _channel(ctx, channel_id), file.lines)


def import_settlement(ctx: Context, channel_id: UUID, file: SettledFile, *, name: str = "") -> SettlementPlan:
    """Keep the lines and book what nobody has told us of. Needs `payments.statement.import`.

    Whole files again, overlapping ones and two people at once do no harm: each transaction counts once.
    """
    channel = _channel(ctx, channel_id)
    hold_account(ctx, channel)
    made = _plan(ctx, channel, file.lines)
    fresh = [d for d in made.decided if d.outcome != "repeated"]
    told = [_fact(d.line) for d in fresh if d.outcome in ("new", "differs")]
    for fact in told:
        apply_facts(ctx, channel, [fact], Origin("settlement"))
    if told:  # what has become evidence now is what these lines are about
        after = {(d.line.refund, d.line.number): d for d in _plan(ctx, channel, [d.line for d in fresh]).decided}
        fresh = [after.get((d.line.refund, d.line.number), d) if d.outcome == "new" else d for d in fresh]
    if fresh:
        _keep(ctx, channel, name, fresh, {d.line.number for d in made.decided if d.outcome == "new"})
        match_payouts(ctx)
        close_arrived(ctx)
    detail = {"name": name, "gross": made.gross, "fee": made.fee, **made.counts}
    audit.record(ctx, "payments.settlement.imported", target=("payment_channel", channel.id), detail=detail)
    return made


def _channel(ctx: Context, channel_id: UUID) -> channels.Channel:
    ctx.require("payments.statement.import")
    channel = channels.load(ctx, channel_id)
    if providers.get(channel.provider).flow != "redirect":
        raise Invalid(_("A day file is imported for a payment service."))
    return channel


def _plan(ctx: Context, channel: channels.Channel, lines: Sequence[SettledLine]) -> SettlementPlan:
    values = {
        "school": ctx.school_id,
        "rail": channel.rail,
        "numbers": [line.number for line in lines],
        "references": [_reference(line) for line in lines],
    }
    known = {(row.kind == "refund", row.number) for row in ctx.session.execute(_KNOWN, values)}
    free = list(ctx.session.execute(_EVIDENCE, values))
    by_number = {(row.kind != "paid", row.provider_txn): row for row in free}
    by_order: dict[tuple[str, bool, int], list[Row[Any]]] = {}
    for row in free:
        by_order.setdefault((row.reference, row.kind != "paid", row.amount), []).append(row)
    taken: set[UUID] = set()
    return SettlementPlan(tuple(_decide(line, known, by_number, by_order, taken) for line in lines))


def _decide(
    line: SettledLine,
    known: set[tuple[bool, str]],
    by_number: Mapping[tuple[bool, str], Row[Any]],
    by_order: Mapping[tuple[str, bool, int], Sequence[Row[Any]]],
    taken: set[UUID],
) -> Decided:
    if (line.refund, line.number) in known:
        return Decided(line, "repeated")
    found = by_number.get((line.refund, line.number))
    if found is None:  # the same order and amount under another number: a refund of ours, or an answer to a query
        fitting = by_order.get((_reference(line), line.refund, abs(line.amount)), ())
        found = next((row for row in fitting if row.id not in taken), None)
    if found is None:
        return Decided(line, "new")
    taken.add(found.id)
    ours = -found.amount if line.refund else found.amount
    return Decided(line, "agrees" if ours == line.amount else "differs", found.id, ours)


def _reference(line: SettledLine) -> str:
    """Ours, without the day that some services want in front of it (`261122_TRG...`)."""
    return line.reference.rpartition("_")[2]


def _fact(line: SettledLine) -> Fact:
    return Fact(
        kind=FactKind.REFUNDED if line.refund else FactKind.PAID,
        provider_txn=line.number,
        amount=abs(line.amount),
        currency="VND",
        occurred_at=line.occurred_at,
        reference=_reference(line),
    )


def _keep(ctx: Context, channel: channels.Channel, name: str, fresh: Sequence[Decided], new: set[str]) -> None:
    days = [local_date(d.line.occurred_at) for d in fresh]
    file_id = new_id()
    head = {"id": file_id, "school": ctx.school_id, "channel": channel.id, "rail": channel.rail, "name": name}
    head |= {"first": min(days), "last": max(days), "lines": len(fresh), "now": ctx.now(), "who": ctx.actor.name}
    ctx.session.execute(_FILE, head)
    rows = (
        {
            "kind": "refund" if d.line.refund else "payment",
            "number": d.line.number,
            "reference": _reference(d.line),
            "occurred_at": d.line.occurred_at,
            "amount": d.line.amount,
            "fee": d.line.fee,
            "outcome": _became(d, new),
            "evidence_id": d.evidence_id,
        }
        for d in fresh
    )
    values = {"school": ctx.school_id, "file": file_id, "rail": channel.rail, "lines": records(rows)}
    direct(ctx, _LINES, values)


def _became(decided: Decided, new: set[str]) -> str:
    if decided.outcome == "agrees":
        return "booked" if decided.line.number in new else "known"
    return "kept_out"
