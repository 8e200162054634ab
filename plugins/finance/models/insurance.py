"""From when the health insurance that a round collects counts."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps


class InsuranceStart(Identified, SchoolOwned, Timestamps, Base):
    """The first day of validity for a grade, else for the whole school. First graders begin in October, others in
    January: the months stand in the bill as the quantity."""

    __tablename__ = "finance_insurance_start"
    __table_args__ = (
        UniqueConstraint("round_id", "item_id", "grade", postgresql_nulls_not_distinct=True),
        CheckConstraint("extract(day from starts_on) = 1", name="starts_on"),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("finance_round.id", ondelete="CASCADE"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("finance_item.id"))
    grade: Mapped[int | None]
    starts_on: Mapped[date]
