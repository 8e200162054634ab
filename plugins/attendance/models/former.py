"""Absences at the school that a pupil came from in the middle of the year."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned


class FormerTotal(Identified, SchoolOwned, Base):
    """What a paper of the former school says of a pupil's term; it is added to what is counted here.

    What was replaced or taken back stays, with who ended it.
    """

    __tablename__ = "attendance_former"
    __table_args__ = (
        CheckConstraint("term BETWEEN 1 AND 4", name="term"),
        CheckConstraint("excused BETWEEN 0 AND 400 AND unexcused BETWEEN 0 AND 400", name="range"),
        CheckConstraint("(ended_by = '') = (ended_at IS NULL)", name="ended"),
        Index(
            "uq_attendance_former_in_force",
            "school_id",
            "year_id",
            "term",
            "learner_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        # By the pupil alone: deleting one looks for them without the school.
        Index("ix_attendance_former_learner", "learner_id"),
    )

    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"))
    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"))
    term: Mapped[int]
    excused: Mapped[int]
    unexcused: Mapped[int]
    """Units of this school's counting basis: half days, or days."""
    from_school: Mapped[str]
    document: Mapped[str]
    """The paper: what it is, its number and day."""
    author: Mapped[str]
    entered_at: Mapped[datetime]
    ended_by: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
