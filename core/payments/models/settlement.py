"""What banks and payment services say of the money itself: statement and settlement files, line by line."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, SchoolOwned
from core.data.types import utc_now


class SettlementFile(Identified, SchoolOwned, Base):
    """A statement of an account, or a day file of a service, that was imported. The days it covers are told."""

    __tablename__ = "core_settlement_file"
    __table_args__ = (Index("ix_core_settlement_file_rail", "school_id", "rail", "first_day"),)

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("core_payment_channel.id"))
    rail: Mapped[str]
    name: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    lines: Mapped[int]
    imported_at: Mapped[datetime] = mapped_column(default=utc_now)
    imported_by: Mapped[str]


class SettlementLine(Identified, SchoolOwned, Base):
    """One movement of money as the bank or service tells it, once, in however many files it stands. Whole dong."""

    __tablename__ = "core_settlement_line"
    __table_args__ = (
        UniqueConstraint("school_id", "rail", "kind", "number"),
        CheckConstraint("kind IN ('credit', 'debit', 'payment', 'refund')", name="kind"),
        Index("ix_core_settlement_line_day", "school_id", "day"),
        Index("ix_core_settlement_line_evidence", "evidence_id", postgresql_where="evidence_id IS NOT NULL"),
        Index("ix_core_settlement_line_file", "file_id"),
        Index(
            "ix_core_settlement_line_unpaid",
            "school_id",
            "rail",
            postgresql_where="payout_id IS NULL AND kind IN ('payment', 'refund')",
        ),
    )

    school_id: Mapped[UUID] = mapped_column()  # pyright: ignore[reportIncompatibleVariableOverride]
    """No foreign keys: what they would name is never deleted, and five checks a row would double a statement's time."""
    file_id: Mapped[UUID]
    rail: Mapped[str]
    kind: Mapped[str]
    """credit and debit of an account; payment and refund of a service."""
    number: Mapped[str]
    """As evidence of the rail is numbered."""
    reference: Mapped[str] = mapped_column(default="")
    """Ours, as a service echoes it."""
    day: Mapped[date]
    """In Viet Nam."""
    occurred_at: Mapped[datetime]
    amount: Mapped[int]
    """Before the fee; money that left is negative."""
    fee: Mapped[int] = mapped_column(default=0)
    memo: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str]
    """What the import made of it: an outcome of matching, or for a service `known`, `booked`, `kept_out`."""
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How it was matched, for the accountant: `how` or `reason`."""
    evidence_id: Mapped[UUID | None]
    payout_id: Mapped[UUID | None]
    """The entry by which the service paid it out to the school's account."""
