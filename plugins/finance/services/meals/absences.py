"""Days on which pupils did not eat: taken from the module that keeps registers, or typed by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, delete, func, select, text

from core.sdk import AbsenceSource, Context, Message, _
from core.sdk.data import local_date
from core.sdk.errors import Invalid
from core.sdk.people import Person
from plugins.finance.models import Absence
from plugins.finance.roll import enrolled
from plugins.finance.rules.exemptions import last_day

from .._trail import note

REGISTER, HAND = "register", "hand"
_UPSERT = text(
    """
INSERT INTO finance_absence (school_id, person_id, day, known_at, in_time, source, note)
SELECT :school, r.person_id, r.day, r.known_at, r.in_time, :source, r.note
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(person_id uuid, day date, known_at timestamptz, in_time boolean,
                                                     note text)
  JOIN core_person p ON p.id = r.person_id AND p.school_id = :school
ON CONFLICT (person_id, day) DO UPDATE
   SET known_at = excluded.known_at, in_time = excluded.in_time, source = excluded.source, note = excluded.note
 WHERE finance_absence.source = 'register' OR excluded.source = 'hand'
"""
)


@dataclass(frozen=True, slots=True)
class AbsenceInput:
    """A day as it is typed. `in_time` None takes the day back: the pupil has eaten."""

    person_id: UUID
    day: date
    in_time: bool | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """A day on which a pupil did not eat."""

    person_id: UUID
    full_name: str
    day: date
    known_at: datetime
    in_time: bool
    source: str
    note: str


def absences(ctx: Context, month: date, person_id: UUID | None = None) -> list[AbsenceRow]:
    """The days of a month, by day and name of the pupil."""
    ctx.require("finance.round.read")
    query = (
        select(
            Absence.person_id,
            Person.full_name,
            Absence.day,
            Absence.known_at,
            Absence.in_time,
            Absence.source,
            Absence.note,
        )
        .join(Person, Person.id == Absence.person_id)
        .where(Absence.school_id == ctx.school_id, Absence.day.between(month.replace(day=1), last_day(month)))
        .order_by(Absence.day, Person.sort_key, Absence.person_id)
    )
    if person_id is not None:
        query = query.where(Absence.person_id == person_id)
    return [AbsenceRow(*row) for row in ctx.session.execute(query)]


def take_absences(ctx: Context, month: date, sources: Iterable[AbsenceSource]) -> int:
    """Take the absences of a month over from the modules that keep registers; what was typed by hand stays.

    Days that the registers no longer report go. Repeating it changes nothing.

    Returns:
        how many days the registers report.

    Raises:
        Invalid: no module of the school keeps registers.
    """
    ctx.require("finance.round.edit")
    known = list(sources)
    if not known:
        raise Invalid(_("No module of the school keeps registers: type the absences by hand."))
    first, last = month.replace(day=1), min(last_day(month), local_date(ctx.now()))
    rows = [
        {"person_id": str(a.person_id), "day": a.day.isoformat(), "known_at": a.known_at.isoformat(),
         "in_time": a.in_time, "note": ""}
        for source in known for a in source.days(ctx, first, last)
    ]  # fmt: skip
    there = {(row["person_id"], row["day"]) for row in rows}
    gone = [
        key
        for key in ctx.session.execute(
            select(Absence.person_id, Absence.day).where(
                Absence.school_id == ctx.school_id, Absence.source == REGISTER, Absence.day.between(first, last)
            )
        )
        if (str(key.person_id), key.day.isoformat()) not in there
    ]
    _remove(ctx, [(row.person_id, row.day) for row in gone])
    _store(ctx, rows, REGISTER)
    note(ctx, "finance.meals.absences", ("finance_meals", month_id(month)), {"days": len(rows), "gone": len(gone)})
    return len(rows)


def set_absences(ctx: Context, month: date, entries: Sequence[AbsenceInput]) -> None:
    """Type days by hand: they hold against the registers. In a closed month they become corrections.

    Raises:
        Invalid: a day outside the month, or somebody who is not a pupil; `fields` by place in the list.
    """
    ctx.require("finance.round.edit")
    first, last = month.replace(day=1), last_day(month)
    roll = enrolled(ctx)
    wanted = {e.person_id for e in entries}
    here = set(ctx.session.scalars(select(roll.c.person_id).where(roll.c.person_id.in_(wanted))))
    here |= set(ctx.session.scalars(select(Person.id).where(Person.id.in_(wanted - here))))
    faults: dict[str, Message] = {}
    for place, entry in enumerate(entries):
        if entry.person_id not in here:
            faults[str(place)] = _("Find the pupil first.")
        elif not first <= entry.day <= last:
            faults[str(place)] = _("The day is not in this month.")
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)
    now = ctx.now().isoformat()
    _remove(ctx, [(e.person_id, e.day) for e in entries if e.in_time is None])
    rows = [
        {"person_id": str(e.person_id), "day": e.day.isoformat(), "known_at": now, "in_time": e.in_time,
         "note": e.note.strip()}
        for e in entries if e.in_time is not None
    ]  # fmt: skip
    _store(ctx, rows, HAND)
    note(ctx, "finance.meals.absences", ("finance_meals", month_id(month)), {"days": len(entries), "gone": 0})


def _store(ctx: Context, rows: Sequence[object], source: str) -> None:
    if rows:
        ctx.session.execute(_UPSERT, {"school": ctx.school_id, "source": source, "rows": json.dumps(rows)})


def _remove(ctx: Context, keys: Sequence[tuple[UUID, date]]) -> None:
    if not keys:
        return
    given = func.unnest([k[0] for k in keys], [k[1] for k in keys]).table_valued("person_id", "day")
    key = given.render_derived(name="gone")
    mine = and_(Absence.school_id == ctx.school_id, Absence.person_id == key.c.person_id, Absence.day == key.c.day)
    ctx.session.execute(delete(Absence).where(mine).execution_options(synchronize_session=False))


def month_id(month: date) -> UUID:
    """Months have no id of their own: the audit names one by its digits, such as 202609."""
    return UUID(int=month.year * 100 + month.month)
