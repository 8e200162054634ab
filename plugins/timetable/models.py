"""The hours of a school, versions of its timetable, their lessons, and what becomes of single lessons."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps

STATES = ("draft", "in_force")
KINDS = ("lesson", "flag", "homeroom")
"""A lesson; the flag ceremony of the whole school (chào cờ); the hour of the homeroom teacher (sinh hoạt lớp)."""
CHANGES = ("substituted", "cancelled", "moved")
REASONS = ("sick", "leave", "training", "duty", "other")
RUNS = ("waiting", "solved", "impossible", "unsolved")
IMPORTS = ("planned", "confirmed", "undone")
ROOMS = ("classroom", "laboratory", "computer", "sports", "hall", "other")
_COURSE = ForeignKeyConstraint(["school_id", "course_id"], ["curriculum_course.school_id", "curriculum_course.id"])


def _teacher(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["school_id", column], ["curriculum_teacher.school_id", "curriculum_teacher.id"])


class Grid(SchoolOwned, Timestamps, Base):
    """Days and periods of a school; one row a school, the usual hours while there is none."""

    __tablename__ = "timetable_grid"

    school_id: Mapped[UUID] = mapped_column(  # pyright: ignore[reportIncompatibleVariableOverride]
        ForeignKey("core_school.id"), primary_key=True
    )
    days: Mapped[list[Any]]
    """ISO numbers of the days with lessons, Monday is 1."""
    periods: Mapped[list[Any]]
    """In the order of the day: `[session, number in the session, from, to]`, times as `07:00`."""


class SubjectRule(SchoolOwned, Timestamps, Base):
    """How lessons of a subject are spread: where it differs from what is usual."""

    __tablename__ = "timetable_subject_rule"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "subject_id"], ["curriculum_subject.school_id", "curriculum_subject.id"], ondelete="CASCADE"
        ),
        CheckConstraint("most_a_day BETWEEN 1 AND 6", name="most_a_day"),
        CheckConstraint("doubles BETWEEN 0 AND 6", name="doubles"),
    )

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    most_a_day: Mapped[int] = mapped_column(default=2)
    doubles: Mapped[int] = mapped_column(default=0)
    """Double periods (tiết đôi) wanted a week."""
    heavy: Mapped[bool] = mapped_column(default=False)
    """Rather not at the end of the day."""
    at_once: Mapped[int | None]
    """Lessons that can be held at the same time in the school: rooms of its own, a sports ground."""


class TeacherRule(SchoolOwned, Timestamps, Base):
    """What holds for the whole week of a teacher, where anything does."""

    __tablename__ = "timetable_teacher_rule"
    __table_args__ = (_teacher("teacher_id"), CheckConstraint("most_days BETWEEN 1 AND 7", name="most_days"))

    teacher_id: Mapped[UUID] = mapped_column(primary_key=True)
    most_days: Mapped[int]
    """Days of the week on which lessons are given, at most."""


class Room(Identified, SchoolOwned, Timestamps, Base):
    """A room in which lessons are held. Plans that named a room keep it: rooms are closed, not deleted."""

    __tablename__ = "timetable_room"
    __table_args__ = (
        UniqueConstraint("school_id", "id"),
        UniqueConstraint("school_id", "key"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint(f"kind IN {ROOMS}", name="kind"),
        CheckConstraint("capacity BETWEEN 1 AND 2000", name="capacity"),
    )

    name: Mapped[str]
    key: Mapped[str]
    """The name as it is compared: without accents, case, and the word for room."""
    kind: Mapped[str] = mapped_column(default="classroom")
    capacity: Mapped[int | None]
    """Seats."""
    closed: Mapped[bool] = mapped_column(default=False)


class Wish(Identified, SchoolOwned, Timestamps, Base):
    """When a teacher cannot (strict) or would rather not teach; without a period, the whole day."""

    __tablename__ = "timetable_wish"
    __table_args__ = (
        _teacher("teacher_id"),
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        Index(
            "uq_timetable_wish",
            "school_id",
            "teacher_id",
            "weekday",
            "period",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    teacher_id: Mapped[UUID]
    weekday: Mapped[int]
    period: Mapped[int | None]
    strict: Mapped[bool] = mapped_column(default=True)


class Version(Identified, SchoolOwned, Timestamps, Base):
    """A timetable of a school year, in force from a day up to, and without, another; only drafts are changed.

    Its table is not called version: the migrations of the module have one of that name.
    """

    __tablename__ = "timetable_edition"
    __table_args__ = (
        UniqueConstraint("school_id", "id"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="order"),
        CheckConstraint("(state = 'in_force') = (starts_on IS NOT NULL)", name="since"),
        Index("ix_timetable_edition_year", "school_id", "year_id"),
        Index(
            "uq_timetable_edition_open",
            "school_id",
            "year_id",
            unique=True,
            postgresql_where=text("state = 'in_force' AND ends_on IS NULL"),
        ),
    )

    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"))
    name: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    """Counts the changes: who changes says which one they saw."""
    author: Mapped[str] = mapped_column(default="")


class Lesson(Identified, SchoolOwned, Timestamps, Base):
    """A course in a period of the week."""

    __tablename__ = "timetable_lesson"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "version_id"], ["timetable_edition.school_id", "timetable_edition.id"], ondelete="CASCADE"
        ),
        _COURSE,
        _teacher("teacher_id"),
        ForeignKeyConstraint(["school_id", "room_id"], ["timetable_room.school_id", "timetable_room.id"]),
        UniqueConstraint("school_id", "id"),
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        CheckConstraint("period BETWEEN 1 AND 15", name="period"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        Index("ix_timetable_lesson_slot", "school_id", "version_id", "weekday", "period"),
        Index("ix_timetable_lesson_course", "school_id", "course_id"),
    )

    version_id: Mapped[UUID]
    course_id: Mapped[UUID]
    class_id: Mapped[UUID]
    """The class of the course, for reading by class."""
    weekday: Mapped[int]
    period: Mapped[int]
    """Position in the grid of the school, from 1; the afternoon counts on."""
    kind: Mapped[str] = mapped_column(default="lesson")
    teacher_id: Mapped[UUID | None]
    """Only where somebody else than the teacher of the course gives it."""
    room_id: Mapped[UUID | None]
    fixed: Mapped[bool] = mapped_column(default=False)
    """Stays where it is when a timetable is generated."""


class Absence(Identified, SchoolOwned, Timestamps, Base):
    """A teacher is away, from the first to the last day."""

    __tablename__ = "timetable_absence"
    __table_args__ = (
        _teacher("teacher_id"),
        CheckConstraint("ends_on >= starts_on", name="order"),
        CheckConstraint(f"reason IN {REASONS}", name="reason"),
        Index("ix_timetable_absence_teacher", "school_id", "teacher_id", "starts_on"),
    )

    teacher_id: Mapped[UUID]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="other")
    author: Mapped[str] = mapped_column(default="")
    withdrawn_at: Mapped[datetime | None]


class Change(Identified, SchoolOwned, Timestamps, Base):
    """What becomes of a lesson on one day: somebody else gives it, it is cancelled, or moved. Never deleted."""

    __tablename__ = "timetable_change"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "lesson_id"], ["timetable_lesson.school_id", "timetable_lesson.id"]),
        _teacher("teacher_id"),
        _teacher("absent_id"),
        CheckConstraint(f"kind IN {CHANGES}", name="kind"),
        CheckConstraint("(kind = 'substituted') = (teacher_id IS NOT NULL)", name="teacher"),
        CheckConstraint("(kind = 'moved') = (moved_on IS NOT NULL AND moved_period IS NOT NULL)", name="moved"),
        Index(
            "uq_timetable_change_now",
            "school_id",
            "lesson_id",
            "day",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_timetable_change_day", "school_id", "day"),
        Index("ix_timetable_change_teacher", "school_id", "teacher_id", "day"),
    )

    lesson_id: Mapped[UUID]
    day: Mapped[date]
    kind: Mapped[str]
    teacher_id: Mapped[UUID | None]
    """Who gives it instead."""
    absent_id: Mapped[UUID | None]
    """Who would have given it."""
    moved_on: Mapped[date | None]
    moved_period: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="other")
    note: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str]
    withdrawn_at: Mapped[datetime | None]


class Import(Identified, SchoolOwned, Timestamps, Base):
    """An uploaded timetable: what was understood of it, cell by cell."""

    __tablename__ = "timetable_import"
    __table_args__ = (
        CheckConstraint(f"state IN {IMPORTS}", name="state"),
        ForeignKeyConstraint(["school_id", "version_id"], ["timetable_edition.school_id", "timetable_edition.id"]),
    )

    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"))
    file_name: Mapped[str]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("core_file.id"))
    state: Mapped[str] = mapped_column(default="planned")
    plan: Mapped[dict[str, Any]] = mapped_column(default=dict)
    author: Mapped[str] = mapped_column(default="")
    version_id: Mapped[UUID | None]
    revision: Mapped[int | None]
    """Of the version as the import left it: who has worked on it since loses nothing by an undo."""


class Run(Identified, SchoolOwned, Timestamps, Base):
    """A timetable that a solver was asked for."""

    __tablename__ = "timetable_run"
    __table_args__ = (
        CheckConstraint(f"state IN {RUNS}", name="state"),
        ForeignKeyConstraint(
            ["school_id", "version_id"], ["timetable_edition.school_id", "timetable_edition.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["school_id", "result_id"], ["timetable_edition.school_id", "timetable_edition.id"], ondelete="CASCADE"
        ),
    )

    version_id: Mapped[UUID | None]
    """Its fixed lessons are kept."""
    job_id: Mapped[UUID | None]
    seed: Mapped[int]
    seconds: Mapped[int]
    """The most that it may take."""
    state: Mapped[str] = mapped_column(default="waiting")
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Objective, bound, seconds, counts; or why it cannot be."""
    result_id: Mapped[UUID | None]


class Feed(Identified, SchoolOwned, Timestamps, Base):
    """A calendar that can be subscribed to by an address which is its key: of a teacher or of a class."""

    __tablename__ = "timetable_feed"
    __table_args__ = (
        CheckConstraint("num_nonnulls(teacher_id, class_id) = 1", name="whose"),
        _teacher("teacher_id"),
        Index("ix_timetable_feed_account", "school_id", "account_id"),
        Index("ix_timetable_feed_person", "person_id"),
    )

    account_id: Mapped[UUID]
    """Who asked for it."""
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"))
    """Who may see the class only through their children or their lessons: asked again each time the calendar is
    fetched. None for whoever may see every class."""
    teacher_id: Mapped[UUID | None]
    class_id: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
