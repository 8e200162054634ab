"""Coming, going and moving: why an enrolment began or ended, and the big moves at the turn of a year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps

KINDS = ("new", "transfer_in", "return", "transfer_out", "leave", "complete", "move", "promote", "repeat")
OUTCOMES = ("promoted", "repeats", "completed", "undecided")
BATCHES = ("rollover", "split", "join")


class Batch(Identified, SchoolOwned, Timestamps, Base):
    """Many pupils moved at once, so that exactly this can be undone: a year rolled over, a class split or joined."""

    __tablename__ = "learners_batch"
    __table_args__ = (
        CheckConstraint(f"kind IN {BATCHES}", name="kind"),
        Index("ix_learners_batch_school", "school_id", "id"),
    )

    kind: Mapped[str]
    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"))
    """The year into which pupils were moved."""
    happened_on: Mapped[date]
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Names of the classes and counts, as shown; `opened` are the classes that it made."""
    author: Mapped[str]
    undone_at: Mapped[datetime | None]


class Movement(Identified, SchoolOwned, Timestamps, Base):
    """One step of a pupil (biến động): came, left, moved, promoted, repeats."""

    __tablename__ = "learners_movement"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        Index("ix_learners_movement_learner", "learner_id", "happened_on"),
        Index("ix_learners_movement_year", "school_id", "year_id", "kind"),
        Index("ix_learners_movement_began", "began", postgresql_where="began IS NOT NULL"),
        Index("ix_learners_movement_ended", "ended", postgresql_where="ended IS NOT NULL"),
        Index("ix_learners_movement_batch", "batch_id", postgresql_where="batch_id IS NOT NULL"),
    )

    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"))
    kind: Mapped[str]
    happened_on: Mapped[date]
    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"))
    began: Mapped[UUID | None] = mapped_column(ForeignKey("learners_enrolment.id"))
    ended: Mapped[UUID | None] = mapped_column(ForeignKey("learners_enrolment.id"))
    """The enrolments that this step began and ended."""
    reason: Mapped[str] = mapped_column(default="")
    """Code of the list `learners.leaving_reasons`."""
    other_school: Mapped[str] = mapped_column(default="")
    document: Mapped[str] = mapped_column(default="")
    """Number and day of the decision or of the transfer papers."""
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_file.id"))
    note: Mapped[str] = mapped_column(default="")
    author: Mapped[str] = mapped_column(default="")
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("learners_batch.id"))


class Outcome(SchoolOwned, Timestamps, Base):
    """What becomes of a pupil at the end of a year, by the results or by hand."""

    __tablename__ = "learners_outcome"
    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        Index("ix_learners_outcome_year", "school_id", "year_id"),
    )

    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"), primary_key=True)
    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"), primary_key=True)
    outcome: Mapped[str]
    source: Mapped[str] = mapped_column(default="hand")
    """`hand`, or the module whose results say so."""
    reason: Mapped[str] = mapped_column(default="")
