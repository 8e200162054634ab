"""Bank statements: a plan first, then the books. Importing the same file again changes nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from core import audit
from core.data.context import Context
from core.types.contributions import Progress
from core.types.errors import Invalid
from core.types.message import _

from . import channels, providers
from .booking import transfers
from .booking.evidence import Origin
from .booking.recognise import Placement, due_of, parts_of
from .facts import REVERSES
from .matching import Decision, Learner, Line, Matcher, Outcome, Result, Statement, match_statement
from .matching import Origin as Place
from .matching.text import squeeze
from .port import Fact, FactKind

_LOOK_BACK = timedelta(days=400)
"""How old a transaction may be that a new statement repeats or takes back."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do, or has done, line by line; the file's own order."""

    channel_id: UUID
    result: Result

    @property
    def counts(self) -> dict[str, int]:
        """Lines by outcome."""
        return dict(Counter(decision.outcome.value for decision in self.result.decisions))


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import has booked. `booked` and `known` count lines that touch the books."""

    plan: Plan
    booked: int
    known: int
    credited: int
    """Dong that went to persons."""
    suspense: int
    """Dong that wait in suspense."""


_REFERENCES = text(
    """
SELECT r.reference, r.kind, r.target_id, r.person_id, c.due, c.allocated, c.state,
       a.amount AS asked, a.captured, a.lines
  FROM core_payment_reference r
  LEFT JOIN core_charge c ON r.kind = 'charge' AND c.id = r.target_id
  LEFT JOIN core_payment_attempt a ON r.kind = 'attempt' AND a.id = r.target_id
 WHERE r.school_id = :school
   AND (r.kind = 'charge' OR a.created_at > :since)
 ORDER BY r.created_at, r.reference
"""
)
_EARLIER = text(
    "SELECT provider_txn, CASE kind WHEN 'credit' THEN amount ELSE 0 END AS amount FROM core_evidence "
    "WHERE school_id = :school AND rail = :rail AND kind IN ('credit', 'debit') AND recorded_at > :since"
)
_LEARNERS = text(
    """
SELECT DISTINCT ON (p.id) p.id, p.full_name, c.hints,
       (SELECT string_agg(g.full_name, '|') FROM core_relation r JOIN core_person g ON g.id = r.person_id
         WHERE r.related_id = p.id) AS parents
  FROM core_person p JOIN core_charge c ON c.person_id = p.id
 WHERE p.school_id = :school ORDER BY p.id, c.opened_at DESC
"""
)


def plan(ctx: Context, channel_id: UUID, statement: Statement, *, learners: Iterable[Learner] | None = None) -> Plan:
    """What an import would do. Changes nothing. Needs `payments.statement.import`.

    Args:
        channel_id: a channel of the account; the statement must be of the same one where it names any.
        learners: the school's roll for proposals by name; without it everybody who was ever charged.

    Raises:
        Invalid: for the statement of another account.
    """
    ctx.require("payments.statement.import")
    return _plan(ctx, channels.load(ctx, channel_id), statement, _registry(ctx), learners)


def import_statement(
    ctx: Context,
    channel_id: UUID,
    statement: Statement,
    *,
    name: str = "",
    learners: Iterable[Learner] | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Book a statement in one transaction. Lines that a notice has told already are booked once (I12).

    Needs `payments.statement.import`.
    """
    ctx.require("payments.statement.import")
    channel = channels.load(ctx, channel_id)
    registry = _registry(ctx)
    made = _plan(ctx, channel, statement, registry, learners)
    decisions = made.result.decisions
    numbers = _numbers(decisions)
    counted: Counter[str] = Counter()
    suspense = 0
    for done, decision in enumerate(decisions):
        fact = _fact(decision, numbers[decision.line.origin.sheet, decision.line.origin.row], ctx)
        if fact is not None:
            placement = _placement(decision, registry)
            applied = transfers.apply(ctx, channel, fact, Origin("statement"), placement)
            counted[applied.value] += 1
            if not placement.parts and fact.kind is FactKind.CREDIT and applied == "booked":
                suspense += fact.amount
        if progress is not None and done % 20 == 19:
            progress(done + 1, len(decisions))
    credited = made.result.credited
    detail = {"name": name, "lines": len(decisions), "credited": credited, **made.counts}
    audit.record(ctx, "payments.statement.imported", target=("payment_channel", channel_id), detail=detail)
    return Imported(made, counted["booked"], counted["known"], credited, suspense)


def propose(
    ctx: Context, asked: Sequence[tuple[str, int]], learners: Iterable[Learner] | None = None
) -> list[Decision]:
    """Whom transfers in suspense (memo and amount) could be for, in the same order. Needs `payments.case.read`."""
    ctx.require("payments.case.read")
    if not asked:
        return []
    matcher = _matcher(ctx, _registry(ctx), learners)
    now = ctx.now()
    return [matcher.decide(Line(Place("", 0), now, "", memo, amount, 0)) for memo, amount in asked]


def proposals(ctx: Context, memo: str, amount: int, learners: Iterable[Learner] | None = None) -> Decision:
    """Whom a transfer in suspense could be for. Needs `payments.case.read`."""
    return propose(ctx, [(memo, amount)], learners)[0]


def _plan(
    ctx: Context,
    channel: channels.Channel,
    statement: Statement,
    registry: dict[str, Row[Any]],
    learners: Iterable[Learner] | None,
) -> Plan:
    if providers.get(channel.provider).flow == "redirect":
        raise Invalid(_("A statement is imported for a bank account."))
    if statement.account and channel.merchant and squeeze(statement.account) != squeeze(channel.merchant):
        raise Invalid(_("This is the statement of another account."))
    values = {"school": ctx.school_id, "rail": channel.rail, "since": ctx.now() - _LOOK_BACK}
    earlier = {row.provider_txn: row.amount for row in ctx.session.execute(_EARLIER, values)}
    return Plan(channel.id, match_statement(statement, _matcher(ctx, registry, learners), earlier))


def _registry(ctx: Context) -> dict[str, Row[Any]]:
    values = {"school": ctx.school_id, "since": ctx.now() - _LOOK_BACK}
    return {row.reference: row for row in ctx.session.execute(_REFERENCES, values)}


def _matcher(ctx: Context, registry: dict[str, Row[Any]], learners: Iterable[Learner] | None) -> Matcher:
    roll = _learners(ctx) if learners is None else learners
    return Matcher([due_of(row) for row in registry.values()], roll)


def _learners(ctx: Context) -> list[Learner]:
    rows = ctx.session.execute(_LEARNERS, {"school": ctx.school_id})
    return [
        Learner(
            key=str(row.id),
            name=row.full_name,
            class_name=row.hints.get("class_name", ""),
            code=row.hints.get("code", ""),
            parents=tuple(row.parents.split("|")) if row.parents else (),
            family=row.parents or "",
        )
        for row in rows
    ]


def _placement(decision: Decision, registry: dict[str, Row[Any]]) -> Placement:
    if decision.outcome is Outcome.MATCHED:
        parts = [p for m in decision.matches for p in parts_of(registry[m.reference], m.amount)]
        return Placement(tuple(parts))
    why = str(decision.how or decision.reason or "")
    return Placement(why=why, candidates=decision.candidates or decision.payer_hints)


def _fact(decision: Decision, number: str, ctx: Context) -> Fact | None:
    """The fact of a line, or None for a line that is not the ledger's business."""
    line = decision.line
    if decision.outcome in (Outcome.DUPLICATE, Outcome.UNREADABLE, Outcome.NOT_A_FEE):
        return None
    credit = bool(line.credit)
    counterpart = decision.reversed_by if credit else decision.reversal_of
    return Fact(
        kind=FactKind.CREDIT if credit else FactKind.DEBIT,
        provider_txn=number,
        amount=line.credit or line.debit or 0,
        currency="VND",
        occurred_at=line.booked_at or ctx.now(),
        memo=line.text,
        data={"payer": line.payer, **({REVERSES: counterpart} if counterpart else {})},
    )


def _numbers(decisions: tuple[Decision, ...]) -> dict[tuple[str, int], str]:
    """The transaction number of each line. A bank that gives none gets one from the line itself.

    Two equal lines are two payments: they are told apart by their balance, and by their place among equals.
    """
    seen: Counter[str] = Counter()
    result: dict[tuple[str, int], str] = {}
    for decision in decisions:
        line = decision.line
        number = line.number
        if not number:
            moment = line.booked_at.isoformat() if line.booked_at else ""
            raw = "\n".join([moment, squeeze(line.text), str(line.credit), str(line.debit), str(line.balance)])
            digest = hashlib.sha256(raw.encode()).hexdigest()[:24].upper()
            seen[digest] += 1
            number = f"LINE{digest}N{seen[digest]}"
        result[line.origin.sheet, line.origin.row] = number
    return result
