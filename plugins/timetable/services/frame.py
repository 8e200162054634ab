"""What the school is made of while a timetable is read: classes, courses, teachers, in a bounded number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.people import Person
from core.sdk.school import current_year
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..models import Lesson, Room
from ..rules.board import Board, CourseFacts, Hours, Placed, Slot
from .hours import hours, subject_rules, wishes


@dataclass(frozen=True, slots=True)
class Frame:
    """Classes (name by id, in their order), courses, names of teachers, homeroom teachers (by class), hours."""

    day: date
    hours: Hours
    classes: Mapping[UUID, str]
    courses: Mapping[UUID, curriculum.CourseLine]
    teachers: Mapping[UUID, str]
    homerooms: Mapping[UUID, UUID]

    def teacher_of(self, course: UUID, class_id: UUID, kind: str, own: UUID | None) -> UUID | None:
        """Who gives a lesson: who it names, the homeroom teacher at theirs, else the teacher of the course."""
        if own is not None:
            return own
        if kind != "lesson" and class_id in self.homerooms:
            return self.homerooms[class_id]
        found = self.courses[course].teachers if course in self.courses else []
        return found[0] if found else None

    def teacher_name(self, teacher: UUID | None) -> str:
        return self.teachers.get(teacher, "") if teacher else ""

    def short_teacher(self, teacher: UUID | None) -> str:
        """The given name, as it stands in the cells of a timetable."""
        return self.teacher_name(teacher).rpartition(" ")[2]


def frame(ctx: Context, *, year_id: UUID | None = None, on: date | None = None) -> Frame:
    """The school in a year (the current one) as it is on a day (today). The caller has checked who asks."""
    day = on or local_date(ctx.now())
    year = year_id or current_year(ctx).id
    classes = {row.class_id: row.class_name for row in ctx.session.execute(learners.classes(ctx, year))}
    courses = {line.id: line for line in curriculum.courses(ctx, year_id=year, on=day)}
    homerooms = curriculum.homerooms(ctx, year_id=year, on=day)
    wanted = {teacher for line in courses.values() for teacher in line.teachers} | set(homerooms.values())
    return Frame(day, hours(ctx), classes, courses, names(ctx, wanted), homerooms)


def restaffed(ctx: Context, found: Frame, year_id: UUID, day: date) -> Frame:
    """The same school with who teaches on another day."""
    courses = {line.id: line for line in curriculum.courses(ctx, year_id=year_id, on=day)}
    homerooms = curriculum.homerooms(ctx, year_id=year_id, on=day)
    return Frame(day, found.hours, found.classes, courses, found.teachers, homerooms)


def names(ctx: Context, persons: Collection[UUID]) -> dict[UUID, str]:
    """Full names by person, in the order of given names."""
    query = (
        select(Person.id, Person.full_name)
        .where(Person.school_id == ctx.school_id, Person.id.in_(persons))
        .order_by(Person.sort_key, Person.id)
    )
    return {row.id: row.full_name for row in ctx.session.execute(query)}


def with_names(ctx: Context, found: Frame, persons: Collection[UUID]) -> Frame:
    """The frame with the names of further teachers."""
    missing = set(persons) - set(found.teachers)
    if not missing:
        return found
    teachers = {**found.teachers, **names(ctx, missing)}
    return Frame(found.day, found.hours, found.classes, found.courses, teachers, found.homerooms)


def lessons_of(ctx: Context, version_id: UUID, found: Frame) -> list[Placed]:
    """The lessons of a version with who gives them."""
    columns = (
        Lesson.id, Lesson.course_id, Lesson.class_id, Lesson.weekday, Lesson.period, Lesson.kind, Lesson.teacher_id,
        Room.name.label("room"), Lesson.fixed,
    )  # fmt: skip
    query = (
        select(*columns)
        .outerjoin(Room, Room.id == Lesson.room_id)
        .where(Lesson.school_id == ctx.school_id, Lesson.version_id == version_id)
        .order_by(Lesson.weekday, Lesson.period, Lesson.id)
    )
    return [
        Placed(
            row.id, row.course_id, row.class_id,
            found.courses[row.course_id].subject_id if row.course_id in found.courses else row.course_id,
            Slot(row.weekday, row.period), found.teacher_of(row.course_id, row.class_id, row.kind, row.teacher_id),
            row.kind, row.room or "", row.fixed, row.teacher_id is not None,
        )
        for row in ctx.session.execute(query)
    ]  # fmt: skip


def board_of(ctx: Context, version_id: UUID | None, found: Frame) -> Board:
    """A version with everything that checks and solvers need; without one, an empty board."""
    lessons = lessons_of(ctx, version_id, found) if version_id else []
    courses = {
        line.id: CourseFacts(
            line.id, line.class_id, line.subject_id, line.periods, line.teachers[0] if line.teachers else None
        )
        for line in found.courses.values()
    }
    codes = {line.subject_id: line.code for line in found.courses.values()}
    return Board(found.hours, courses, lessons, subject_rules(ctx, codes), wishes(ctx, found.hours), found.homerooms)
