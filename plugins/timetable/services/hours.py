"""Days and periods of the school, rules of subjects, wishes of teachers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Invalid
from core.sdk.school import school_of

from ..access import EDIT
from ..models import Grid, SubjectRule, TeacherRule, Wish
from ..rules.board import Hours, Period, Slot, SubjectFacts, Wishes

_MORNING = [("07:00", "07:45"), ("07:50", "08:35"), ("08:55", "09:40"), ("09:45", "10:30"), ("10:35", "11:20")]
_AFTERNOON = [("13:30", "14:15"), ("14:20", "15:05"), ("15:25", "16:10"), ("16:15", "17:00"), ("17:05", "17:50")]
_PRIMARY = {
    "morning": [("07:30", "08:05"), ("08:10", "08:45"), ("09:10", "09:45"), ("09:50", "10:25")],
    "afternoon": [("14:00", "14:35"), ("14:40", "15:15"), ("15:40", "16:15")],
}
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
HEAVY = frozenset({"toan", "nguvan", "tienganh", "khtn", "vatli", "hoahoc"})
"""Subjects that are heavy unless the school says otherwise."""


def usual(level: str) -> Hours:
    """The hours that schools of a level usually have; a school changes them."""
    if level == "primary":
        periods = [Period(s, at, *times) for s, all_ in _PRIMARY.items() for at, times in enumerate(all_, 1)]
        return Hours((1, 2, 3, 4, 5), tuple(periods))
    return Hours((1, 2, 3, 4, 5, 6), tuple(Period("morning", at, *times) for at, times in enumerate(_MORNING, 1)))


def hours(ctx: Context) -> Hours:
    """Days and periods of the school; the usual ones of its level until it has set its own."""
    row = ctx.session.execute(select(Grid.days, Grid.periods).where(Grid.school_id == ctx.school_id)).one_or_none()
    if row is None:
        return usual(school_of(ctx).level)
    return Hours(tuple(row.days), tuple(Period(*period) for period in row.periods))


def set_hours(ctx: Context, days: Iterable[int], periods: Sequence[Period]) -> None:
    """Set days and periods. Lessons outside of them become findings, they are not moved.

    Raises:
        Invalid: no day or period, a time that is none, or periods that overlap.
    """
    ctx.require(EDIT)
    chosen = sorted(set(days))
    faults = {}
    if not chosen or not set(chosen) <= set(range(1, 8)):
        faults["days"] = _("Choose at least one day.")
    times = [time for period in periods for time in (period.starts, period.ends)]
    if not 1 <= len(periods) <= 15 or not all(_TIME.fullmatch(time) for time in times):
        faults["periods"] = _("Enter the times of the periods as hours and minutes, for example 07:00.")
    elif any(a >= b for a, b in zip(times[::2], times[1::2], strict=True)) or times != sorted(times):
        faults["periods"] = _("A period ends after it begins, and before the next one begins.")
    if faults:
        raise Invalid(_("Please correct the marked fields."), fields=faults)
    shape = [[p.session, p.number, p.starts, p.ends] for p in periods]
    row = {
        "school_id": ctx.school_id, "days": chosen, "periods": shape, "created_at": ctx.now(), "updated_at": ctx.now(),
    }  # fmt: skip
    changed = {name: row[name] for name in ("days", "periods", "updated_at")}
    ctx.session.execute(insert(Grid).values(row).on_conflict_do_update(index_elements=["school_id"], set_=changed))
    record(ctx, "timetable.grid.changed", target=("school", ctx.school_id), detail={"days": chosen})


def default_periods(mornings: int, afternoons: int) -> list[Period]:
    """So many periods of a session with the usual times."""
    sessions = {"morning": _MORNING[:mornings], "afternoon": _AFTERNOON[:afternoons]}
    return [Period(name, at, *times) for name, all_ in sessions.items() for at, times in enumerate(all_, 1)]


def subject_rules(ctx: Context, codes: dict[UUID, str]) -> dict[UUID, SubjectFacts]:
    """Rules by subject: the school's own, else what is usual for the code."""
    found = {subject: SubjectFacts(heavy=code in HEAVY) for subject, code in codes.items()}
    columns = SubjectRule.subject_id, SubjectRule.most_a_day, SubjectRule.doubles, SubjectRule.heavy
    query = select(*columns, SubjectRule.at_once).where(SubjectRule.school_id == ctx.school_id)
    return found | {row.subject_id: SubjectFacts(*row[1:]) for row in ctx.session.execute(query)}


def set_subject_rule(ctx: Context, subject_id: UUID, rule: SubjectFacts) -> None:
    """Say how lessons of a subject are spread.

    Raises:
        Invalid: numbers that cannot be.
    """
    ctx.require(EDIT)
    if not (1 <= rule.most_a_day <= 6 and 0 <= rule.doubles <= 6 and (rule.at_once is None or rule.at_once > 0)):
        problem = _("Enter numbers from 1 to 6; leave the last field empty if there is no limit.")
        raise Invalid(problem, fields={"most_a_day": problem})
    values = {
        "most_a_day": rule.most_a_day, "doubles": rule.doubles, "heavy": rule.heavy, "at_once": rule.at_once,
        "updated_at": ctx.now(),
    }  # fmt: skip
    row = {"subject_id": subject_id, "school_id": ctx.school_id, "created_at": ctx.now(), **values}
    statement = insert(SubjectRule).values(row)
    ctx.session.execute(statement.on_conflict_do_update(index_elements=["subject_id"], set_=values))
    record(ctx, "timetable.rules.changed", target=("curriculum_subject", subject_id), detail={"doubles": rule.doubles})


def wishes(ctx: Context, grid: Hours) -> Wishes:
    """When teachers cannot, and would rather not teach."""
    found: dict[bool, dict[UUID, set[Slot]]] = {True: defaultdict(set), False: defaultdict(set)}
    query = select(Wish.teacher_id, Wish.weekday, Wish.period, Wish.strict).where(Wish.school_id == ctx.school_id)
    for row in ctx.session.execute(query):
        periods = range(1, len(grid.periods) + 1) if row.period is None else [row.period]
        found[row.strict][row.teacher_id] |= {Slot(row.weekday, period) for period in periods}
    never, rather_not = (
        {teacher: frozenset(slots) for teacher, slots in found[strict].items()} for strict in (True, False)
    )
    days = select(TeacherRule.teacher_id, TeacherRule.most_days).where(TeacherRule.school_id == ctx.school_id)
    return Wishes(never, rather_not, {row.teacher_id: row.most_days for row in ctx.session.execute(days)})


def set_wishes(
    ctx: Context, teacher_id: UUID, never: Iterable[Slot], rather_not: Iterable[Slot], most_days: int | None = None
) -> None:
    """Replace the wishes of a teacher.

    Args:
        most_days: days of the week on which the teacher comes at most; None: on any.

    Raises:
        Invalid: a number of days that no week has.
    """
    ctx.require(EDIT)
    if most_days is not None and not 1 <= most_days <= 7:
        problem = _("Please enter a number from 1 to 7.")
        raise Invalid(problem, fields={"most_days": problem})
    mine = TeacherRule.school_id == ctx.school_id, TeacherRule.teacher_id == teacher_id
    ctx.session.execute(delete(TeacherRule).where(*mine))
    if most_days is not None:
        ctx.session.add(TeacherRule(school_id=ctx.school_id, teacher_id=teacher_id, most_days=most_days))
    strict = set(never)
    rows = [(slot, True) for slot in sorted(strict)] + [(slot, False) for slot in sorted(set(rather_not) - strict)]
    ctx.session.execute(delete(Wish).where(Wish.school_id == ctx.school_id, Wish.teacher_id == teacher_id))
    now = ctx.now()
    values = [
        {
            "id": new_id(), "school_id": ctx.school_id, "teacher_id": teacher_id, "weekday": slot.weekday,
            "period": slot.period, "strict": hard, "created_at": now, "updated_at": now,
        }
        for slot, hard in rows
    ]  # fmt: skip
    if values:
        ctx.session.execute(insert(Wish).values(values))
    record(ctx, "timetable.wishes.changed", target=("timetable_teacher", teacher_id), detail={"count": len(values)})
