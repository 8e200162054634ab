"""The tables. Each carries the module's name; both belong to a school."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps


class Meal(Identified, SchoolOwned, Timestamps, Base):
    """What is cooked on a day. The price is in whole dong."""

    __tablename__ = "canteen_meal"
    __table_args__ = (
        Index("ix_canteen_meal_day", "school_id", "day"),
        CheckConstraint("price >= 0", name="price"),
    )

    day: Mapped[date]
    dish: Mapped[str]
    price: Mapped[int]
    charged_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Registration(Identified, SchoolOwned, Timestamps, Base):
    """A pupil eats a meal."""

    __tablename__ = "canteen_registration"
    __table_args__ = (
        UniqueConstraint("meal_id", "person_id"),
        Index("ix_canteen_registration_person", "school_id", "person_id"),
    )

    meal_id: Mapped[UUID] = mapped_column(ForeignKey("canteen_meal.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
