"""What is held on a day or in a week: the timetable in force, and what becomes of its lessons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select

from core.sdk import Context
from core.sdk.school import school_days, terms, years

from ..models import Change, Lesson, Room
from ..rules.board import Placed
from .frame import Frame, frame, lessons_of, restaffed, with_names
from .versions import VersionLine, version_at


@dataclass(frozen=True, slots=True)
class Held:
    """A lesson on a day. `state` is held, substituted, cancelled, moved (away from here) or moved_here."""

    lesson: UUID
    course: UUID
    subject_id: UUID
    class_id: UUID
    day: date
    period: int
    kind: str
    room: str
    teacher: UUID | None
    """Who gives it that day."""
    planned: UUID | None
    """Who would give it otherwise."""
    state: str = "held"
    reason: str = ""
    note: str = ""
    moved_on: date | None = None
    moved_period: int | None = None
    change_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """Lessons from a day to another, with the names to show them."""

    frame: Frame
    version: VersionLine | None
    days: Sequence[date]
    """The days of the span on which the school has lessons."""
    lessons: Sequence[Held]

    def of_class(self, class_id: UUID) -> list[Held]:
        return [lesson for lesson in self.lessons if lesson.class_id == class_id]

    def of_teacher(self, teacher: UUID) -> list[Held]:
        """What a teacher gives, and what somebody else gives for them."""
        return [lesson for lesson in self.lessons if teacher in (lesson.teacher, lesson.planned)]

    def of_room(self, room: str) -> list[Held]:
        return [lesson for lesson in self.lessons if lesson.room == room]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def between(ctx: Context, first: date, last: date) -> Days:
    """Lessons of all classes on the school days of a span, both ends inside. The caller has checked who asks.

    A span over a change of versions reads both, and one over a change of assignments knows who teaches on which day.
    """
    found = version_at(ctx, first) or version_at(ctx, last)
    if found is None:
        return Days(frame(ctx, on=first), None, [], [])
    faces = frame(ctx, year_id=found.year_id, on=first)
    days = [day for day in _school_days(ctx, found.year_id, first, last) if day.isoweekday() in faces.hours.days]
    later = version_at(ctx, last)
    lessons: list[Held] = []
    for line in [found] if later is None or later.id == found.id else [found, later]:
        for start, end, staffed in _staffing(ctx, faces, line.year_id, first, last):
            within = [day for day in days if start <= day <= end]
            lessons += _spread(lessons_of(ctx, line.id, staffed), line, within)
    changed, foreign = _changes(ctx, faces, lessons, first, last)
    held = sorted(_apply(lessons, changed, days, foreign), key=lambda lesson: (lesson.day, lesson.period))
    people = {person for lesson in held for person in (lesson.teacher, lesson.planned) if person}
    return Days(with_names(ctx, faces, people), found, days, held)


def _staffing(ctx: Context, faces: Frame, year_id: UUID, first: date, last: date) -> list[tuple[date, date, Frame]]:
    """The span in pieces in which the same people teach: one, unless an assignment changes in it."""
    if first == last:
        return [(first, last, faces)]
    end = restaffed(ctx, faces, year_id, last)
    if end.homerooms == faces.homerooms and end.courses == faces.courses:
        return [(first, last, faces)]
    middle = first + (last - first) // 2
    after = restaffed(ctx, faces, year_id, middle + timedelta(days=1))
    return [
        *_staffing(ctx, faces, year_id, first, middle),
        *_staffing(ctx, after, year_id, middle + timedelta(days=1), last),
    ]


def _school_days(ctx: Context, year_id: UUID, first: date, last: date) -> list[date]:
    """Days with lessons; while the school has entered no terms, every day of its year."""
    if terms(ctx, year_id):
        return school_days(ctx, year_id, first, last, saturdays=True)
    year = next(year for year in years(ctx) if year.id == year_id)
    span = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [day for day in span if year.starts_on <= day <= year.ends_on]


def _spread(lessons: Iterable[Placed], version: VersionLine, days: Sequence[date]) -> list[Held]:
    by_weekday: dict[int, list[Placed]] = {}
    for lesson in lessons:
        by_weekday.setdefault(lesson.slot.weekday, []).append(lesson)
    found: list[Held] = []
    for day in days:
        if (version.starts_on and day < version.starts_on) or (version.ends_on and day >= version.ends_on):
            continue
        found += [_held(lesson, day) for lesson in by_weekday.get(day.isoweekday(), [])]
    return found


def _held(lesson: Placed, day: date) -> Held:
    return Held(
        lesson.id, lesson.course, lesson.subject_id, lesson.class_id, day, lesson.slot.period, lesson.kind,
        lesson.room, lesson.teacher, lesson.teacher,
    )  # fmt: skip


class _Changed(NamedTuple):
    id: UUID
    lesson_id: UUID
    day: date
    kind: str
    teacher_id: UUID | None
    absent_id: UUID | None
    moved_on: date | None
    moved_period: int | None
    reason: str
    note: str


def _changes(
    ctx: Context, faces: Frame, lessons: Sequence[Held], first: date, last: date
) -> tuple[dict[tuple[UUID, date], _Changed], dict[UUID, Held]]:
    """What was decided for the span, and the lessons that are moved into it from other days."""
    columns = (
        Change.id, Change.lesson_id, Change.day, Change.kind, Change.teacher_id, Change.absent_id, Change.moved_on,
        Change.moved_period, Change.reason, Change.note,
    )  # fmt: skip
    query = select(*columns).where(
        Change.school_id == ctx.school_id,
        Change.withdrawn_at.is_(None),
        or_(Change.day.between(first, last), Change.moved_on.between(first, last)),
    )
    changed = {(row.lesson_id, row.day): _Changed._make(row) for row in ctx.session.execute(query)}
    known = {lesson.lesson for lesson in lessons}
    missing = {lesson for lesson, _day in changed if lesson not in known}
    if not missing:
        return changed, {}
    elsewhere = (
        select(Lesson, Room.name)
        .outerjoin(Room, Room.id == Lesson.room_id)
        .where(Lesson.school_id == ctx.school_id, Lesson.id.in_(missing))
    )
    return changed, {row.id: _foreign(row, room or "", faces) for row, room in ctx.session.execute(elsewhere)}


def _apply(
    lessons: Sequence[Held], changed: dict[tuple[UUID, date], _Changed], days: Sequence[date],
    foreign: dict[UUID, Held],
) -> Iterable[Held]:  # fmt: skip
    known: dict[UUID, Held] = {}
    for lesson in lessons:
        known[lesson.lesson] = lesson
        change = changed.get((lesson.lesson, lesson.day))
        if change is None:
            yield lesson
            continue
        teacher = change.teacher_id if change.kind == "substituted" else None
        yield replace(
            lesson, state=change.kind, teacher=teacher, reason=change.reason, note=change.note,
            moved_on=change.moved_on, moved_period=change.moved_period, change_id=change.id,
        )  # fmt: skip
    for change in changed.values():
        if change.kind == "moved" and change.moved_on in days and change.moved_on and change.moved_period:
            base = known.get(change.lesson_id) or foreign.get(change.lesson_id)
            if base is not None:
                yield replace(
                    base, day=change.moved_on, period=change.moved_period, state="moved_here",
                    teacher=change.absent_id or base.planned, planned=change.absent_id or base.planned,
                    reason=change.reason, note=change.note, moved_on=change.day, moved_period=None, change_id=change.id,
                )  # fmt: skip


def _foreign(row: Lesson, room: str, faces: Frame) -> Held:
    """A lesson of a day outside the span."""
    course = faces.courses.get(row.course_id)
    subject = course.subject_id if course else row.course_id
    teacher = faces.teacher_of(row.course_id, row.class_id, row.kind, row.teacher_id)
    return Held(
        row.id, row.course_id, subject, row.class_id, date.min, row.period, row.kind, room, teacher, teacher
    )  # fmt: skip


def lessons_in(ctx: Context, version_id: UUID) -> int:
    """How many lessons a version has."""
    query = select(func.count(Lesson.id)).where(Lesson.school_id == ctx.school_id, Lesson.version_id == version_id)
    return ctx.session.scalar(query) or 0
