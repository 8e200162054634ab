"""Absences of pupils in a term or a year: a handful of queries for one class as for a whole school."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk.data import query
from core.sdk.school import current_year
from plugins.learners import public as learners

from ..models import TypedTotal
from ..rules.counting import AbsenceTotals, added
from ..settings import Rules
from ..settings import rules as rules_of
from . import days, former
from .days import Span

# What each pupil missed of each session. A session that has no register of its own is told by those of its periods:
# missed when every period was missed, otherwise late or left early.
_SESSIONS = """
SELECT m.learner_id, m.day, m.session, m.kind FROM attendance_mark m
 WHERE m.school_id = :school AND m.period = 0 AND m.day BETWEEN :first AND :last
   AND (CAST(:learners AS uuid[]) IS NULL OR m.learner_id = ANY(CAST(:learners AS uuid[])))
UNION ALL
SELECT m.learner_id, m.day, m.session,
       CASE WHEN count(*) FILTER (WHERE m.kind IN ('excused', 'unexcused')) = p.periods
            THEN CASE WHEN bool_or(m.kind = 'unexcused') THEN 'unexcused' ELSE 'excused' END
            WHEN bool_or(m.kind = 'late') THEN 'late' ELSE 'left' END
  FROM attendance_mark m
  JOIN (SELECT class_id, day, session, count(*) AS periods FROM attendance_register
         WHERE school_id = :school AND day BETWEEN :first AND :last
         GROUP BY class_id, day, session HAVING min(period) > 0) p
    ON p.class_id = m.class_id AND p.day = m.day AND p.session = m.session
 WHERE m.school_id = :school AND m.period > 0 AND m.day BETWEEN :first AND :last
   AND (CAST(:learners AS uuid[]) IS NULL OR m.learner_id = ANY(CAST(:learners AS uuid[])))
 GROUP BY m.learner_id, m.day, m.session, p.periods
"""
_BY_SESSION = f"""
SELECT learner_id, count(*) FILTER (WHERE kind = 'excused'), count(*) FILTER (WHERE kind = 'unexcused'),
       count(*) FILTER (WHERE kind = 'late'), count(*) FILTER (WHERE kind = 'left')
  FROM ({_SESSIONS}) s GROUP BY learner_id
"""  # noqa: S608  (constants)
_BY_DAY = f"""
SELECT learner_id, count(*) FILTER (WHERE excused AND NOT unexcused), count(*) FILTER (WHERE unexcused),
       sum(late), sum(early)
  FROM (SELECT learner_id, day, bool_or(kind = 'excused') AS excused, bool_or(kind = 'unexcused') AS unexcused,
               count(*) FILTER (WHERE kind = 'late') AS late, count(*) FILTER (WHERE kind = 'left') AS early
          FROM ({_SESSIONS}) s GROUP BY learner_id, day) d GROUP BY learner_id
"""  # noqa: S608
_REGISTERED = """
SELECT class_id, array_agg(day - :first), array_agg(sessions) FROM (
  SELECT class_id, day, count(DISTINCT session)::int AS sessions FROM attendance_register
   WHERE school_id = :school AND day BETWEEN :first AND :last
     AND (CAST(:classes AS uuid[]) IS NULL OR class_id = ANY(CAST(:classes AS uuid[])))
   GROUP BY class_id, day) d GROUP BY class_id
"""


@dataclass(frozen=True, slots=True)
class _Stay:
    """A pupil in a class for a span of days, both inside."""

    learner_id: UUID
    class_id: UUID
    first: date
    last: date


class _Days:
    """Units by day, summed up so that any span is two look-ups."""

    def __init__(self, units: Mapping[date, int]) -> None:
        self._days = sorted(units)
        self._sums = [0]
        for day in self._days:
            self._sums.append(self._sums[-1] + units[day])

    def between(self, first: date, last: date) -> int:
        return self._sums[bisect_right(self._days, last)] - self._sums[bisect_left(self._days, first)]


def totals(
    ctx: Context,
    *,
    class_id: UUID | None = None,
    learner_ids: Collection[UUID] | None = None,
    year_id: UUID | None = None,
    term: int | None = None,
) -> dict[UUID, AbsenceTotals]:
    """Totals by pupil for a term, or without one for the whole year. The caller has checked who asks.

    Args:
        class_id: the pupils who are, or were, in this class of the year; all classes count for each of them.
        learner_ids: these pupils. Without either the whole school.
        year_id: the current school year without it.
    """
    year = year_id or current_year(ctx).id
    found: dict[UUID, AbsenceTotals] = {}
    for part in by_term(ctx, class_id=class_id, learner_ids=learner_ids, year_id=year, term=term).values():
        for learner, one in part.items():
            found[learner] = added(found[learner], one) if learner in found else one
    return found


def by_term(
    ctx: Context,
    *,
    class_id: UUID | None = None,
    learner_ids: Collection[UUID] | None = None,
    year_id: UUID | None = None,
    term: int | None = None,
) -> dict[int, dict[UUID, AbsenceTotals]]:
    """The same for each term by itself, or one of them; 0 stands for a year whose terms are not set."""
    year = year_id or current_year(ctx).id
    stays = _stays(ctx, year, class_id, learner_ids)
    wanted = None if class_id is None and learner_ids is None else {stay.learner_id for stay in stays}
    spans = days.spans(ctx, year)
    if not spans:
        return {0: _without_terms(ctx, year, stays, wanted)}
    rules, came = rules_of(ctx), former.came(ctx, year)
    return {
        span.term: _term(ctx, rules, year, span, stays, wanted, came) for span in spans if term in (None, span.term)
    }


def year_of(parts: Mapping[int, Mapping[UUID, AbsenceTotals]], learner: UUID) -> AbsenceTotals | None:
    """The year of one pupil from its terms (`by_term`)."""
    mine = [part[learner] for part in parts.values() if learner in part]
    return reduce(added, mine) if mine else None


def _stays(ctx: Context, year_id: UUID, class_id: UUID | None, learner_ids: Collection[UUID] | None) -> list[_Stay]:
    stay = learners.enrolments_in(ctx, year_id).subquery()
    chosen = select(stay.c.person_id, stay.c.class_id, stay.c.starts_on, stay.c.ends_on)
    if class_id is not None:
        here = learners.enrolments_in(ctx, year_id).subquery()
        chosen = chosen.where(stay.c.person_id.in_(select(here.c.person_id).where(here.c.class_id == class_id)))
    if learner_ids is not None:
        chosen = chosen.where(stay.c.person_id.in_(learner_ids))
    one = timedelta(days=1)
    return [
        _Stay(row.person_id, row.class_id, row.starts_on, row.ends_on - one if row.ends_on else date.max)
        for row in ctx.session.execute(chosen)
    ]


def _term(
    ctx: Context,
    rules: Rules,
    year_id: UUID,
    span: Span,
    stays: list[_Stay],
    wanted: set[UUID] | None,
    came: Mapping[UUID, date],
) -> dict[UUID, AbsenceTotals]:
    expected = days.expected(ctx, rules, year_id, span)
    calendar = _Days(expected)
    registered = _registered(ctx, rules, span, expected, None if wanted is None else {s.class_id for s in stays})
    empty = _Days({})
    counted: dict[UUID, tuple[int, int]] = {}
    known: dict[tuple[UUID, date, date], tuple[int, int]] = {}
    for stay in stays:
        first, last = max(stay.first, span.first), min(stay.last, span.last)
        if first > last:
            continue
        key = stay.class_id, first, last
        units = known.get(key)
        if units is None:
            units = calendar.between(first, last), registered.get(stay.class_id, empty).between(first, last)
            known[key] = units
        before = counted.get(stay.learner_id)
        counted[stay.learner_id] = units if before is None else (before[0] + units[0], before[1] + units[1])
    missed = _missed(ctx, rules, span, wanted)
    typed = _typed(ctx, year_id, span.term, wanted)
    gone = _before(calendar, span, stays, came)
    told = former.told(ctx, year_id, span.term)
    counted |= {learner: (0, 0) for learner in gone.keys() | (told.keys() & stayed(stays)) if learner not in counted}
    found: dict[UUID, AbsenceTotals] = {}
    for learner, (due, done) in counted.items():
        excused, unexcused, late, left = missed.get(learner, (0, 0, 0, 0))
        pair = typed.get(learner) if typed else None
        if pair is not None:
            one = AbsenceTotals(learner, *pair, late, left, due, due, "hand")
        else:
            one = AbsenceTotals(learner, excused, unexcused, late, left, done, due)
        found[learner] = former.joined(one, gone.get(learner, 0), told.get(learner))
    return found


def stayed(stays: list[_Stay]) -> set[UUID]:
    """Whose stays these are."""
    return {stay.learner_id for stay in stays}


def _before(calendar: _Days, span: Span, stays: list[_Stay], came: Mapping[UUID, date]) -> dict[UUID, int]:
    """Units of a term that pupils spent at another school before they came, by pupil; without what they spent here
    before they had gone there."""
    found: dict[UUID, int] = {}
    for stay in stays:
        day = came.get(stay.learner_id)
        if day is None or day <= span.first:
            continue
        last = min(span.last, day - timedelta(days=1))
        if stay.learner_id not in found:
            found[stay.learner_id] = calendar.between(span.first, last)
        first, end = max(stay.first, span.first), min(stay.last, last)
        if first <= end:
            found[stay.learner_id] -= calendar.between(first, end)
    return {learner: units for learner, units in found.items() if units}


def _registered(
    ctx: Context, rules: Rules, span: Span, expected: Mapping[date, int], classes: set[UUID] | None
) -> dict[UUID, _Days]:
    """Units that have a register, by class; extra ones (a lesson on a day off) make up for no missing one."""
    values = {
        "school": ctx.school_id, "first": span.first, "last": span.last,
        "classes": None if classes is None else list(classes),
    }  # fmt: skip
    by_class: dict[UUID, dict[date, int]] = defaultdict(dict)
    held = {(day - span.first).days: (day, len(rules.sessions_on(day)), units) for day, units in expected.items()}
    by_day = rules.basis == "day"
    for class_id, offsets, counts in query(ctx, _REGISTERED, values):
        for offset, sessions in zip(offsets, counts, strict=True):
            if offset in held:
                day, whole, units = held[offset]
                by_class[class_id][day] = int(sessions >= whole) if by_day else min(sessions, units)
    return {class_id: _Days(units) for class_id, units in by_class.items()}


def _missed(ctx: Context, rules: Rules, span: Span, wanted: set[UUID] | None) -> dict[UUID, tuple[int, int, int, int]]:
    values = {
        "school": ctx.school_id, "first": span.first, "last": span.last,
        "learners": None if wanted is None else list(wanted),
    }  # fmt: skip
    statement = _BY_DAY if rules.basis == "day" else _BY_SESSION
    return {row[0]: (row[1], row[2], int(row[3]), int(row[4])) for row in query(ctx, statement, values)}


def _typed(ctx: Context, year_id: UUID, term: int, wanted: set[UUID] | None) -> dict[UUID, tuple[int, int]]:
    found = select(TypedTotal.learner_id, TypedTotal.excused, TypedTotal.unexcused).where(
        TypedTotal.school_id == ctx.school_id, TypedTotal.year_id == year_id, TypedTotal.term == term
    )
    if wanted is not None and len(wanted) < 1000:
        found = found.where(TypedTotal.learner_id.in_(wanted))
    return {row.learner_id: (row.excused, row.unexcused) for row in ctx.session.execute(found)}


def _without_terms(
    ctx: Context, year_id: UUID, stays: list[_Stay], wanted: set[UUID] | None
) -> dict[UUID, AbsenceTotals]:
    """A year whose terms nobody has set: what was missed is known, what was held is not."""
    year = next((year for year in days.years(ctx) if year.id == year_id), None)
    if year is None:
        return {}
    span, rules = Span(0, year.starts_on, year.ends_on), rules_of(ctx)
    missed = _missed(ctx, rules, span, wanted)
    none = (0, 0, 0, 0)
    return {stay.learner_id: AbsenceTotals(stay.learner_id, *missed.get(stay.learner_id, none)) for stay in stays}
