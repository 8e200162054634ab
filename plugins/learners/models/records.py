"""Pupils, their classes and enrolments. Names, birth and phones live in the core's person of the same id."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps


class Learner(SchoolOwned, Timestamps, Base):
    """A pupil of the school. `id` is the id of the person (`core_person`)."""

    __tablename__ = "learners_learner"
    __table_args__ = (
        # Pupils without a code too: it is also the way to all pupils of a school.
        Index("uq_learners_learner_code", "school_id", "code", unique=True),
        Index(
            "uq_learners_learner_personal_id",
            "school_id",
            "personal_id",
            unique=True,
            postgresql_where="personal_id IS NOT NULL",
        ),
    )

    school_id: Mapped[UUID] = mapped_column()  # pyright: ignore[reportIncompatibleVariableOverride]
    id: Mapped[UUID] = mapped_column(primary_key=True)
    """A trigger keeps it a person of this school, once a statement; the pupil goes with the person."""
    code: Mapped[str | None]
    """`mahocsinh`: the code in the sector's database."""
    personal_id: Mapped[str | None]
    """`sodinhdanh`: 12 digits."""
    suffix: Mapped[str | None]
    """`phanbiet`: (A), (B) behind the names of namesakes."""
    birth: Mapped[str | None]
    """ISO date, or a partial one: `2014`, `2014-03`."""
    ethnic: Mapped[str | None]
    nationality: Mapped[str | None]
    paper_kind: Mapped[int | None]
    paper_number: Mapped[str | None]
    birth_province: Mapped[str | None]
    address_detail: Mapped[str | None]
    address_commune: Mapped[str | None]
    address_province: Mapped[str | None]
    address_former: Mapped[bool] = mapped_column(default=False)
    address_original: Mapped[str | None]
    """A former commune as it was typed, until a person chooses the new one."""
    disability: Mapped[str | None]
    insurance: Mapped[str | None]
    remark: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    """Grows with every change; what an undo and an If-Match compare."""


class SchoolClass(Identified, SchoolOwned, Timestamps, Base):
    """A class of one school year."""

    __tablename__ = "learners_class"
    __table_args__ = (
        UniqueConstraint("school_id", "year_id", "name"),
        UniqueConstraint("school_id", "year_id", "id"),
        CheckConstraint("grade BETWEEN 0 AND 12", name="grade"),
    )

    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"))
    name: Mapped[str]
    grade: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    """Order in lists: 6A2 before 6A10."""
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("learners_import.id"))
    """The import that opened the class."""


class Enrolment(Identified, SchoolOwned, Timestamps, Base):
    """A pupil in a class from a day to a day; without an end it is the present class of that year.

    Triggers keep the pupil, the class (of this school and this year) and the imports rows that are there, once a
    statement: enrolments come by the hundred thousand. They go with the pupil.
    """

    __tablename__ = "learners_enrolment"
    __table_args__ = (
        Index(
            "uq_learners_enrolment_present",
            "learner_id",
            "year_id",
            unique=True,
            postgresql_where="ends_on IS NULL",
        ),
        Index("ix_learners_enrolment_class", "school_id", "class_id"),
        Index("ix_learners_enrolment_learner", "learner_id"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="order"),
    )

    school_id: Mapped[UUID] = mapped_column()  # pyright: ignore[reportIncompatibleVariableOverride]
    learner_id: Mapped[UUID]
    year_id: Mapped[UUID]
    class_id: Mapped[UUID]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    import_id: Mapped[UUID | None]
    closed_by: Mapped[UUID | None]
    """The imports that began and ended it, so that exactly this can be undone."""


class PolicyGroup(Identified, SchoolOwned, Timestamps, Base):
    """A policy group that a pupil belongs to (poor household, orphan ...), with its validity and its proof."""

    __tablename__ = "learners_policy_group"
    # By the pupil alone: deleting one looks for its groups without the school.
    __table_args__ = (Index("ix_learners_policy_group_learner", "learner_id"),)

    school_id: Mapped[UUID] = mapped_column()  # pyright: ignore[reportIncompatibleVariableOverride]
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"))
    name: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("learners_import.id"))
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("learners_import.id"))
    by_hand: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Entered with its proof at the school; lists do not end it."""
    document: Mapped[str] = mapped_column(default="", server_default="")
    """Number, day and issuer of the paper."""
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_file.id"))
    verified_by: Mapped[str | None]
    verified_at: Mapped[datetime | None]
