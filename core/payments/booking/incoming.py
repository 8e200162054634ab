"""Money comes in: evidence, entry, allocation, event."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.data.context import Context
from core.payments.accounts import STUDENT_BALANCE, SUSPENSE
from core.payments.cases_open import Opening, open_cases
from core.payments.channels import Channel
from core.payments.ledger.entries import Entry, Line, post
from core.payments.port import Fact
from core.types.contributions import Payload
from core.work import events

from .allocation import Allocated, allocate
from .evidence import Known
from .recognise import Part, Placement


def book(ctx: Context, channel: Channel, fact: Fact, evidence: Known, placement: Placement) -> list[Allocated]:
    """Post money that has come in: to the balances of those it is certain for, else to suspense with a case.

    Persons are locked. What no charge needs stays as balance, and the accountant is told (double payment, too much).
    """
    entry = entry_of(channel, fact, evidence.id, placement)
    post(ctx, entry)
    if placement.parts:
        return settle(ctx, entry.id, evidence.id, placement.parts, placement.attempt_id)
    case = suspended(channel, fact, evidence.id, placement)
    made = open_cases(ctx, [case]).get(case.subject)
    payload = {"case": str(made) if made else None, "amount": fact.amount, "evidence": str(evidence.id)}
    events.emit(ctx, "payments.unmatched", payload)
    return []


def settle(
    ctx: Context,
    entry_id: UUID,
    evidence_id: UUID | None,
    parts: Sequence[Part],
    attempt_id: UUID | None = None,
) -> list[Allocated]:
    """Let fresh money pay charges, and tell: an event for each person, a case where money is left over."""
    people = list(dict.fromkeys(part.person_id for part in parts))
    allocated = allocate(ctx, people, first=[charge for part in parts for charge in part.charges])
    for person in people:
        mine = [part for part in parts if part.person_id == person]
        used = [a for a in allocated if a.person_id == person]
        events.emit(ctx, "payments.collected", collected(entry_id, mine, used, evidence_id, attempt_id))
        if over := too_much(entry_id, mine, used, evidence_id, attempt_id):
            open_cases(ctx, [over])
    return allocated


def entry_of(channel: Channel, fact: Fact, evidence_id: UUID, placement: Placement) -> Entry:
    """The entry of money that comes in: to the balances of its parts, or to suspense."""
    lines = [Line(STUDENT_BALANCE, -part.amount, part.person_id) for part in placement.parts]
    return Entry(
        source=f"evidence:{evidence_id}",
        kind=f"evidence.{fact.kind.value}",
        occurred_at=fact.occurred_at,
        lines=(Line(channel.account, fact.amount), *(lines or [Line(SUSPENSE, -fact.amount)])),
        memo=fact.memo,
        evidence_id=evidence_id,
    )


def collected(
    entry_id: UUID, mine: Sequence[Part], used: Sequence[Allocated], evidence_id: UUID | None, attempt_id: UUID | None
) -> Payload:
    """What `payments.collected` tells of one person's share of a payment; ids become text on the way to the queue."""
    return {
        "entry": entry_id,
        "person": mine[0].person_id,
        "amount": sum(part.amount for part in mine),
        "charges": [a.charge_id for a in used],
        "allocated": {a.charge_id: a.amount for a in used},
        "evidence": evidence_id,
        "attempt": attempt_id,
    }


def too_much(
    entry_id: UUID, mine: Sequence[Part], used: Sequence[Allocated], evidence_id: UUID | None, attempt_id: UUID | None
) -> Opening | None:
    """The case for what no charge of the person needs, if anything is left."""
    amount = sum(part.amount for part in mine)
    left = amount - sum(a.amount for a in used)
    if left <= 0:
        return None
    person = mine[0].person_id
    return Opening(
        "double_payment" if any(part.charges for part in mine) and not used else "overpaid",
        f"entry:{entry_id}:{person}",
        left,
        {"paid": amount},
        evidence_id=evidence_id,
        attempt_id=attempt_id,
        person_id=person,
    )


def suspended(channel: Channel, fact: Fact, evidence_id: UUID, placement: Placement) -> Opening:
    """The case of money that nobody can be named for, with who could be meant."""
    return Opening(
        "unmatched",
        f"evidence:{evidence_id}",
        fact.amount,
        {
            "memo": fact.memo,
            "why": placement.why,
            "candidates": [{"reference": c.reference, "person": c.owner} for c in placement.candidates],
            "payer": fact.data.get("payer", ""),
        },
        channel_id=channel.id,
        evidence_id=evidence_id,
    )
