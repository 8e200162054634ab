"""Money that is given back from a balance, such as to those who left: asked for by one person, approved by another."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned


class Payout(Identified, SchoolOwned, Base):
    """One payout. The money is set aside when it is approved and leaves when it is paid."""

    __tablename__ = "finance_payout"
    __table_args__ = (
        Index("ix_finance_payout_state", "school_id", "state", "requested_at"),
        Index("ix_finance_payout_whom", "person_id"),
        CheckConstraint("state IN ('requested', 'approved', 'paid', 'refused')", name="state"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("decided_by IS NULL OR decided_by <> requested_by", name="second_person"),
        CheckConstraint("state <> 'paid' OR paid_number <> ''", name="number"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    amount: Mapped[int]
    reason: Mapped[str]
    to_whom: Mapped[str]
    """Name and account of who receives it, or that it is cash."""
    state: Mapped[str] = mapped_column(default="requested")
    requested_by: Mapped[UUID | None]
    requested_by_name: Mapped[str]
    requested_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str] = mapped_column(default="")
    paid_account: Mapped[str] = mapped_column(default="")
    paid_number: Mapped[str] = mapped_column(default="")
    """Number of the transfer or of the signed cash voucher."""
    paid_at: Mapped[datetime | None]
