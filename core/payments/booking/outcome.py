"""What became of a fact, and the two ways in which one stays out of the books."""

from __future__ import annotations

import enum

from core.data.context import Context
from core.payments.cases_open import open_case
from core.payments.channels import Channel
from core.payments.facts import to_json
from core.payments.port import Fact
from core.payments.rules import Doubt

from . import evidence as ev
from .evidence import AttemptRow, Origin


class Applied(enum.StrEnum):
    BOOKED = "booked"
    KNOWN = "known"
    NOTED = "noted"  # evidence without money
    QUARANTINED = "quarantined"


def quarantine(
    ctx: Context, channel: Channel, fact: Fact, origin: Origin, why: Doubt, attempt: AttemptRow | None = None
) -> Applied:
    """Keep a signed fact out of the books and give it to a person."""
    subject = f"{channel.rail}:{fact.kind.value}:{ev.number_of(channel, fact)}:{fact.amount}{fact.currency}"
    open_case(
        ctx,
        why.value,
        subject,
        amount=fact.amount,
        facts=to_json(fact),
        channel_id=channel.id,
        inbox_id=origin.inbox_id,
        attempt_id=attempt.id if attempt else None,
    )
    return Applied.QUARANTINED


def same_or_conflict(ctx: Context, channel: Channel, fact: Fact, origin: Origin, known: ev.Known) -> Applied:
    """A number seen before: the same fact again, or (never booked) another one under its number."""
    if (known.amount, known.currency) == (fact.amount, fact.currency):
        return Applied.KNOWN
    open_case(
        ctx,
        "conflicting_evidence",
        f"evidence:{known.id}:{fact.amount}{fact.currency}",
        amount=fact.amount,
        facts={**to_json(fact), "known_amount": known.amount},
        channel_id=channel.id,
        evidence_id=known.id,
        inbox_id=origin.inbox_id,
    )
    return Applied.QUARANTINED
