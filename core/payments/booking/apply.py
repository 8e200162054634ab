"""Facts, one after the other, into the books. Idempotent: what is known already changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from core.data.context import Context
from core.payments import providers
from core.payments.cases_open import open_case
from core.payments.channels import Channel
from core.payments.facts import to_json
from core.payments.port import Fact, FactKind
from core.payments.rules import MONEY_IN, Doubt, doubt

from . import disputes, incoming, refunds, transfers
from . import evidence as ev
from .allocation import lock_people
from .evidence import AttemptRow, Origin
from .outcome import Applied, quarantine, same_or_conflict
from .recognise import Placement, attempt_parts

_REFUNDS = frozenset({FactKind.REFUND_PENDING, FactKind.REFUNDED, FactKind.REFUND_FAILED})
_DISPUTES = frozenset({FactKind.DISPUTED, FactKind.DISPUTE_WON, FactKind.CHARGED_BACK})


def apply_facts(ctx: Context, channel: Channel, facts: Sequence[Fact], origin: Origin) -> list[Applied]:
    """Book facts of one channel in the transaction of `ctx`.

    Locks in this order: account (transfers), attempts, persons, running totals. Safe to repeat, in any order of facts.
    """
    redirect = providers.get(channel.provider).flow == "redirect"
    if not redirect:
        transfers.hold_account(ctx, channel, shared=all(fact.kind is not FactKind.DEBIT for fact in facts))
        return [transfers.apply(ctx, channel, fact, origin) for fact in facts]
    attempts = ev.lock_attempts(ctx, sorted({fact.reference for fact in facts if fact.reference}))
    return [_redirect(ctx, channel, fact, origin, attempts.get(fact.reference or "")) for fact in facts]


def _redirect(ctx: Context, channel: Channel, fact: Fact, origin: Origin, attempt: AttemptRow | None) -> Applied:
    """A fact of a redirect payment: it must agree with the attempt that it names, to the dong."""
    why = doubt(
        fact.kind,
        fact.amount,
        fact.currency,
        fact.merchant,
        channel_merchant=channel.merchant,
        redirect=True,
        asked=attempt.amount if attempt else None,
        same_channel=attempt is not None and attempt.channel_id == channel.id,
    )
    if why is not None or attempt is None:
        return quarantine(ctx, channel, fact, origin, why or Doubt.UNKNOWN_ATTEMPT, attempt)
    money = fact.kind in MONEY_IN
    parts = attempt_parts(attempt.id, attempt.shares, fact.amount) if money else ()
    if money:
        lock_people(ctx, [part.person_id for part in parts])
    if fact.kind in _REFUNDS:
        fact = refunds.named(ctx, fact, attempt)
    known = ev.add(ctx, channel, fact, origin, attempt_id=attempt.id)
    if not known.new:
        return same_or_conflict(ctx, channel, fact, origin, known)
    if money:
        incoming.book(ctx, channel, fact, known, Placement(parts))
    elif fact.kind in _REFUNDS:
        refunds.apply(ctx, channel, fact, known, attempt)
    elif fact.kind in _DISPUTES:
        disputes.apply(ctx, channel, fact, known, attempt)
    elif fact.kind is FactKind.REVIEW:
        open_case(
            ctx,
            "in_review",
            f"evidence:{known.id}",
            amount=fact.amount,
            facts=to_json(fact),
            channel_id=channel.id,
            evidence_id=known.id,
            attempt_id=attempt.id,
        )
    standing = ev.project(ctx, attempt)
    if money and standing.refunded:
        refunds.catch_up(ctx, channel, attempt)  # a refund that was told before its payment
    return Applied.BOOKED if money else Applied.NOTED
