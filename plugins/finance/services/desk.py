"""The counter: cash with its receipt, and what has been paid of a bill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Context, access
from core.sdk.ledger import JournalEntry, Posting, collect_cash
from plugins.finance.models import Receipt

from .bills import view_of
from .receipts import Collection, ReceiptRow, issue_receipt, number_label


def take_cash(ctx: Context, bill_id: UUID, amount: int, note: str = "", *, key: str) -> UUID:
    """Take cash for the pupil of a bill: it pays what is due first. The receipt is there at once.

    Args:
        amount: dong.
        key: of the form; sending it twice takes the money once.

    Returns:
        the receipt.

    Raises:
        Invalid: no amount.
    """
    ctx.require("payments.cash.collect")
    person_id = view_of(ctx, bill_id).bill.person_id
    entry_id = collect_cash(ctx, person_id, amount, note.strip(), key=key)
    return issue_receipt(ctx, Collection(entry_id, person_id, amount, _allocated_now(ctx, person_id)))


def _allocated_now(ctx: Context, person_id: UUID) -> dict[UUID, int]:
    """What this very transaction has paid of each charge."""
    rows = ctx.session.execute(
        select(Posting.charge_id, func.sum(-Posting.amount))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(
            JournalEntry.kind == "allocation",
            JournalEntry.txid == func.pg_current_xact_id(),
            Posting.person_id == person_id,
            Posting.charge_id.is_not(None),
        )
        .group_by(Posting.charge_id)
    )
    return {charge_id: int(amount) for charge_id, amount in rows if charge_id is not None}


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that a bill has received, or given back (below zero). Dong."""

    at: datetime
    amount: int
    kind: str


@dataclass(frozen=True, slots=True)
class Paid:
    """How a bill was paid."""

    payments: tuple[Payment, ...]
    receipts: tuple[ReceiptRow, ...]


def paid_of(ctx: Context, bill_id: UUID) -> Paid:
    """Payments of a bill, the latest first, and the receipts that name it.

    Raises:
        NotFound: no such bill, or not one that this reader may see.
    """
    found = view_of(ctx, bill_id)
    access.require_for(ctx, "finance.bill.read", found.bill.person_id)
    if found.charge_id is None:
        return Paid((), ())
    rows = ctx.session.execute(
        select(JournalEntry.booked_at, -Posting.amount, JournalEntry.kind)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(Posting.charge_id == found.charge_id, JournalEntry.kind.in_(("allocation", "release")))
        .order_by(Posting.id.desc())
    )
    payments = tuple(Payment(*row) for row in rows)
    named = Receipt.content["bills"].contains([{"reference": found.bill.reference}])
    stored = ctx.session.scalars(
        select(Receipt).where(Receipt.person_id == found.bill.person_id, named).order_by(Receipt.id.desc())
    )
    return Paid(payments, tuple(_row(row) for row in stored))


def _row(row: Receipt) -> ReceiptRow:
    pupil = row.content["pupil"]
    label = number_label(row.year, row.number)
    return ReceiptRow(row.id, label, row.person_id, pupil["name"], pupil["class"], row.amount, row.issued_at, row.state)
