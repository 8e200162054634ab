"""Teachers who are away, and what is decided for single lessons: a substitute, no lesson, another time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from core.sdk import Context, Message, _
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.events import emit
from core.sdk.notify import tell_families, tell_persons
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import SUBSTITUTE
from ..events import LESSON_CHANGED
from ..models import REASONS, Absence, Change
from .days import Days, Held, between
from .frame import names


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """Somebody who is away from the first to the last day."""

    id: UUID
    teacher_id: UUID
    starts_on: date
    ends_on: date
    reason: str
    name: str


def enter(
    ctx: Context, teacher_id: UUID, starts_on: date, ends_on: date, reason: str, *, tell: bool = True
) -> UUID:  # fmt: skip
    """Enter that a teacher is away; the office is shown the lessons concerned.

    Raises:
        Invalid: days in the wrong order or too many, a reason that is none, or somebody who does not teach.
        Conflict: an absence on one of these days is there already.
    """
    ctx.require(SUBSTITUTE)
    faults: dict[str, Message] = {}
    if teacher_id not in {line.id for line in curriculum.teachers(ctx)}:
        faults["teacher_id"] = _("Choose a teacher of the school.")
    if not 0 <= (ends_on - starts_on).days <= 200:
        faults["ends_on"] = _("The last day is not before the first one, and at most 200 days later.")
    if reason not in REASONS:
        faults["reason"] = _("Choose a reason.")
    if faults:
        raise Invalid(_("Please correct the marked fields."), fields=faults)
    overlap = select(Absence.id).where(
        Absence.school_id == ctx.school_id, Absence.teacher_id == teacher_id, Absence.withdrawn_at.is_(None),
        Absence.starts_on <= ends_on, Absence.ends_on >= starts_on,
    )  # fmt: skip
    if ctx.session.scalar(overlap.limit(1)):
        raise Conflict(_("An absence of this teacher is entered for one of these days already."))
    absence_id = new_id()
    ctx.session.add(
        Absence(
            id=absence_id, school_id=ctx.school_id, teacher_id=teacher_id, starts_on=starts_on, ends_on=ends_on,
            reason=reason, author=ctx.actor.name, withdrawn_at=None,
        )
    )  # fmt: skip
    ctx.session.flush()
    detail = {"from": starts_on.isoformat(), "to": ends_on.isoformat()}
    record(ctx, "timetable.absence.entered", target=("timetable_teacher", teacher_id), detail=detail)
    if tell:
        title = _("Your absence was entered")
        body = _("From %(first)s to %(last)s. The school arranges the lessons.", first=f"{starts_on:%d/%m/%Y}",
                 last=f"{ends_on:%d/%m/%Y}")  # fmt: skip
        tell_persons(ctx, [teacher_id], "timetable.absence.entered", title, body, url="/timetable/mine")
    return absence_id


def withdraw_absence(ctx: Context, absence_id: UUID) -> None:
    """The teacher comes after all. What was decided for single lessons stays until it is withdrawn itself.

    Raises:
        NotFound: no such absence.
    """
    ctx.require(SUBSTITUTE)
    statement = (
        update(Absence)
        .where(Absence.school_id == ctx.school_id, Absence.id == absence_id, Absence.withdrawn_at.is_(None))
        .values(withdrawn_at=ctx.now())
        .returning(Absence.teacher_id)
    )
    teacher = ctx.session.scalar(statement)
    if teacher is None:
        raise NotFound
    record(ctx, "timetable.absence.withdrawn", target=("timetable_teacher", teacher))


def absences(ctx: Context, first: date, last: date) -> list[AbsenceLine]:
    """Who is away between two days, both inside, by first day."""
    ctx.require(SUBSTITUTE)
    columns = Absence.id, Absence.teacher_id, Absence.starts_on, Absence.ends_on, Absence.reason
    query = (
        select(*columns)
        .where(
            Absence.school_id == ctx.school_id,
            Absence.withdrawn_at.is_(None),
            Absence.starts_on <= last,
            Absence.ends_on >= first,
        )
        .order_by(Absence.starts_on, Absence.id)
    )
    rows = ctx.session.execute(query).all()
    known = names(ctx, {row.teacher_id for row in rows})
    return [
        AbsenceLine(row.id, row.teacher_id, row.starts_on, row.ends_on, row.reason, known.get(row.teacher_id, ""))
        for row in rows
    ]


def substitute(
    ctx: Context, lesson_id: UUID, day: date, teacher_id: UUID, *, reason: str = "other", note: str = "",
    tell: bool = True,
) -> UUID:  # fmt: skip
    """Let another teacher give a lesson of one day.

    Raises:
        NotFound: no such lesson on that day. Conflict: decided already, or the teacher has another lesson or is away.
    """
    ctx.require(SUBSTITUTE)
    found = between(ctx, day, day)
    lesson = _lesson(found.lessons, lesson_id)
    if teacher_id not in {line.id for line in curriculum.teachers(ctx)}:
        raise NotFound
    busy = any(other.period == lesson.period and other.teacher == teacher_id for other in found.lessons)
    away = any(line.teacher_id == teacher_id for line in absences(ctx, day, day))
    if busy or away or teacher_id == lesson.planned:
        raise Conflict(_("This teacher is not free in that period."))
    change_id = _decide(ctx, lesson, "substituted", reason, note, teacher_id=teacher_id)
    if tell:
        title = _("You substitute in a lesson")
        body = told(found, lesson)
        tell_persons(ctx, [teacher_id], "timetable.lesson.substituted", title, body, url="/timetable/mine")
    return change_id


def cancel(
    ctx: Context, lesson_id: UUID, day: date, *, reason: str = "other", note: str = "", tell: bool = True
) -> UUID:  # fmt: skip
    """Let a lesson of one day not be held; teacher and families are told. Raises `NotFound` or `Conflict`."""
    ctx.require(SUBSTITUTE)
    found = between(ctx, day, day)
    lesson = _lesson(found.lessons, lesson_id)
    change_id = _decide(ctx, lesson, "cancelled", reason, note)
    if tell:
        _tell_class(ctx, lesson, _("A lesson is not held"), told(found, lesson))
    return change_id


def move(
    ctx: Context, lesson_id: UUID, day: date, moved_on: date, moved_period: int, *, reason: str = "other",
    note: str = "", tell: bool = True,
) -> UUID:  # fmt: skip
    """Hold a lesson of one day at another time; teacher and families are told.

    Raises:
        NotFound: no such lesson on that day. Invalid: no lessons are held then. Conflict: class or teacher is not free.
    """
    ctx.require(SUBSTITUTE)
    found = between(ctx, day, day)
    lesson = _lesson(found.lessons, lesson_id)
    target = between(ctx, moved_on, moved_on)
    if moved_on not in target.days or not 1 <= moved_period <= len(target.frame.hours.periods):
        raise Invalid(_("The school has no lessons at this time."))
    taken = [o for o in target.lessons if o.period == moved_period and o.state not in ("cancelled", "moved")]
    if any(o.class_id == lesson.class_id or (lesson.planned and o.teacher == lesson.planned) for o in taken):
        raise Conflict(_("The class or the teacher has another lesson then."))
    change_id = _decide(ctx, lesson, "moved", reason, note, moved_on=moved_on, moved_period=moved_period)
    if tell:
        then = replace(lesson, day=moved_on, period=moved_period)
        body = _(
            "%(subject)s, class %(name)s: period %(number)s of %(day)s is held on %(to)s, period %(at)s (%(clock)s).",
            **{**_words(found, lesson), "clock": _words(target, then)["clock"]},
            to=f"{moved_on:%d/%m/%Y}", at=_words(target, then)["number"],
        )  # fmt: skip
        _tell_class(ctx, lesson, _("A lesson is held at another time"), body)
    return change_id


def restore(ctx: Context, change_id: UUID) -> None:
    """Withdraw what was decided for a lesson; it stays in the history. Raises `NotFound`."""
    ctx.require(SUBSTITUTE)
    statement = (
        update(Change)
        .where(Change.school_id == ctx.school_id, Change.id == change_id, Change.withdrawn_at.is_(None))
        .values(withdrawn_at=ctx.now(), updated_at=ctx.now())
        .returning(Change.lesson_id, Change.day, Change.teacher_id)
    )
    row = ctx.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    detail = {"day": row.day.isoformat()}
    record(ctx, "timetable.lesson.restored", target=("timetable_lesson", row.lesson_id), detail=detail)
    _emit(ctx, row.lesson_id, row.day)
    if row.teacher_id is not None:
        title = _("A substitution was withdrawn")
        body = _("You do not have to substitute on %(day)s.", day=f"{row.day:%d/%m/%Y}")
        tell_persons(ctx, [row.teacher_id], "timetable.lesson.restored", title, body, url="/timetable/mine")


def totals(ctx: Context, first: date, last: date) -> list[tuple[UUID, str, int]]:
    """Substituted periods by teacher between two days, both inside: what is paid extra. Most first."""
    ctx.require(SUBSTITUTE)
    count = func.count(Change.id)
    query = (
        select(Change.teacher_id, count)
        .where(
            Change.school_id == ctx.school_id, Change.kind == "substituted", Change.withdrawn_at.is_(None),
            Change.day.between(first, last),
        )
        .group_by(Change.teacher_id)
        .order_by(count.desc())
    )  # fmt: skip
    counted = {row[0]: row[1] for row in ctx.session.execute(query)}
    rows = [(teacher, number) for teacher, number in counted.items() if teacher is not None]
    known = names(ctx, {teacher for teacher, _count in rows})
    return [(teacher, known.get(teacher, ""), number) for teacher, number in rows]


def history(ctx: Context, limit: int = 50) -> list[Change]:
    """What was decided, the latest first, withdrawn decisions too."""
    ctx.require(SUBSTITUTE)
    query = select(Change).where(Change.school_id == ctx.school_id).order_by(Change.id.desc()).limit(limit)
    return list(ctx.session.scalars(query))


def _lesson(lessons: Sequence[Held], lesson_id: UUID) -> Held:
    for lesson in lessons:
        if lesson.lesson == lesson_id and lesson.state != "moved_here":
            return lesson
    raise NotFound


def _decide(
    ctx: Context, lesson: Held, kind: str, reason: str, note: str, *, teacher_id: UUID | None = None,
    moved_on: date | None = None, moved_period: int | None = None,
) -> UUID:  # fmt: skip
    if reason not in REASONS:
        raise Invalid(_("Choose a reason."))
    change_id = new_id()
    row = Change(
        id=change_id, school_id=ctx.school_id, lesson_id=lesson.lesson, day=lesson.day, kind=kind,
        teacher_id=teacher_id, absent_id=lesson.planned, moved_on=moved_on, moved_period=moved_period, reason=reason,
        note=note.strip()[:300], decided_by=ctx.actor.name, withdrawn_at=None,
    )  # fmt: skip
    try:
        with ctx.session.begin_nested():
            ctx.session.add(row)
    except IntegrityError as error:
        raise Conflict(_("Somebody has decided about this lesson already. Look at the page again.")) from error
    detail = {"day": lesson.day.isoformat(), "kind": kind}
    record(ctx, "timetable.lesson.changed", target=("timetable_lesson", lesson.lesson), detail=detail)
    _emit(ctx, lesson.lesson, lesson.day)
    return change_id


def _emit(ctx: Context, lesson_id: UUID, day: date) -> None:
    emit(ctx, LESSON_CHANGED, {"lesson_id": str(lesson_id), "day": day.isoformat()})


def told(found: Days, lesson: Held) -> Message:
    """A lesson in the words of a message: subject and class, day, period with its time, room."""
    if lesson.room:
        text = _("%(subject)s, class %(name)s: %(day)s, period %(number)s (%(clock)s), room %(room)s.")
        return Message(text.msgid, {**_words(found, lesson), "room": lesson.room})
    text = _("%(subject)s, class %(name)s: %(day)s, period %(number)s (%(clock)s).")
    return Message(text.msgid, _words(found, lesson))


def _words(found: Days, lesson: Held) -> dict[str, object]:
    periods, course = found.frame.hours.periods, found.frame.courses.get(lesson.course)
    period = periods[lesson.period - 1] if lesson.period <= len(periods) else None
    return {
        "subject": course.name_vi if course else "",
        "name": found.frame.classes.get(lesson.class_id, ""),
        "day": f"{lesson.day:%d/%m/%Y}",
        "number": period.number if period else lesson.period,
        "clock": f"{period.starts}–{period.ends}" if period else "–",
    }


def _tell_class(ctx: Context, lesson: Held, title: Message, body: Message) -> None:
    pupils = [member.id for member in learners.class_list(ctx, lesson.class_id, lesson.day)]
    tell_families(ctx, pupils, "timetable.lesson.changed", title, body, url="/timetable/family")
    if lesson.planned:
        tell_persons(ctx, [lesson.planned], "timetable.lesson.changed", title, body, url="/timetable/mine")
