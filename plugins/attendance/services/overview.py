"""What the school looks like today, a class in a month, a pupil in a year; and who is missing, for meals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, access
from core.sdk.people import Person
from core.sdk.school import current_year, is_school_day, school_days
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import PUPIL, READ
from ..models import Mark, Register
from ..settings import rules as rules_of
from . import days
from .reported import reported


@dataclass(frozen=True, slots=True)
class ClassToday:
    """A class on a day: which sessions have a register, and what they say."""

    class_id: UUID
    class_name: str
    grade: int
    sessions: tuple[int, ...]
    """Sessions that were registered, wholly or by periods."""
    missing: tuple[int, ...]
    """Sessions that should have a register by now and have none."""
    absent: int
    unexcused: int
    late: int


@dataclass(frozen=True, slots=True)
class AbsentToday:
    """A pupil who is not there."""

    learner_id: UUID
    full_name: str
    class_id: UUID
    class_name: str
    session: int
    kind: str
    minutes: int
    reason: str


@dataclass(frozen=True, slots=True)
class Today:
    """A day at the school."""

    day: date
    held: bool
    """Whether lessons are held, as far as the calendar says."""
    classes: list[ClassToday]
    absent: list[AbsentToday]

    @property
    def unregistered(self) -> list[ClassToday]:
        return [row for row in self.classes if row.missing]


def today(ctx: Context, day: date | None = None) -> Today:
    """All classes on a day with who is absent, without leave first.

    Raises:
        Forbidden: without the right to see all registers.
    """
    ctx.require(READ)
    day = day or days.today(ctx)
    rules, year = rules_of(ctx), current_year(ctx)
    held = is_school_day(ctx, year.id, day, saturdays=rules.saturdays)
    done: dict[UUID, set[int]] = defaultdict(set)
    for class_id, session in ctx.session.execute(
        select(Register.class_id, Register.session).where(Register.school_id == ctx.school_id, Register.day == day)
    ):
        done[class_id].add(session)
    absent = _absent(ctx, day)
    due = _due(ctx, day, rules.sessions_on(day)) if held else ()
    of_class: dict[UUID, list[AbsentToday]] = defaultdict(list)
    for pupil in absent:
        of_class[pupil.class_id].append(pupil)
    classes = []
    for row in ctx.session.execute(learners.classes(ctx)):
        mine = of_class[row.class_id]
        kinds = [pupil.kind for pupil in mine]
        registered = done[row.class_id]
        missing = tuple(s for s in due if s not in registered) if rules.sessions == 2 else due[: 0 if registered else 1]
        classes.append(
            ClassToday(
                row.class_id, row.class_name, row.grade, tuple(sorted(registered)), tuple(missing),
                len({p.learner_id for p in mine if p.kind in ("excused", "unexcused")}),
                len({p.learner_id for p in mine if p.kind == "unexcused"}),
                kinds.count("late"),
            )
        )  # fmt: skip
    return Today(day, held, classes, absent)


def _due(ctx: Context, day: date, sessions: tuple[int, ...]) -> tuple[int, ...]:
    """Sessions that have begun: today the afternoon's register is not missing in the morning."""
    now = ctx.now()
    if day < days.today(ctx):
        return sessions
    if day > days.today(ctx):
        return ()
    return tuple(session for session in sessions if session <= days.session_at(now))


def _absent(ctx: Context, day: date) -> list[AbsentToday]:
    here = learners.enrolled_at(ctx, day).subquery()
    query = (
        select(
            Mark.learner_id, Person.full_name, here.c.class_id, here.c.class_name, Mark.session, Mark.kind, Mark.minutes
        )
        .join(Person, Person.id == Mark.learner_id)
        .join(here, here.c.person_id == Mark.learner_id)
        .where(Mark.school_id == ctx.school_id, Mark.day == day, Mark.period == 0)
        .order_by(Mark.kind.desc(), here.c.grade, here.c.class_name, Person.sort_key, Mark.session)
    )
    leave = reported(ctx, day)
    order = {"unexcused": 0, "excused": 1, "late": 2, "left": 3}
    rows = [
        AbsentToday(**row._mapping, reason=leave[row.learner_id].reason if row.learner_id in leave else "")
        for row in ctx.session.execute(query)
    ]
    return sorted(rows, key=lambda row: order[row.kind])


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A pupil in the month sheet: marks by day and session."""

    id: UUID
    full_name: str
    suffix: str | None
    marks: dict[tuple[date, int], str]
    excused: int
    unexcused: int
    late: int
    outside: frozenset[date] = frozenset()
    """Days of the month on which the pupil was not in this class: before they came, after they left."""


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """A class in a month: pupils down, days across."""

    class_name: str
    first: date
    days: list[date]
    sessions: tuple[int, ...]
    """Columns of each day."""
    registered: set[tuple[date, int]]
    lines: list[MonthLine]


def month(ctx: Context, class_id: UUID, first: date) -> MonthSheet:
    """The month sheet of a class (sổ theo dõi chuyên cần).

    Args:
        first: any day of the month.

    Raises:
        NotFound, Forbidden: a class that the actor does not reach.
    """
    curriculum.require_class(ctx, READ, class_id)
    found, rules = learners.class_of(ctx, class_id), rules_of(ctx)
    first = first.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    in_month = Register.school_id == ctx.school_id, Register.class_id == class_id, Register.day.between(first, last)
    registered = {
        (row.day, row.session) for row in ctx.session.execute(select(Register.day, Register.session).where(*in_month))
    }
    held = set(school_days(ctx, found.year_id, first, last, saturdays=rules.saturdays))
    shown = sorted(held | {day for day, _session in registered})
    marks: dict[UUID, dict[tuple[date, int], str]] = defaultdict(dict)
    query = select(Mark.learner_id, Mark.day, Mark.session, Mark.kind).where(
        Mark.school_id == ctx.school_id, Mark.class_id == class_id, Mark.day.between(first, last), Mark.period == 0
    )
    for row in ctx.session.execute(query):
        marks[row.learner_id][(row.day, row.session)] = row.kind
    sessions = tuple(sorted({session for _day, session in registered})) or (1,)
    if rules.sessions == 2:
        sessions = (1, 2)
    until = min(last, max(days.today(ctx), first))
    stays: dict[UUID, list[learners.ClassMember]] = {}
    for stay in learners.class_stays(ctx, class_id, first, until):
        stays.setdefault(stay.id, []).append(stay)
    lines = [_line(mine, marks[learner], shown) for learner, mine in stays.items()]
    return MonthSheet(found.name, first, shown, sessions, registered, lines)


def _line(stays: list[learners.ClassMember], marks: dict[tuple[date, int], str], shown: list[date]) -> MonthLine:
    kinds = list(marks.values())
    outside = frozenset(
        day
        for day in shown
        if not any(stay.starts_on <= day and (stay.ends_on is None or day < stay.ends_on) for stay in stays)
    )
    return MonthLine(
        stays[0].id, stays[0].full_name, stays[0].suffix, marks, kinds.count("excused"), kinds.count("unexcused"),
        kinds.count("late"), outside,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PupilMark:
    """A mark of one pupil."""

    day: date
    session: int
    period: int
    kind: str
    minutes: int


def marks_of(ctx: Context, learner_id: UUID, *, limit: int = 100) -> Sequence[PupilMark]:
    """When a pupil was not simply there in the current school year, the latest first.

    Raises:
        NotFound: a pupil whom the actor does not reach.
    """
    access.require_for(ctx, PUPIL, learner_id)
    year = current_year(ctx)
    query = (
        select(Mark.day, Mark.session, Mark.period, Mark.kind, Mark.minutes)
        .where(Mark.school_id == ctx.school_id, Mark.learner_id == learner_id)
        .where(Mark.day.between(year.starts_on, year.ends_on))
        .order_by(Mark.day.desc(), Mark.session.desc(), Mark.period.desc())
        .limit(limit)
    )
    return [PupilMark(*row) for row in ctx.session.execute(query)]
