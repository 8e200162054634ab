"""Electronic invoices: our gapless number, what went out, where it stands at the service and the tax authority."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned


class EInvoiceSeries(SchoolOwned, Base):
    """The counter of a year. Its row stays locked until the invoice is committed: no number is lost."""

    __tablename__ = "finance_einvoice_series"
    __table_args__ = (CheckConstraint("last_number >= 0", name="last_number"),)

    school_id: Mapped[UUID] = mapped_column(  # pyright: ignore[reportIncompatibleVariableOverride]  (in the key)
        ForeignKey("core_school.id"), primary_key=True
    )
    year: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class EInvoice(Identified, SchoolOwned, Base):
    """One order to the service: an invoice, one that adjusts or replaces another, or the cancelling of one.

    The row is the outbox: a job is only the occasion to look at it.
    """

    __tablename__ = "finance_einvoice"
    __table_args__ = (
        UniqueConstraint("school_id", "key"),
        UniqueConstraint("school_id", "year", "number"),
        Index("ix_finance_einvoice_state", "school_id", "state", "created_at"),
        Index("ix_finance_einvoice_whom", "person_id"),
        Index("ix_finance_einvoice_receipt", "receipt_id", postgresql_where="receipt_id IS NOT NULL"),
        Index(
            "uq_finance_einvoice_follow",
            "original_id",
            "kind",
            unique=True,
            postgresql_where="kind IN ('replace', 'cancel') AND state <> 'dropped'",
        ),
        CheckConstraint("kind IN ('issue', 'adjust', 'replace', 'cancel')", name="kind"),
        CheckConstraint(
            "state IN ('waiting', 'sending', 'unknown', 'taken', 'valid', 'refused', "
            "'replaced', 'cancelled', 'dropped')",
            name="state",
        ),
        CheckConstraint("(kind = 'cancel') = (number IS NULL)", name="number"),
        CheckConstraint("(kind = 'issue') = (original_id IS NULL)", name="original"),
        CheckConstraint("state NOT IN ('taken', 'valid') OR provider_id <> ''", name="evidence"),
    )

    year: Mapped[int]
    number: Mapped[int | None]
    """Ours, without a gap in a year; a cancellation has none of its own."""
    key: Mapped[str]
    """What the service knows the order by: never used twice."""
    kind: Mapped[str]
    original_id: Mapped[UUID | None] = mapped_column(ForeignKey("finance_einvoice.id"))
    receipt_id: Mapped[UUID | None] = mapped_column(ForeignKey("finance_receipt.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    total: Mapped[int]
    content: Mapped[dict[str, Any]]
    """Buyer, pupil and lines as they went out; the buyer changes only while the order is refused."""
    reason: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="waiting")
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    provider: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    """Of the last try: no answer, or the words of the refusal."""
    provider_id: Mapped[str] = mapped_column(default="")
    symbol: Mapped[str] = mapped_column(default="")
    official_number: Mapped[str] = mapped_column(default="")
    retrieval_code: Mapped[str] = mapped_column(default="")
    authority_code: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    taken_at: Mapped[datetime | None]
    valid_at: Mapped[datetime | None]

    @property
    def label(self) -> str:
        """Our number as people read it: `2026/000123`."""
        return f"{self.year}/{self.number:06d}" if self.number else self.key


class EInvoiceLine(SchoolOwned, Base):
    """What of a bill's item an invoice is for; with it, nothing is invoiced twice. Append-only by right."""

    __tablename__ = "finance_einvoice_line"
    __table_args__ = (
        Index("ix_finance_einvoice_line_bill", "bill_id"),
        CheckConstraint("amount <> 0", name="amount"),
    )

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("finance_einvoice.id"), primary_key=True)
    bill_id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    amount: Mapped[int]
    """Dong; below zero in an adjustment that gives back."""
