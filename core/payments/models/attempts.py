"""Attempts to pay, and money given back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, SchoolOwned
from core.data.types import utc_now


class PaymentAttempt(Identified, SchoolOwned, Base):
    """One try to pay over one channel. `status`, `captured` and `refunded` only mirror the evidence."""

    __tablename__ = "core_payment_attempt"
    __table_args__ = (
        UniqueConstraint("school_id", "key"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_core_payment_attempt_person", "school_id", "person_id", "created_at"),
        Index("ix_core_payment_attempt_whom", "person_id"),
        Index("ix_core_payment_attempt_expiry", "school_id", "expires_at", postgresql_where="NOT expired"),
    )

    reference: Mapped[str] = mapped_column(ForeignKey("core_payment_reference.reference"), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    """The first person of `lines`."""
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("core_payment_channel.id"))
    lines: Mapped[list[Any]]
    """`[{"charge": id, "person": id, "amount": dong}]`: a family pays the bills of several children at once."""
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(default="VND")
    description: Mapped[str]
    key: Mapped[str]
    """Idempotency key of the caller."""
    request_hash: Mapped[str]
    locale: Mapped[str] = mapped_column(default="vi")
    payer_ip: Mapped[str] = mapped_column(default="127.0.0.1")
    return_url: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    expired: Mapped[bool] = mapped_column(default=False)
    given_up: Mapped[bool] = mapped_column(default=False)
    """The last poller has asked and nothing has decided."""
    provider_data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[str] = mapped_column(default="created")
    captured: Mapped[int] = mapped_column(default=0)
    refunded: Mapped[int] = mapped_column(default=0)


class Refund(Identified, SchoolOwned, Base):
    """Money on its way back to a payer: asked for by one person, approved by another."""

    __tablename__ = "core_refund"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("approved_by IS NULL OR approved_by <> requested_by", name="second_person"),
        CheckConstraint(
            "state IN ('requested', 'rejected', 'approved', 'sent', 'done', 'failed', 'unknown')",
            name="state",
        ),
        Index("ix_core_refund_attempt", "school_id", "attempt_id"),
        Index("ix_core_refund_whom", "person_id"),
        UniqueConstraint("school_id", "key"),
    )

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("core_payment_attempt.id"))
    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("core_evidence.id"))
    """The payment that is given back."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    amount: Mapped[int]
    reason: Mapped[str]
    key: Mapped[str]
    state: Mapped[str] = mapped_column(default="requested")
    requested_by: Mapped[str]
    requested_at: Mapped[datetime] = mapped_column(default=utc_now)
    approved_by: Mapped[str | None]
    approver_name: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    provider_txn: Mapped[str | None]
    error: Mapped[str] = mapped_column(default="")
