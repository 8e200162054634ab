"""Marks and results that a pupil brings along from another school."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned


class Brought(Identified, SchoolOwned, Base):
    """What a paper of another school says of a pupil's term. What was replaced or taken back stays."""

    __tablename__ = "assessment_brought"
    __table_args__ = (
        CheckConstraint("term IN (1, 2)", name="term"),
        CheckConstraint("(ended_by = '') = (ended_at IS NULL)", name="ended"),
        Index(
            "uq_assessment_brought_in_force",
            "school_id",
            "learner_id",
            "year_id",
            "term",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        # By the pupil alone: deleting one looks for their papers without the school.
        Index("ix_assessment_brought_learner", "learner_id"),
    )

    learner_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"))
    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"))
    term: Mapped[int] = mapped_column(SmallInteger)
    cells: Mapped[dict[str, Any]]
    """`{code of the subject: {slot: stored cell}}`; the empty code is the class's own book, the slot `tb` the result of
    the term."""
    from_school: Mapped[str]
    document: Mapped[str]
    """The paper: what it is, its number and day."""
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_file.id"))
    entered_by: Mapped[str]
    entered_by_id: Mapped[UUID | None]
    entered_at: Mapped[datetime]
    ended_by: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
