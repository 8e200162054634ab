"""Meals by day: who was away, which months are closed, what was given back. What a month gave never changes."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned


class Absence(SchoolOwned, Base):
    """A day on which a pupil did not eat, and whether the kitchen knew in time."""

    __tablename__ = "finance_absence"
    __table_args__ = (
        Index("ix_finance_absence_day", "school_id", "day"),
        CheckConstraint("source IN ('register', 'hand')", name="source"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    known_at: Mapped[datetime]
    in_time: Mapped[bool]
    source: Mapped[str]
    """`register`: from the module that knows of absences; `hand`: typed here, which holds against the register."""
    note: Mapped[str] = mapped_column(default="")


class MealMonth(SchoolOwned, Base):
    """A month whose meals are closed ("chốt"): what comes later is a correction of its own."""

    __tablename__ = "finance_meal_month"
    __table_args__ = (CheckConstraint("extract(day from month) = 1", name="month"),)

    school_id: Mapped[UUID] = mapped_column(  # pyright: ignore[reportIncompatibleVariableOverride]  (in the key)
        ForeignKey("core_school.id"), primary_key=True
    )
    month: Mapped[date] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]
    closed_by: Mapped[str]


class Credit(Identified, SchoolOwned, Base):
    """Meals given back, or taken again by a late correction. Append-only but for the bill that carries it."""

    __tablename__ = "finance_credit"
    __table_args__ = (
        Index("ix_finance_credit_month", "school_id", "month", "person_id"),
        Index("ix_finance_credit_whom", "person_id"),
        Index("ix_finance_credit_bill", "on_bill_id"),
        CheckConstraint("kind IN ('month', 'correction')", name="kind"),
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("kind = 'correction' OR amount > 0", name="month"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("finance_item.id"))
    month: Mapped[date]
    """First day of the month whose meals it is about."""
    kind: Mapped[str]
    days: Mapped[list[date]] = mapped_column(ARRAY(Date()))
    """The days that count after this line."""
    quantity: Mapped[int]
    """Days that this line adds; below zero when it takes days back."""
    unit_price: Mapped[int]
    """Of the bill of that month: a later price changes nothing."""
    amount: Mapped[int]
    """Dong after the exemption; above zero to the family, below zero asked again on the next bill."""
    batch_id: Mapped[UUID]
    """The step that wrote it; its money is one entry in the books."""
    on_bill_id: Mapped[UUID | None]
    """The bill that shows it as carried over, or asks it again."""
    created_at: Mapped[datetime]
    created_by: Mapped[str]
