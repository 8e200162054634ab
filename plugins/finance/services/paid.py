"""What has been paid of a bill: by which channel, when, under which number, with which receipt and evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased

from core.sdk import Context, access
from core.sdk.errors import NotFound
from core.sdk.ledger import Evidence, JournalEntry, PaymentAttempt, PaymentChannel, Posting
from core.sdk.people import Person
from plugins.finance.models import Receipt

from .bills import view_of
from .receipts import number_label


@dataclass(frozen=True, slots=True)
class Source:
    """Where money came from."""

    entry_id: UUID
    kind: str
    """Of the entry in the books: `evidence.credit`, `evidence.paid`, `cash.collected`, `assignment`."""
    at: datetime
    """When it happened, by the provider's clock."""
    amount: int
    """All of it in dong; a bill may have received a part."""
    memo: str
    who: str
    """Who took cash or assigned it; empty for what came by itself."""
    evidence_id: UUID | None
    number: str
    """The provider's or bank's transaction number."""
    reference: str
    channel: str
    """Provider of the channel that reported it."""
    channel_label: str
    way: str
    """Provider of the channel that the payer had chosen; empty when none was."""
    way_label: str
    receipt_id: UUID | None
    receipt_label: str
    receipt_state: str


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that a bill has received, or given back (below zero). Dong."""

    at: datetime
    amount: int
    sources: tuple[Source, ...]
    """What the balance that paid it was made of in the same step; empty when it was there before."""


def payments_of(ctx: Context, bill_id: UUID) -> list[Payment]:
    """Payments of a bill, the latest first.

    Raises:
        NotFound: no such bill, or not one that this reader may see.
    """
    found = view_of(ctx, bill_id)
    access.require_for(ctx, "finance.bill.read", found.bill.person_id)
    if found.charge_id is None:
        return []
    rows = ctx.session.execute(
        select(JournalEntry.booked_at, -Posting.amount, JournalEntry.kind, JournalEntry.txid)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(Posting.charge_id == found.charge_id, JournalEntry.kind.in_(("allocation", "release")))
        .order_by(Posting.id.desc())
    ).all()
    sources = _sources(ctx, found.bill.person_id)
    return [
        Payment(at, amount, tuple(sources.get(step, ())) if kind == "allocation" else ())
        for at, amount, kind, step in rows
    ]


def _sources(ctx: Context, person_id: UUID) -> dict[str, list[Source]]:
    """What has come in for a person, by the step (transaction) that booked it; that step also paid the bills."""
    chosen = aliased(PaymentChannel)
    query = (
        select(
            JournalEntry.txid,
            JournalEntry.id,
            JournalEntry.kind,
            func.coalesce(Evidence.occurred_at, JournalEntry.occurred_at),
            -Posting.amount,
            func.coalesce(func.nullif(Evidence.memo, ""), JournalEntry.memo),
            case((JournalEntry.actor["kind"].astext == "account", JournalEntry.actor["name"].astext), else_=""),
            Evidence.id,
            func.coalesce(Evidence.provider_txn, ""),
            func.coalesce(Evidence.reference, ""),
            func.coalesce(PaymentChannel.provider, ""),
            func.coalesce(PaymentChannel.label, ""),
            func.coalesce(chosen.provider, ""),
            func.coalesce(chosen.label, ""),
            Receipt.id,
            Receipt.year,
            Receipt.number,
            func.coalesce(Receipt.state, ""),
        )
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .outerjoin(Evidence, Evidence.id == JournalEntry.evidence_id)
        .outerjoin(PaymentChannel, PaymentChannel.id == Evidence.channel_id)
        .outerjoin(PaymentAttempt, PaymentAttempt.id == Evidence.attempt_id)
        .outerjoin(chosen, chosen.id == PaymentAttempt.channel_id)
        .outerjoin(Receipt, and_(Receipt.entry_id == JournalEntry.id, Receipt.person_id == person_id))
        .where(
            Posting.person_id == person_id,
            Posting.account == "student_balance",
            Posting.amount < 0,
            JournalEntry.kind.not_in(("allocation", "release")),
        )
        .order_by(Posting.id)
    )
    found: dict[str, list[Source]] = {}
    for row in ctx.session.execute(query):
        values: tuple[Any, ...] = tuple(row)
        step, *rest, receipt_id, year, number, state = values
        label = number_label(year, number) if receipt_id else ""
        told: list[Any] = [*rest, receipt_id, label, state]
        found.setdefault(step, []).append(Source(*told))
    return found


@dataclass(frozen=True, slots=True)
class Proof:
    """One fact of a provider as it was verified and kept."""

    id: UUID
    kind: str
    amount: int
    number: str
    reference: str
    memo: str
    merchant: str
    occurred_at: datetime
    recorded_at: datetime
    source: str
    """`notice`, `query`, `statement`, `person`: how the school learnt of it."""
    channel: str
    channel_label: str
    people: tuple[tuple[UUID, str, int], ...]
    """Whose balance it reached, with name and amount."""


def proof(ctx: Context, evidence_id: UUID) -> Proof:
    """One evidence. Needs `payments.ledger.read`.

    Raises:
        NotFound: none at this school.
    """
    ctx.require("payments.ledger.read")
    query = (
        select(
            Evidence.id,
            Evidence.kind,
            Evidence.amount,
            Evidence.provider_txn,
            func.coalesce(Evidence.reference, ""),
            Evidence.memo,
            func.coalesce(Evidence.merchant, ""),
            Evidence.occurred_at,
            Evidence.recorded_at,
            Evidence.source,
            PaymentChannel.provider,
            PaymentChannel.label,
        )
        .join(PaymentChannel, PaymentChannel.id == Evidence.channel_id)
        .where(Evidence.school_id == ctx.school_id, Evidence.id == evidence_id)
    )
    row = ctx.session.execute(query).one_or_none()
    if row is None:
        raise NotFound()
    reached = ctx.session.execute(
        select(Person.id, Person.full_name, func.sum(-Posting.amount))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(Person, Person.id == Posting.person_id)
        .where(JournalEntry.evidence_id == evidence_id, Posting.account == "student_balance")
        .group_by(Person.id)
        .having(func.sum(Posting.amount) != 0)
        .order_by(Person.sort_key, Person.id)
    )
    people = tuple((person, name, int(amount)) for person, name, amount in reached)
    told: list[Any] = [*row, people]
    return Proof(*told)
