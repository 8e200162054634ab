"""Money goes back: credits that the bank took back, and refunds made outside or by us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.payments.accounts import CHARGEBACK, REFUND_PAYABLE, STUDENT_BALANCE, SUSPENSE
from core.payments.cases_open import open_case
from core.payments.channels import Channel
from core.payments.ledger.entries import Entry, Line, post
from core.payments.port import Fact
from core.work import events

from .allocation import allocate, lock_people, release
from .evidence import Known

_WHERE = text(
    """
SELECT p.account, p.person_id, sum(p.amount)::bigint AS amount
  FROM core_journal_entry e JOIN core_posting p ON p.entry_id = e.id
 WHERE e.school_id = :school AND e.evidence_id = :evidence AND p.account = ANY(CAST(:accounts AS text[]))
 GROUP BY p.account, p.person_id HAVING sum(p.amount) < 0 ORDER BY p.person_id
"""
)


def take_back(
    ctx: Context, channel: Channel, fact: Fact, evidence: Known, credit_id: UUID, charges: Sequence[UUID]
) -> None:
    """Book the reversal of a credit: out of wherever its money went, and out of the bank account again."""
    values = {
        "school": ctx.school_id,
        "evidence": credit_id,
        "accounts": [STUDENT_BALANCE, SUSPENSE, REFUND_PAYABLE],
    }
    held = ctx.session.execute(_WHERE, values).all()
    people: dict[UUID, int] = {}
    lines: list[Line] = []
    for row in held:
        if row.person_id is None:
            lines.append(Line(row.account, -row.amount))
        else:
            people[row.person_id] = people.get(row.person_id, 0) - row.amount
    lock_people(ctx, people)
    lines += withdraw(ctx, people, subject=f"evidence:{evidence.id}", evidence_id=evidence.id, first=tuple(charges))
    post(
        ctx,
        Entry(
            source=f"evidence:{evidence.id}",
            kind=f"evidence.{fact.kind.value}",
            occurred_at=fact.occurred_at,
            lines=(*lines, Line(channel.account, -fact.amount)),
            memo=fact.memo,
            evidence_id=evidence.id,
        ),
    )
    allocate(ctx, list(people))
    for person, amount in people.items():
        payload = {"person": str(person), "amount": amount, "evidence": str(evidence.id)}
        events.emit(ctx, "payments.reversed", payload)


def withdraw(
    ctx: Context,
    people: Mapping[UUID, int],
    *,
    subject: str,
    evidence_id: UUID | None = None,
    first: tuple[UUID, ...] = (),
) -> list[Line]:
    """The debits that take money from locked persons, released from their charges where it must be.

    What somebody does not have any more is a loss to be claimed: it goes to `chargeback`, with a case.
    """
    lines: list[Line] = []
    for person, amount in people.items():
        there = min(amount, release(ctx, person, amount, first=first))
        if there > 0:
            lines.append(Line(STUDENT_BALANCE, there, person))
        if there < amount:
            lines.append(Line(CHARGEBACK, amount - there))
            open_case(
                ctx,
                "money_gone",
                f"{subject}:{person}",
                amount=amount - there,
                person_id=person,
                evidence_id=evidence_id,
            )
    return lines
