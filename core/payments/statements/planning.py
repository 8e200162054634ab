"""What a statement would do: its lines matched against every reference of the school. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from core.data.context import Context
from core.payments import channels, providers
from core.payments.booking.recognise import due_of
from core.payments.matching import Decision, Learner, Line, Matcher, Origin, Result, Statement, match_statement
from core.payments.matching.text import squeeze
from core.types.errors import Invalid
from core.types.message import _

_LOOK_BACK = timedelta(days=400)
"""How old a transaction may be that a new statement repeats or takes back."""

Registry = dict[str, Row[Any]]
"""Every reference that may be paid, with what is owed under it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do, or has done, line by line; the file's own order."""

    channel_id: UUID
    result: Result

    @property
    def counts(self) -> dict[str, int]:
        """Lines by outcome."""
        return dict(Counter(decision.outcome.value for decision in self.result.decisions))


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
    channel = check(ctx, channel_id, statement)
    return matched(ctx, channel, statement, registry(ctx), learners, earlier(ctx, channel))


def check(ctx: Context, channel_id: UUID, statement: Statement) -> channels.Channel:
    """The channel of a statement. Needs `payments.statement.import`.

    Raises:
        Invalid: the channel is no bank account, or the statement is of another one.
    """
    ctx.require("payments.statement.import")
    channel = channels.load(ctx, channel_id)
    if providers.get(channel.provider).flow == "redirect":
        raise Invalid(_("A statement is imported for a bank account."))
    if statement.account and channel.merchant and squeeze(statement.account) != squeeze(channel.merchant):
        raise Invalid(_("This is the statement of another account."))
    return channel


def matched(
    ctx: Context,
    channel: channels.Channel,
    statement: Statement,
    references: Registry,
    learners: Iterable[Learner] | None,
    known: dict[str, int],
) -> Plan:
    """The plan of a statement against references and transactions that are known."""
    return Plan(channel.id, match_statement(statement, _matcher(ctx, references, learners), known))


def propose(
    ctx: Context, asked: Sequence[tuple[str, int]], learners: Iterable[Learner] | None = None
) -> list[Decision]:
    """Whom transfers in suspense (memo and amount) could be for, in the same order. Needs `payments.case.read`."""
    ctx.require("payments.case.read")
    if not asked:
        return []
    matcher = _matcher(ctx, registry(ctx), learners)
    now = ctx.now()
    return [matcher.decide(Line(Origin("", 0), now, "", memo, amount, 0)) for memo, amount in asked]


def proposals(ctx: Context, memo: str, amount: int, learners: Iterable[Learner] | None = None) -> Decision:
    """Whom a transfer in suspense could be for. Needs `payments.case.read`."""
    return propose(ctx, [(memo, amount)], learners)[0]


def registry(ctx: Context) -> Registry:
    """What is owed under each reference of the school."""
    values = {"school": ctx.school_id, "since": ctx.now() - _LOOK_BACK}
    return {row.reference: row for row in ctx.session.execute(_REFERENCES, values).all()}


def earlier(ctx: Context, channel: channels.Channel) -> dict[str, int]:
    """Movements of the account that are evidence already, with what each credited (0 for debits)."""
    values = {"school": ctx.school_id, "rail": channel.rail, "since": ctx.now() - _LOOK_BACK}
    return {row.provider_txn: row.amount for row in ctx.session.execute(_EARLIER, values).all()}


def _matcher(ctx: Context, references: Registry, learners: Iterable[Learner] | None) -> Matcher:
    roll = _learners(ctx) if learners is None else learners
    return Matcher([due_of(row) for row in references.values()], roll)


def _learners(ctx: Context) -> list[Learner]:
    rows = ctx.session.execute(_LEARNERS, {"school": ctx.school_id}).all()
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
