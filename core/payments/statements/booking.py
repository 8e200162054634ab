"""From the plan of a statement to the books, in one transaction."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from core import audit
from core.data.context import Context
from core.data.imports.plan import collector_paused
from core.payments.booking import transfers
from core.payments.booking.evidence import Origin
from core.payments.booking.many import Movement, book_movements
from core.payments.booking.outcome import Applied
from core.payments.booking.recognise import Part, Placement, parts_of
from core.payments.channels import Channel
from core.payments.facts import REVERSES
from core.payments.matching import Decision, Learner, Match, Outcome, Statement
from core.payments.matching.text import squeeze
from core.payments.port import Fact, FactKind
from core.payments.settlements.overdue import close_arrived
from core.payments.settlements.payouts import match_payouts
from core.types.contributions import Progress

from . import lines
from .planning import Plan, Registry, check, earlier, matched, registry

_SOURCE = Origin("statement")


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

    Whoever else books on this account waits: what the plan says holds until the commit, and two people who import the
    same file at once import it once. Needs `payments.statement.import`.
    """
    channel = check(ctx, channel_id, statement)
    with collector_paused():
        return _import(ctx, channel, statement, name, learners, progress)


def _import(
    ctx: Context,
    channel: Channel,
    statement: Statement,
    name: str,
    learners: Iterable[Learner] | None,
    progress: Progress | None,
) -> Imported:
    transfers.hold_account(ctx, channel)
    references, told = registry(ctx), earlier(ctx, channel)
    made = matched(ctx, channel, statement, references, learners, told)
    numbers = _numbers(made.result.decisions)
    together, alone = _sorted_out(ctx, channel, made, numbers, references, told)
    counted = Counter(book_movements(ctx, channel, together, _SOURCE, progress))
    for movement in alone:
        counted[transfers.apply(ctx, channel, movement.fact, _SOURCE, movement.placement)] += 1
    suspense = sum(m.fact.amount for m in together if m.brings and not m.placement.parts)
    lines.keep(ctx, channel, name, statement, made.result.decisions, numbers)
    match_payouts(ctx)
    close_arrived(ctx)
    detail = {"name": name, "lines": len(made.result.decisions), "credited": made.result.credited, **made.counts}
    audit.record(ctx, "payments.statement.imported", target=("payment_channel", channel.id), detail=detail)
    return Imported(made, counted[Applied.BOOKED], counted[Applied.KNOWN], made.result.credited, suspense)


def _sorted_out(
    ctx: Context,
    channel: Channel,
    made: Plan,
    numbers: Sequence[str],
    references: Registry,
    told: Mapping[str, int],
) -> tuple[list[Movement], list[Movement]]:
    """Movements that are booked together, and the few that look at what is booked already, one after the other."""
    together: list[Movement] = []
    alone: list[Movement] = []
    inside = {squeeze(d.reversed_by) for d in made.result.decisions if d.reversed_by}
    early = transfers.waiting_debits(ctx, channel)
    now = ctx.now()
    for decision, number in zip(made.result.decisions, numbers, strict=True):
        if decision.outcome in (Outcome.UNREADABLE, Outcome.NOT_A_FEE):
            continue
        if decision.outcome is Outcome.DUPLICATE and not _contradicts(decision, number, told):
            continue
        movement = Movement(_fact(decision, number, now), _placement(decision, references), _reverses(decision))
        if decision.outcome is Outcome.DUPLICATE:
            alone.append(movement)
        elif movement.fact.kind is FactKind.DEBIT:
            (together if squeeze(number) in inside else alone).append(movement)
        else:
            (alone if movement.brings and movement.fact.amount in early else together).append(movement)
    return together, alone


def _contradicts(decision: Decision, number: str, told: Mapping[str, int]) -> bool:
    """Whether a notice told another amount under this number: a person has to see that (never booked)."""
    credit = decision.line.credit
    if decision.duplicate_of is not None:
        return False
    return bool(credit) and told.get(squeeze(number), credit) not in (credit, 0)


def _placement(decision: Decision, references: Registry) -> Placement:
    if decision.outcome is Outcome.MATCHED:
        return Placement(tuple(part for m in decision.matches for part in _parts(references[m.reference], m)))
    why = str(decision.how or decision.reason or "")
    return Placement(why=why, candidates=decision.candidates or decision.payer_hints)


def _parts(row: Row[Any], match: Match) -> tuple[Part, ...]:
    """Whose the money of a line is. A second line under a family's code goes on where the first has ended."""
    if row.kind == "charge":
        return parts_of(row, match.amount)
    earlier_lines = row.asked + match.difference - match.amount
    return parts_of(row, match.amount, before=earlier_lines)


def _reverses(decision: Decision) -> str | None:
    counterpart = decision.reversed_by if decision.line.credit else decision.reversal_of
    return squeeze(counterpart) if counterpart else None


def _fact(decision: Decision, number: str, now: datetime) -> Fact:
    line = decision.line
    counterpart = decision.reversed_by if line.credit else decision.reversal_of
    return Fact(
        kind=FactKind.CREDIT if line.credit else FactKind.DEBIT,
        provider_txn=number,
        amount=line.credit or line.debit or 0,
        currency="VND",
        occurred_at=line.booked_at or now,
        memo=line.text,
        data={"payer": line.payer, **({REVERSES: counterpart} if counterpart else {})},
    )


def _numbers(decisions: tuple[Decision, ...]) -> list[str]:
    """The transaction number of each line, in their order. A bank that gives none gets one from the line itself.

    Two equal lines are two payments: they are told apart by their balance, and by their place among equals.
    """
    seen: Counter[str] = Counter()
    result: list[str] = []
    for decision in decisions:
        line = decision.line
        number = line.number
        if not number:
            moment = line.booked_at.isoformat() if line.booked_at else ""
            raw = "\n".join([moment, squeeze(line.text), str(line.credit), str(line.debit), str(line.balance)])
            digest = hashlib.sha256(raw.encode()).hexdigest()[:24].upper()
            seen[digest] += 1
            number = f"LINE{digest}N{seen[digest]}"
        result.append(number)
    return result
