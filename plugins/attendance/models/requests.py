"""What families report: a child will be absent, and why."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps

STATES = ("new", "accepted", "declined", "withdrawn")


class Request(Identified, SchoolOwned, Timestamps, Base):
    """A family asks for leave (đơn xin nghỉ học) for a span of days. `created_at` is when the school was told."""

    __tablename__ = "attendance_request"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("last_day >= first_day AND last_day - first_day <= 60", name="days"),
        CheckConstraint("session BETWEEN 0 AND 2", name="session"),
        Index("ix_attendance_request_learner", "learner_id", "last_day"),
        Index("ix_attendance_request_state", "school_id", "state", "last_day"),
    )

    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    session: Mapped[int] = mapped_column(default=0)
    """0 the whole day, 1 only in the morning, 2 only in the afternoon."""
    reason: Mapped[str]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_file.id"))
    state: Mapped[str] = mapped_column(default="new")
    author: Mapped[str]
    account_id: Mapped[UUID | None]
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    """What the school says to the family."""
