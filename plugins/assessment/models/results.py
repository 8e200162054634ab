"""What became of a pupil's year: second chances, and the results as they were calculated last."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, SchoolOwned, Timestamps


class SummerRow(SchoolOwned, Timestamps, Base):
    """Re-assessments and training after the year (Circular 22/2021, articles 13 and 14); the originals stay."""

    __tablename__ = "assessment_summer"
    __table_args__ = (Index("ix_assessment_summer_learner", "learner_id"),)

    school_id: Mapped[UUID] = mapped_column(  # pyright: ignore[reportIncompatibleVariableOverride]
        ForeignKey("core_school.id"), primary_key=True
    )
    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"), primary_key=True)
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"), primary_key=True)
    retests: Mapped[dict[str, Any]]
    """By code of the subject: the new result as it is stored in a cell (`5.5`, `D`, `CD`)."""
    training: Mapped[str] = mapped_column(default="")
    """Level after training in the holidays; empty where there was none."""
    closed: Mapped[bool] = mapped_column(default=False)
    """Nothing more can come: who is not promoted now repeats."""


class YearRow(SchoolOwned, Base):
    """The results of a pupil's year as they were calculated last. Empty text: undetermined, never a failure."""

    __tablename__ = "assessment_year"
    __table_args__ = (
        Index("ix_assessment_year_class", "school_id", "class_id"),
        Index("ix_assessment_year_learner", "learner_id"),
    )

    school_id: Mapped[UUID] = mapped_column(  # pyright: ignore[reportIncompatibleVariableOverride]
        ForeignKey("core_school.id"), primary_key=True
    )
    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"), primary_key=True)
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"), primary_key=True)
    class_id: Mapped[UUID]
    rule_set: Mapped[str]
    """Code of the rule set that was applied."""
    learning: Mapped[str]
    """Level of the year before any second chance; in primary school the outcome of the year."""
    training: Mapped[str]
    final_learning: Mapped[str]
    final_training: Mapped[str]
    promotion: Mapped[str]
    title: Mapped[str]
    subjects: Mapped[dict[str, Any]]
    """By code of the subject: `[term I, term II, year, after re-assessment]` as texts."""
    calculated_at: Mapped[datetime]
