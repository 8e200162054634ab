"""The lessons of teachers who are away, with proposals who could give them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.sdk import Context
from plugins.curriculum import public as curriculum

from ..access import SUBSTITUTE
from ..rules.proposals import Candidate, rank
from .absences import absences, totals
from .days import Days, Held, between


@dataclass(frozen=True, slots=True)
class Proposal:
    """A lesson that needs a decision, and who could give it."""

    lesson: Held
    candidates: list[Candidate]


@dataclass(frozen=True, slots=True)
class Concerned:
    """The lessons of absent teachers in a span: open ones with proposals, and those that are decided."""

    days: Days
    open: list[Proposal]
    decided: list[Held]


def concerned(ctx: Context, first: date, last: date) -> Concerned:
    """Lessons of a span that somebody who is away would give, and everything that was decided for it."""
    ctx.require(SUBSTITUTE)
    found = between(ctx, first, last)
    away = absences(ctx, first, last)
    absent = {(line.teacher_id, day) for line in away for day in found.days if line.starts_on <= day <= line.ends_on}
    decided = [lesson for lesson in found.lessons if lesson.state in ("substituted", "cancelled", "moved")]
    waiting = [
        lesson
        for lesson in found.lessons
        if lesson.state == "held" and lesson.kind != "flag" and (lesson.planned, lesson.day) in absent
    ]
    staff = [line.id for line in curriculum.teachers(ctx)] if waiting else []
    month = Counter({t: n for t, _name, n in totals(ctx, first.replace(day=1), last)}) if waiting else Counter[UUID]()
    return Concerned(found, [_proposal(found, lesson, staff, absent, month) for lesson in waiting], decided)


def propose(ctx: Context, first: date, last: date) -> list[Proposal]:
    """The open lessons of a span, each with everybody who is free, the best first."""
    return concerned(ctx, first, last).open


def _proposal(
    found: Days, lesson: Held, staff: list[UUID], absent: set[tuple[UUID, date]], month: Counter[UUID]
) -> Proposal:  # fmt: skip
    courses = found.frame.courses.values()
    of_day = [other for other in found.lessons if other.day == lesson.day and other.teacher]
    busy = {o.teacher for o in of_day if o.period == lesson.period} | {t for t, day in absent if day == lesson.day}
    return Proposal(
        lesson,
        rank(
            staff,
            busy={teacher for teacher in busy if teacher},
            of_subject={t for line in courses if line.subject_id == lesson.subject_id for t in line.teachers},
            of_class={t for line in courses if line.class_id == lesson.class_id for t in line.teachers},
            load=Counter(other.teacher for other in of_day if other.teacher),
            substituted=month,
        ),
    )
