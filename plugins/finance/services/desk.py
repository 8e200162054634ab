"""The counter: cash with its receipt."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Context
from core.sdk.ledger import JournalEntry, Posting, collect_cash

from .bills import view_of
from .receipts import Collection, issue_receipt


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
