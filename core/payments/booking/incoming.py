"""Money comes in: evidence, entry, allocation, event."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.data.context import Context
from core.payments.accounts import STUDENT_BALANCE, SUSPENSE
from core.payments.cases_open import open_case
from core.payments.channels import Channel
from core.payments.ledger.entries import Entry, Line, post
from core.payments.port import Fact
from core.work import events

from .allocation import Allocated, allocate
from .evidence import Known
from .recognise import Part, Placement


def book(ctx: Context, channel: Channel, fact: Fact, evidence: Known, placement: Placement) -> list[Allocated]:
    """Post money that has come in: to the balances of those it is certain for, else to suspense with a case.

    Persons are locked. What no charge needs stays as balance, and the accountant is told (double payment, too much).
    """
    lines = [Line(STUDENT_BALANCE, -part.amount, part.person_id) for part in placement.parts]
    entry = Entry(
        source=f"evidence:{evidence.id}",
        kind=f"evidence.{fact.kind.value}",
        occurred_at=fact.occurred_at,
        lines=(Line(channel.account, fact.amount), *(lines or [Line(SUSPENSE, -fact.amount)])),
        memo=fact.memo,
        evidence_id=evidence.id,
    )
    post(ctx, entry)
    if not placement.parts:
        _to_suspense(ctx, channel, fact, evidence, placement)
        return []
    return settle(ctx, entry.id, evidence.id, placement.parts, placement.attempt_id)


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
        amount = sum(part.amount for part in parts if part.person_id == person)
        used = [a for a in allocated if a.person_id == person]
        events.emit(
            ctx,
            "payments.collected",
            {
                "entry": str(entry_id),
                "person": str(person),
                "amount": amount,
                "charges": [str(a.charge_id) for a in used],
                "allocated": {str(a.charge_id): a.amount for a in used},
                "evidence": str(evidence_id) if evidence_id else None,
                "attempt": str(attempt_id) if attempt_id else None,
            },
        )
        left = amount - sum(a.amount for a in used)
        if left > 0:
            asked = any(part.charges for part in parts if part.person_id == person)
            kind = "double_payment" if asked and not used else "overpaid"
            open_case(
                ctx,
                kind,
                f"entry:{entry_id}:{person}",
                amount=left,
                facts={"paid": amount},
                evidence_id=evidence_id,
                attempt_id=attempt_id,
                person_id=person,
            )
    return allocated


def _to_suspense(ctx: Context, channel: Channel, fact: Fact, evidence: Known, placement: Placement) -> None:
    case = open_case(
        ctx,
        "unmatched",
        f"evidence:{evidence.id}",
        amount=fact.amount,
        facts={
            "memo": fact.memo,
            "why": placement.why,
            "candidates": [{"reference": c.reference, "person": c.owner} for c in placement.candidates],
            "payer": fact.data.get("payer", ""),
        },
        channel_id=channel.id,
        evidence_id=evidence.id,
    )
    payload = {"case": str(case) if case else None, "amount": fact.amount, "evidence": str(evidence.id)}
    events.emit(ctx, "payments.unmatched", payload)
