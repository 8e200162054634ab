"""Totals that were typed by hand, for schools and terms without registers."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, SchoolOwned, Timestamps


class TypedTotal(SchoolOwned, Timestamps, Base):
    """Absences of a pupil in a term as a person counted them; they stand in place of what registers say."""

    __tablename__ = "attendance_total"
    __table_args__ = (
        CheckConstraint("term BETWEEN 1 AND 4", name="term"),
        CheckConstraint("excused BETWEEN 0 AND 400 AND unexcused BETWEEN 0 AND 400", name="range"),
        Index("ix_attendance_total_year", "school_id", "year_id", "term"),
    )

    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"), primary_key=True)
    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"), primary_key=True)
    term: Mapped[int] = mapped_column(primary_key=True)
    excused: Mapped[int]
    unexcused: Mapped[int]
    author: Mapped[str]
