"""Bank statements that were uploaded: read, planned, confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned


class StatementColumns(SchoolOwned, Base):
    """Which column of an account's or service's files is what: as last understood, or as a person has said."""

    __tablename__ = "finance_statement_columns"

    school_id: Mapped[UUID] = mapped_column(  # pyright: ignore[reportIncompatibleVariableOverride]  (in the key)
        ForeignKey("core_school.id"), primary_key=True
    )
    account: Mapped[str] = mapped_column(primary_key=True)
    """Number of the account; for a payment service the id of its channel."""
    columns: Mapped[dict[str, Any]]
    """What stands in a column to the words of its header."""
    named: Mapped[bool] = mapped_column(default=False)
    """A person has named them: then they go before the words of the header."""
    kept_at: Mapped[datetime]
    kept_by: Mapped[str]


class StatementUpload(Identified, SchoolOwned, Base):
    """A statement file. Its lines are kept as read; confirming books them."""

    __tablename__ = "finance_statement"
    __table_args__ = (
        Index("ix_finance_statement_uploaded", "school_id", "uploaded_at"),
        CheckConstraint("state IN ('planned', 'imported', 'discarded')", name="state"),
    )

    channel_id: Mapped[UUID]
    """A channel of the account."""
    account: Mapped[str]
    name: Mapped[str]
    """Of the file, as the person called it."""
    lines_id: Mapped[UUID]
    """The lines as read, in the core's file store."""
    plan_id: Mapped[UUID | None]
    """What became of each line, kept when the statement was booked."""
    state: Mapped[str] = mapped_column(default="planned")
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str]
    imported_at: Mapped[datetime | None]
    imported_by: Mapped[str] = mapped_column(default="")
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Counts of lines by outcome and sums in dong, once booked."""
