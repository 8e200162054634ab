"""Receipts ("biên lai thu tiền"): one for each posted collection, numbers gapless in a school and year."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned


class ReceiptSeries(SchoolOwned, Base):
    """The counter of a year. Its row stays locked until the receipt is committed: no number is lost."""

    __tablename__ = "finance_receipt_series"
    __table_args__ = (CheckConstraint("last_number >= 0", name="last_number"),)

    school_id: Mapped[UUID] = mapped_column(  # pyright: ignore[reportIncompatibleVariableOverride]  (in the key)
        ForeignKey("core_school.id"), primary_key=True
    )
    year: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class Receipt(Identified, SchoolOwned, Base):
    """A receipt; cancelled ones keep their number."""

    __tablename__ = "finance_receipt"
    __table_args__ = (
        UniqueConstraint("school_id", "entry_id", "person_id"),
        UniqueConstraint("school_id", "year", "number"),
        Index("ix_finance_receipt_person", "school_id", "person_id", "id"),
        CheckConstraint("state IN ('issued', 'cancelled')", name="state"),
        CheckConstraint("amount > 0", name="amount"),
    )

    year: Mapped[int]
    number: Mapped[int]
    entry_id: Mapped[UUID]
    """The journal entry of the collection; money for two children is two collections."""
    person_id: Mapped[UUID]
    amount: Mapped[int]
    received_at: Mapped[datetime]
    issued_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    """Everything that is printed, as it was on the day of issue."""
    state: Mapped[str] = mapped_column(default="issued")
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="")
    file_id: Mapped[UUID | None]
    """The rendered document in the core's file store."""
    file_key: Mapped[str] = mapped_column(default="")
    """Digest of content, state and template that the stored document was made from."""
