"""Registers: the proof that a class was looked at, and only those pupils who were not simply there."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps
from core.sdk.data import utc_now

KINDS = ("excused", "unexcused", "late", "left")
"""Absent with leave (có phép), absent without (không phép), came late, left early."""


class Register(Identified, SchoolOwned, Timestamps, Base):
    """The register of a class for a session (buổi), or for one period of it.

    Who is in the class on the day and has no mark was present. Without a register nobody was, and nobody was absent.
    """

    __tablename__ = "attendance_register"
    __table_args__ = (
        UniqueConstraint("school_id", "class_id", "day", "session", "period"),
        UniqueConstraint("school_id", "id"),
        ForeignKeyConstraint(
            ["school_id", "year_id", "class_id"],
            ["learners_class.school_id", "learners_class.year_id", "learners_class.id"],
        ),
        ForeignKeyConstraint(["school_id", "course_id"], ["curriculum_course.school_id", "curriculum_course.id"]),
        CheckConstraint("session IN (1, 2)", name="session"),
        CheckConstraint("period BETWEEN 0 AND 10", name="period"),
        Index("ix_attendance_register_day", "school_id", "day"),
    )

    year_id: Mapped[UUID]
    class_id: Mapped[UUID]
    day: Mapped[date]
    session: Mapped[int]
    """1 in the morning, 2 in the afternoon."""
    period: Mapped[int] = mapped_column(default=0)
    """0 is the whole session; otherwise the number of the period (tiết) in it."""
    course_id: Mapped[UUID | None]
    size: Mapped[int]
    """Pupils of the class on that day."""
    version: Mapped[int] = mapped_column(default=1)
    account_id: Mapped[UUID | None]
    author: Mapped[str]
    """Who took it first."""
    taken_at: Mapped[datetime] = mapped_column(default=utc_now)


class Mark(SchoolOwned, Base):
    """A pupil who was not simply there."""

    __tablename__ = "attendance_mark"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "register_id"],
            ["attendance_register.school_id", "attendance_register.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("minutes BETWEEN 0 AND 300", name="minutes"),
        CheckConstraint("minutes = 0 OR kind IN ('late', 'left')", name="minutes_of"),
        Index("ix_attendance_mark_learner", "learner_id", "day"),
        Index("ix_attendance_mark_day", "school_id", "day"),
    )

    register_id: Mapped[UUID] = mapped_column(primary_key=True)
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"), primary_key=True)
    class_id: Mapped[UUID]
    day: Mapped[date]
    session: Mapped[int]
    period: Mapped[int] = mapped_column(default=0)
    """The day and the class of the register, so that totals read one table."""
    kind: Mapped[str]
    minutes: Mapped[int] = mapped_column(default=0)
    """How late, or how much was missed at the end; 0 is not said."""
    version: Mapped[int] = mapped_column(default=1)
    """The version of the register that brought this value."""
    marked_at: Mapped[datetime] = mapped_column(default=utc_now)


class Change(Identified, SchoolOwned, Base):
    """What a mark was before: written for every change after the register was taken. Never changed."""

    __tablename__ = "attendance_change"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "register_id"],
            ["attendance_register.school_id", "attendance_register.id"],
            ondelete="CASCADE",
        ),
        Index("ix_attendance_change_register", "school_id", "register_id", "version"),
        Index("ix_attendance_change_learner", "learner_id"),
    )

    register_id: Mapped[UUID]
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"))
    version: Mapped[int]
    """The version that this change made."""
    old_kind: Mapped[str]
    old_minutes: Mapped[int] = mapped_column(default=0)
    new_kind: Mapped[str]
    """Kinds of `Mark`, or `present`."""
    new_minutes: Mapped[int] = mapped_column(default=0)
    conflict: Mapped[bool] = mapped_column(default=False)
    """Two people said different things about the pupil without knowing of each other; `applied` tells whose holds."""
    applied: Mapped[bool] = mapped_column(default=True)
    """False: the new value was sent, and the old one was kept."""
    account_id: Mapped[UUID | None]
    author: Mapped[str]
    happened_at: Mapped[datetime] = mapped_column(default=utc_now)
