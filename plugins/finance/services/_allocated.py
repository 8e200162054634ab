"""What a payment that was just booked has paid."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Context
from core.sdk.ledger import JournalEntry, Posting


def allocated_now(ctx: Context, person_id: UUID) -> dict[UUID, int]:
    """What this very transaction has paid of each charge of a person, in dong."""
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
