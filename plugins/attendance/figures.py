"""Numbers and tables of attendance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from core.sdk import AbsenceSource, AbsentDay, Column, Context, Indicator, Message, Parameter, Report, _
from core.sdk.data import half_up
from core.sdk.school import current_year, terms
from plugins.learners import public as learners

from .access import READ
from .rules.counting import AbsenceTotals
from .services import away, overview, rates
from .services.days import today
from .services.totals import totals
from .settings import rules as rules_of

_BOOKS = _("The school's own registers")


def _rate_today(ctx: Context) -> Decimal | None:
    day = today(ctx)
    rows = rates.rate(ctx, day, day)
    size, absent = sum(row[1] for row in rows), sum(row[2] for row in rows)
    return Decimal(half_up(Decimal(1000 * (size - absent)) / size)) / 10 if size else None


def _unregistered(ctx: Context) -> int:
    return len(overview.today(ctx).unregistered)


INDICATORS = [
    Indicator("attendance.rate_today", _("Attendance today"),
              _("Pupils who are there, of all pupils of the classes that took a register today"),
              _BOOKS, READ, _rate_today, "percent", order=20),
    Indicator("attendance.unregistered", _("Classes without a register today"),
              _("Classes that have lessons today and took no register of a session that has begun"),
              _BOOKS, READ, _unregistered, order=21),
]  # fmt: skip


def _class_choices(ctx: Context) -> Sequence[tuple[str, str | Message]]:
    return [(str(row.class_id), row.class_name) for row in ctx.session.execute(learners.classes(ctx))]


def _term_choices(ctx: Context) -> Sequence[tuple[str, str | Message]]:
    found = terms(ctx, current_year(ctx).id)
    return [(str(row.number), _("Term %(number)s", number=row.number)) for row in found]


def _source(one: AbsenceTotals) -> Message | None:
    """Where a total comes from, if not from the registers alone."""
    if one.untold:
        return _("absences at the former school are not entered")
    if one.former_school:
        return _("with those of %(school)s", school=one.former_school)
    return _("typed by hand") if one.source == "hand" else None


def _totals(ctx: Context, values: Mapping[str, str]) -> Iterator[Sequence[str | int | Message | None]]:
    term = int(values["term"]) if values.get("term") else None
    chosen = UUID(values["class"]) if values.get("class") else None
    found = totals(ctx, class_id=chosen, term=term)
    roll = learners.enrolled(ctx).subquery()
    query = roll.select().order_by(roll.c.grade, roll.c.class_name, roll.c.sort_key, roll.c.person_id)
    if chosen:
        query = query.where(roll.c.class_id == chosen)
    for row in ctx.session.execute(query):
        one = found.get(row.person_id)
        if one is None:
            continue
        yield (
            row.class_name, row.full_name, row.code or "", one.excused, one.unexcused, one.absent, one.late, one.left,
            one.missing, one.elsewhere or None, _source(one),
        )  # fmt: skip


REPORTS = [
    Report(
        "attendance.totals",
        _("Absences of pupils"),
        _("Each pupil's absences with and without leave, and how many registers are missing."),
        READ,
        columns=(
            Column("class", _("Class")),
            Column("name", _("Full name")),
            Column("code", _("Pupil code")),
            Column("excused", _("With leave"), "number"),
            Column("unexcused", _("Without leave"), "number"),
            Column("absent", _("Together"), "number"),
            Column("late", _("Late"), "number"),
            Column("left", _("Left early"), "number"),
            Column("missing", _("Registers missing"), "number"),
            Column("elsewhere", _("Of these at the former school"), "number"),
            Column("source", _("Source")),
        ),
        rows=_totals,
        parameters=(
            Parameter("class", _("Class"), "choice", choices=_class_choices),
            Parameter("term", _("Term"), "choice", choices=_term_choices),
        ),
    )
]


def _away(ctx: Context, first: date, last: date) -> Iterator[AbsentDay]:
    """Who was not there for the midday meal: away in the morning, or for the day's only session."""
    one_session = rules_of(ctx).sessions == 1
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for row in away.absent_on(ctx, day):
            if one_session or 1 in row.sessions:
                yield AbsentDay(row.learner_id, day, row.noticed_at, row.in_time)


ABSENCES = [AbsenceSource("attendance.registers", _("Registers and notices of families"), _away)]
