"""Gradebooks, their marks by the million, and what happened to each mark."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps

STATES = ("open", "locked", "approved")
DOORS = ("grid", "form", "api", "import", "undo", "demo", "merge")
"""By which way a mark changed."""
_BOOK = ["school_id", "gradebook_id"], ["assessment_gradebook.school_id", "assessment_gradebook.id"]


class Gradebook(Identified, SchoolOwned, Timestamps, Base):
    """The marks of a course in a term; without a course the class's book: training, or qualities and competences."""

    __tablename__ = "assessment_gradebook"
    __table_args__ = (
        UniqueConstraint("school_id", "class_id", "term", "course_id", postgresql_nulls_not_distinct=True),
        UniqueConstraint("school_id", "id"),
        ForeignKeyConstraint(["school_id", "course_id"], ["curriculum_course.school_id", "curriculum_course.id"]),
        ForeignKeyConstraint(
            ["school_id", "year_id", "class_id"],
            ["learners_class.school_id", "learners_class.year_id", "learners_class.id"],
        ),
        CheckConstraint("term IN (1, 2)", name="term"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_assessment_gradebook_year", "school_id", "year_id", "term"),
        Index("ix_assessment_gradebook_course", "school_id", "course_id"),
    )

    year_id: Mapped[UUID]
    class_id: Mapped[UUID]
    course_id: Mapped[UUID | None]
    term: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(default="open")
    version: Mapped[int] = mapped_column(default=1)
    """Which version is being written, or was locked last; reopening begins the next one."""
    revision: Mapped[int] = mapped_column(default=0)
    """Grows with every change of a mark or of the state: what an ETag is made of."""


class MarkCell(SchoolOwned, Base):
    """A cell that holds something. "Not entered" is the absence of the row. No surrogate key: rows come by the million.

    Written by `services.writing` alone, which checks pupils against the roll of the class. A trigger keeps the book a
    book of this school, once a statement; the marks go with it.
    """

    __tablename__ = "assessment_mark"
    __table_args__ = (
        CheckConstraint("slot ~ '^[a-z][a-z0-9_]{1,30}$'", name="slot"),
        CheckConstraint(
            "CASE WHEN state = 1 THEN num_nonnulls(tenths, text) = 1 ELSE state IN (2, 3, 4) AND"
            " num_nonnulls(tenths, text) = 0 END",
            name="value",
        ),
        CheckConstraint("tenths BETWEEN 0 AND 100", name="tenths"),
    )

    school_id: Mapped[UUID] = mapped_column(primary_key=True)  # pyright: ignore[reportIncompatibleVariableOverride]
    gradebook_id: Mapped[UUID] = mapped_column(primary_key=True)
    learner_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(primary_key=True)
    """`tx1`, `gk`, `ck`; `ghk1`, `ghk1_d` (level and test of a checkpoint); `rl`; `nx` (comment)."""
    state: Mapped[int] = mapped_column(SmallInteger)
    """1 value, 2 absent and still to be made up, 3 absent without make-up (zero by rule), 4 exempt."""
    tenths: Mapped[int | None] = mapped_column(SmallInteger)
    text: Mapped[str | None]
    """Code of a level (`D`, `CD`, `T`, `H` ...), or a comment."""


class Change(SchoolOwned, Base):
    """One change of one cell; never changed itself (the application holds no right to). It goes with the book."""

    __tablename__ = "assessment_change"
    __table_args__ = (
        CheckConstraint(f"door IN {DOORS}", name="door"),
        Index("ix_assessment_change_import", "import_id", postgresql_where=text("import_id IS NOT NULL")),
    )

    school_id: Mapped[UUID] = mapped_column(primary_key=True)  # pyright: ignore[reportIncompatibleVariableOverride]
    gradebook_id: Mapped[UUID] = mapped_column(primary_key=True)
    learner_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    """In order of time."""
    revision: Mapped[int]
    """Of the book, by this change."""
    at: Mapped[datetime]
    old: Mapped[str]
    new: Mapped[str]
    """As `grid.cells` writes them; empty: not entered."""
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    door: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    import_id: Mapped[UUID | None]


class Snapshot(SchoolOwned, Base):
    """A version of a book as it was locked; stays readable for good."""

    __tablename__ = "assessment_snapshot"
    __table_args__ = (ForeignKeyConstraint(*_BOOK, ondelete="CASCADE"),)

    school_id: Mapped[UUID] = mapped_column(  # pyright: ignore[reportIncompatibleVariableOverride]
        ForeignKey("core_school.id"), primary_key=True
    )
    gradebook_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    locked_at: Mapped[datetime]
    locked_by: Mapped[str]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str] = mapped_column(default="")
    marks: Mapped[dict[str, Any]]
    """`{learner id: {slot: cell}}`."""


class Reopening(Identified, SchoolOwned, Timestamps, Base):
    """A request to open a locked book again, with its reason and the answer."""

    __tablename__ = "assessment_reopening"
    __table_args__ = (
        ForeignKeyConstraint(*_BOOK, ondelete="CASCADE"),
        CheckConstraint("decision IN ('', 'approved', 'declined')", name="decision"),
        Index(
            "uq_assessment_reopening_waiting",
            "school_id",
            "gradebook_id",
            unique=True,
            postgresql_where=text("decision = ''"),
        ),
        Index("ix_assessment_reopening_book", "school_id", "gradebook_id"),
    )

    gradebook_id: Mapped[UUID]
    version: Mapped[int]
    """The locked version that is to be opened."""
    asked_by: Mapped[str]
    asked_by_id: Mapped[UUID | None]
    reason: Mapped[str]
    decision: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")


class Publication(SchoolOwned, Base):
    """What families see of a book: its marks as they were when somebody published them, locked or not."""

    __tablename__ = "assessment_publication"
    __table_args__ = (ForeignKeyConstraint(*_BOOK, ondelete="CASCADE"),)

    school_id: Mapped[UUID] = mapped_column(  # pyright: ignore[reportIncompatibleVariableOverride]
        ForeignKey("core_school.id"), primary_key=True
    )
    gradebook_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    published_at: Mapped[datetime]
    published_by: Mapped[str]
    marks: Mapped[dict[str, Any]]
    """As in a version; one child's part is read by its key."""


class Window(Identified, SchoolOwned, Timestamps, Base):
    """From when to when marks of a kind may be entered in a term; without a grade for all grades."""

    __tablename__ = "assessment_window"
    __table_args__ = (
        CheckConstraint("term IN (1, 2)", name="term"),
        CheckConstraint("grade BETWEEN 1 AND 12", name="grade"),
        CheckConstraint("closes_at > opens_at", name="order"),
        Index("ix_assessment_window_term", "school_id", "year_id", "term"),
    )

    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"))
    term: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    """`grid.slots.KINDS`."""
    grade: Mapped[int | None] = mapped_column(SmallInteger)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
