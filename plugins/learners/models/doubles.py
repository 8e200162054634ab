"""Records that are, or are not, of the same pupil."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps


class Distinct(SchoolOwned, Timestamps, Base):
    """Two pupils who look like one, and of whom a person said that they are two."""

    __tablename__ = "learners_distinct"
    __table_args__ = (
        CheckConstraint("learner_id < other_id", name="order"),
        Index("ix_learners_distinct_other", "other_id"),
    )

    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"), primary_key=True)
    author: Mapped[str]


class Merge(Identified, SchoolOwned, Timestamps, Base):
    """Two records made one, with all that is needed to take it back exactly."""

    __tablename__ = "learners_merge"
    __table_args__ = (
        Index("ix_learners_merge_school", "school_id", "id"),
        Index("ix_learners_merge_kept", "kept_id"),
    )

    kept_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"))
    gone_id: Mapped[UUID]
    """The record that is no more; its row is in `undo`."""
    kept_name: Mapped[str]
    version: Mapped[int]
    """Version of the kept record after the merge; a later change forbids to undo it."""
    author: Mapped[str]
    undo: Mapped[dict[str, Any]]
    """Rows as they were, and which rows were moved."""
    undone_at: Mapped[datetime | None]
