"""Balances that come from an older system or an earlier year: planned, confirmed, undone."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned


class OpeningBatch(Identified, SchoolOwned, Base):
    """A list of balances as one file gave them."""

    __tablename__ = "finance_opening"
    __table_args__ = (CheckConstraint("state IN ('planned', 'confirmed', 'undone')", name="state"),)

    name: Mapped[str]
    """Of the file, as the person called it."""
    as_of: Mapped[date]
    state: Mapped[str] = mapped_column(default="planned")
    round_id: Mapped[UUID | None]
    """The round whose bills ask what is still owed; a bill a pupil."""
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")


class OpeningLine(Identified, SchoolOwned, Base):
    """One pupil's balance; lines that cannot be taken over say why and are left out."""

    __tablename__ = "finance_opening_line"
    __table_args__ = (
        Index("ix_finance_opening_line_batch", "batch_id", "row_number"),
        Index("ix_finance_opening_line_whom", "person_id"),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("finance_opening.id", ondelete="CASCADE"))
    row_number: Mapped[int]
    code: Mapped[str]
    full_name: Mapped[str]
    """As the file says."""
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    amount: Mapped[int]
    """Dong: above zero is money of the family, below zero is owed."""
    fault: Mapped[str] = mapped_column(default="")
    """Code of what is wrong; empty when the line counts."""
