"""A collection round ("đợt thu"): its items, prices by class, and pupils who differ."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps


class Round(Identified, SchoolOwned, Timestamps, Base):
    """A collection round, one month of one school."""

    __tablename__ = "finance_round"
    __table_args__ = (
        Index("ix_finance_round_period", "school_id", "period", "id"),
        CheckConstraint("state IN ('draft', 'published', 'closed')", name="state"),
        CheckConstraint("extract(day from period) = 1", name="period"),
    )

    title: Mapped[str]
    period: Mapped[date]
    """First day of the month that is collected for."""
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    """Counts every change, for ETag and If-Match."""
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class RoundItem(SchoolOwned, Base):
    """An item that a round collects."""

    __tablename__ = "finance_round_item"

    round_id: Mapped[UUID] = mapped_column(ForeignKey("finance_round.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("finance_item.id"), primary_key=True)
    position: Mapped[int]


class Price(Identified, SchoolOwned, Base):
    """The unit price of an item for a class, else for a grade, else for the whole school."""

    __tablename__ = "finance_price"
    __table_args__ = (
        UniqueConstraint("round_id", "item_id", "class_id", "grade", postgresql_nulls_not_distinct=True),
        CheckConstraint("class_id IS NULL OR grade IS NULL", name="scope"),
        CheckConstraint("unit_price >= 0 AND quantity >= 0", name="amounts"),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("finance_round.id", ondelete="CASCADE"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("finance_item.id"))
    class_id: Mapped[UUID | None]
    grade: Mapped[int | None]
    unit_price: Mapped[int]
    """Dong."""
    quantity: Mapped[int] = mapped_column(default=1)


class PupilException(Identified, SchoolOwned, Timestamps, Base):
    """A pupil with another quantity, or another amount, of one item in one round."""

    __tablename__ = "finance_exception"
    __table_args__ = (
        UniqueConstraint("round_id", "item_id", "person_id"),
        Index("ix_finance_exception_whom", "person_id"),
        CheckConstraint("(quantity IS NULL) <> (amount IS NULL)", name="one"),
        CheckConstraint("coalesce(quantity, 0) >= 0 AND coalesce(amount, 0) >= 0", name="amounts"),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("finance_round.id", ondelete="CASCADE"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("finance_item.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    quantity: Mapped[int | None]
    amount: Mapped[int | None]
    reason: Mapped[str]
