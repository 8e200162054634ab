"""Subjects, what each grade learns in a year, what each class is taught and by whom."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps

ASSESSED = ("score", "comment", "level")
"""By marks from 0 to 10, by Đạt / Chưa đạt (Circular 22/2021, article 5), by levels T/H/C (Circular 27/2020)."""


class Subject(Identified, SchoolOwned, Timestamps, Base):
    """A subject or educational activity of the school: taken over from a programme, or its own."""

    __tablename__ = "curriculum_subject"
    __table_args__ = (
        UniqueConstraint("school_id", "code"),
        UniqueConstraint("school_id", "id"),
        CheckConstraint("code ~ '^[a-z][a-z0-9_]{1,30}$'", name="code"),
    )

    code: Mapped[str]
    """Ours; codes of the sector's database are a table of their own once they are published."""
    name_vi: Mapped[str]
    name_en: Mapped[str]
    short: Mapped[str]
    """What fits into a column head: `LS&ĐL`."""
    position: Mapped[int] = mapped_column(default=100)
    programme: Mapped[str] = mapped_column(default="")
    """Code of the programme it comes from; empty for the school's own."""


class Plan(Identified, SchoolOwned, Timestamps, Base):
    """What a grade learns in a school year: how many periods, and how it is assessed."""

    __tablename__ = "curriculum_plan"
    __table_args__ = (
        UniqueConstraint("school_id", "year_id", "grade", "subject_id"),
        ForeignKeyConstraint(["school_id", "subject_id"], ["curriculum_subject.school_id", "curriculum_subject.id"]),
        CheckConstraint("grade BETWEEN 1 AND 12", name="grade"),
        CheckConstraint("periods BETWEEN 1 AND 1000", name="periods"),
        CheckConstraint(f"assessed IN {ASSESSED}", name="assessed"),
    )

    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"))
    grade: Mapped[int]
    subject_id: Mapped[UUID]
    periods: Mapped[int]
    """Periods (45 minutes; 35 in primary school) a year: they say how many regular marks a pupil needs."""
    assessed: Mapped[str]
    elective: Mapped[bool] = mapped_column(default=False)
    """Chosen by class; only required subjects come to every class by themselves."""


class Course(Identified, SchoolOwned, Timestamps, Base):
    """A subject as one class is taught it in its year: what marks, lessons and teachers hang on."""

    __tablename__ = "curriculum_course"
    __table_args__ = (
        UniqueConstraint("school_id", "class_id", "subject_id"),
        UniqueConstraint("school_id", "id"),
        ForeignKeyConstraint(["school_id", "subject_id"], ["curriculum_subject.school_id", "curriculum_subject.id"]),
        ForeignKeyConstraint(
            ["school_id", "year_id", "class_id"],
            ["learners_class.school_id", "learners_class.year_id", "learners_class.id"],
        ),
        CheckConstraint("periods BETWEEN 1 AND 1000", name="periods"),
        CheckConstraint(f"assessed IN {ASSESSED}", name="assessed"),
    )

    year_id: Mapped[UUID]
    class_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    periods: Mapped[int]
    assessed: Mapped[str]


class Teacher(SchoolOwned, Timestamps, Base):
    """Who may be given lessons. `id` is the id of the person; an account is not needed."""

    __tablename__ = "curriculum_teacher"
    __table_args__ = (
        UniqueConstraint("school_id", "id"),
        Index("uq_curriculum_teacher_code", "school_id", "code", unique=True, postgresql_where=text("code <> ''")),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(default="")
    """`magiaovien`, once the sector's database has given it."""
    active: Mapped[bool] = mapped_column(default=True)


class Teaching(Identified, SchoolOwned, Timestamps, Base):
    """Who teaches a course, from a day up to, and without, another; without an end until the year is over."""

    __tablename__ = "curriculum_teaching"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "course_id"], ["curriculum_course.school_id", "curriculum_course.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["school_id", "teacher_id"], ["curriculum_teacher.school_id", "curriculum_teacher.id"]),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="order"),
        Index("ix_curriculum_teaching_course", "school_id", "course_id"),
        Index("ix_curriculum_teaching_teacher", "school_id", "teacher_id"),
    )

    course_id: Mapped[UUID]
    teacher_id: Mapped[UUID]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Homeroom(Identified, SchoolOwned, Timestamps, Base):
    """The homeroom teacher (giáo viên chủ nhiệm) of a class, from a day up to, and without, another."""

    __tablename__ = "curriculum_homeroom"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "year_id", "class_id"],
            ["learners_class.school_id", "learners_class.year_id", "learners_class.id"],
        ),
        ForeignKeyConstraint(["school_id", "teacher_id"], ["curriculum_teacher.school_id", "curriculum_teacher.id"]),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="order"),
        Index(
            "uq_curriculum_homeroom_now",
            "school_id",
            "class_id",
            unique=True,
            postgresql_where=text("ends_on IS NULL"),
        ),
        Index("ix_curriculum_homeroom_class", "school_id", "class_id"),
        Index("ix_curriculum_homeroom_teacher", "school_id", "teacher_id"),
    )

    year_id: Mapped[UUID]
    class_id: Mapped[UUID]
    teacher_id: Mapped[UUID]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
