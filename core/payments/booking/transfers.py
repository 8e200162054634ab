"""Facts of a bank account. Any amount is real money; an unknown reference goes to suspense, never lost."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from sqlalchemy import Row, text

from core.data.context import Context
from core.data.direct import by_name, query
from core.payments.cases_open import open_case
from core.payments.channels import Channel
from core.payments.facts import to_json
from core.payments.matching.kinds import says_reversal
from core.payments.matching.text import Memo, squeeze
from core.payments.port import Fact, FactKind
from core.payments.rules import doubt

from . import evidence as ev
from . import incoming, outgoing
from .allocation import lock_people
from .evidence import Origin
from .outcome import Applied, quarantine, same_or_conflict
from .recognise import Placement, charges_named, place
from .undecided import undecide

_SHORTEST_NUMBER = 6
_CREDIT = text(
    """
SELECT id, provider_txn, amount, attempt_id, reverses, memo FROM core_evidence
 WHERE school_id = :school AND rail = :rail AND kind = 'credit' AND provider_txn = ANY(CAST(:numbers AS text[]))
   AND NOT EXISTS (SELECT FROM core_evidence d WHERE d.school_id = :school AND d.rail = :rail AND d.kind = 'debit'
                   AND d.reverses = core_evidence.provider_txn)
"""
)
_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended(:rail, 0))"
_HOLD_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended(:rail, 0))"
_WAITING = text(
    """
SELECT DISTINCT d.amount FROM core_evidence d
 WHERE d.school_id = :school AND d.rail = :rail AND d.kind = 'debit'
   AND NOT EXISTS (SELECT FROM core_evidence c WHERE c.school_id = :school AND c.rail = :rail AND c.kind = 'credit'
                   AND (c.provider_txn = d.reverses OR c.reverses = d.provider_txn))
"""
)
_EARLY_DEBIT = """
SELECT d.id, d.provider_txn, d.memo, d.data FROM core_evidence d
 WHERE d.school_id = :school AND d.rail = :rail AND d.kind = 'debit' AND d.amount = :amount
   AND (d.reverses = :number OR d.reverses IS NULL)
   AND NOT EXISTS (SELECT FROM core_evidence c WHERE c.school_id = :school AND c.rail = :rail AND c.kind = 'credit'
                   AND (c.provider_txn = d.reverses OR c.reverses = d.provider_txn))
"""


def hold_account(ctx: Context, channel: Channel, *, shared: bool = False) -> None:
    """Let what concerns the account take turns until the commit; the first lock of a step, before attempts and persons.

    A credit and the debit that takes it back must see each other; credits among themselves need not wait (`shared`).
    """
    query(ctx, _HOLD_SHARED if shared else _HOLD, {"rail": f"{ctx.school_id}:{channel.rail}"})


def waiting_debits(ctx: Context, channel: Channel) -> frozenset[int]:
    """Amounts of debits without a credit of theirs: one of these may take back a credit that has not come yet."""
    return frozenset(ctx.session.scalars(_WAITING, {"school": ctx.school_id, "rail": channel.rail}))


def apply(ctx: Context, channel: Channel, fact: Fact, origin: Origin, placement: Placement | None = None) -> Applied:
    """A movement of an account. `placement` is what a statement's matching has decided; else the memo decides."""
    why = doubt(
        fact.kind,
        fact.amount,
        fact.currency,
        fact.merchant,
        channel_merchant=channel.merchant,
        redirect=False,
        asked=None,
    )
    if why is not None:
        return quarantine(ctx, channel, fact, origin, why)
    if fact.kind is FactKind.CREDIT:
        return _credit(ctx, channel, fact, origin, placement)
    if fact.kind is FactKind.DEBIT:
        return _debit(ctx, channel, fact, origin)
    ev.add(ctx, channel, fact, origin)
    return Applied.NOTED


def _credit(ctx: Context, channel: Channel, fact: Fact, origin: Origin, decided: Placement | None) -> Applied:
    placement = decided or place(ctx, fact)
    attempts = ev.lock_attempts(ctx, [], [placement.attempt_id] if placement.attempt_id else [])
    if attempts and decided is None:  # another transfer under the same code may have come while we waited
        placement = place(ctx, fact)
    lock_people(ctx, placement.people)
    taken = _taken_back_by(ctx, channel, fact)
    known = ev.add(ctx, channel, fact, origin, attempt_id=placement.attempt_id, reverses=taken)
    if not known.new:
        return same_or_conflict(ctx, channel, fact, origin, known)
    if taken is None:
        incoming.book(ctx, channel, fact, known, placement)
    for attempt in attempts.values():
        ev.project(ctx, attempt)
    return Applied.BOOKED if taken is None else Applied.NOTED


def _taken_back_by(ctx: Context, channel: Channel, fact: Fact) -> str | None:
    """The debit that took this credit back before we heard of it: then neither has an effect."""
    number = ev.number_of(channel, fact)
    named = ev.reverses_of(channel, fact)
    if named:
        return named
    values = {"school": ctx.school_id, "rail": channel.rail, "amount": fact.amount, "number": number}
    for row in by_name(ctx, _EARLY_DEBIT, values):
        if row.data.get("reverses") or number in _numbers(row.memo):
            return str(row.provider_txn)
    return None


def _debit(ctx: Context, channel: Channel, fact: Fact, origin: Origin) -> Applied:
    """Money that leaves. It concerns us when it takes back a credit; the rest is the school's own spending."""
    credit = _credit_of(ctx, channel, fact)
    named = credit.provider_txn if credit else ev.reverses_of(channel, fact)
    attempts = ev.lock_attempts(ctx, [], [credit.attempt_id]) if credit and credit.attempt_id else {}
    known = ev.add(ctx, channel, fact, origin, reverses=named)
    if not known.new:
        return same_or_conflict(ctx, channel, fact, origin, known)
    if credit is None:
        if named is None and says_reversal(Memo.of(fact.memo)):
            open_case(
                ctx,
                "reversal_unclear",
                f"evidence:{known.id}",
                amount=fact.amount,
                facts=to_json(fact),
                channel_id=channel.id,
                evidence_id=known.id,
            )
        return Applied.NOTED
    charges = charges_named(ctx, credit.memo) + [c for a in attempts.values() for c in a.charges]
    undecide(ctx, credit.id, fact.memo)
    outgoing.take_back(ctx, channel, fact, known, credit.id, charges)
    for attempt in attempts.values():
        ev.project(ctx, attempt)
    ctx.session.execute(_RESOLVE, {"school": ctx.school_id, "evidence": credit.id, "now": ctx.now()})
    return Applied.BOOKED


_RESOLVE = text(
    "UPDATE core_exception_case SET state = 'resolved', resolution = 'reversed', resolved_at = :now, "
    "resolved_by = 'system' WHERE school_id = :school AND evidence_id = :evidence AND state = 'open'"
)


def _credit_of(ctx: Context, channel: Channel, fact: Fact) -> Row[Any] | None:
    """The booked credit that a debit of the same amount names, by its number as a word of the memo."""
    named = ev.reverses_of(channel, fact)
    numbers = [named] if named else _numbers(fact.memo)
    if not numbers:
        return None
    values = {"school": ctx.school_id, "rail": channel.rail, "numbers": numbers}
    rows = ctx.session.execute(_CREDIT, values).all()
    fitting = [row for row in rows if row.amount == fact.amount and row.reverses is None]
    return fitting[0] if len(fitting) == 1 else None


def _numbers(memo: str) -> list[str]:
    """Words of a memo that can be transaction numbers."""
    words = Memo.of(memo).words
    found = [w for w in words if len(w) >= _SHORTEST_NUMBER and any(c.isdigit() for c in w)]
    return [*found, *(squeeze(a + b) for a, b in pairwise(words))]
