"""Terms and days of a school year: proposed by the frame of the Ministry, decided by the school."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from core import audit
from core.data.context import Context
from core.data.types import new_id
from core.types.errors import Conflict, Invalid, NotFound
from core.types.message import Message, _

from .frames import FRAMES, Frame
from .models import CalendarDay, SchoolYear, Term

KINDS: dict[str, Message] = {
    "holiday": _("Public holiday"),
    "closed": _("Day off of the school"),
    "make_up": _("Day of made-up lessons"),
    "event": _("Event"),
}
_OFF = ("holiday", "closed")


def terms(ctx: Context, year_id: UUID) -> Sequence[Term]:
    """The terms of a year of the context's school, in order."""
    query = select(Term).where(Term.school_id == ctx.school_id, Term.year_id == year_id).order_by(Term.number)
    return ctx.session.scalars(query).all()


def days(ctx: Context, year_id: UUID) -> Sequence[CalendarDay]:
    """The days of a year that differ from the week, in order."""
    mine = CalendarDay.school_id == ctx.school_id, CalendarDay.year_id == year_id
    return ctx.session.scalars(select(CalendarDay).where(*mine).order_by(CalendarDay.starts_on, CalendarDay.id)).all()


def frame_of(ctx: Context, year_id: UUID) -> Frame | None:
    """The Ministry's frame for a year of the school, if the program knows it."""
    return FRAMES.get(_year(ctx, year_id).name)


def set_terms(ctx: Context, year_id: UUID, spans: Sequence[tuple[date, date]]) -> None:
    """Set first and last day of each term of a year.

    Raises:
        Forbidden: without `core.school.manage`.
        Invalid: when a term ends before it starts, overlaps with the one before, or leaves the year; fields are
            `term1`, `term2`, ...
        Conflict: when fewer terms are given than there are.
    """
    ctx.require("core.school.manage")
    year = _year(ctx, year_id)
    fields: dict[str, Message] = {}
    for number, (starts_on, ends_on) in enumerate(spans, start=1):
        before = spans[number - 2][1] if number > 1 else None
        if starts_on >= ends_on:
            fields[f"term{number}"] = _("The term ends before it starts.")
        elif before is not None and starts_on <= before:
            fields[f"term{number}"] = _("The term starts before the one before it ends.")
        elif starts_on < year.starts_on or ends_on > year.ends_on:
            fields[f"term{number}"] = _("The term is not inside the school year.")
    if fields:
        raise Invalid(next(iter(fields.values())), fields=fields)
    held = {term.number: term for term in terms(ctx, year_id)}
    if len(held) > len(spans):
        raise Conflict(_("A term cannot be taken out of a year once it is there."))
    for number, (starts_on, ends_on) in enumerate(spans, start=1):
        term = held.get(number)
        if term is None:
            row = Term(id=new_id(), year_id=year_id, number=number, starts_on=starts_on, ends_on=ends_on)
            ctx.session.add(row)
        else:
            term.starts_on, term.ends_on = starts_on, ends_on
    ctx.session.flush()
    audit.record(
        ctx,
        "school.terms_set",
        target=("school_year", year_id),
        detail={"terms": [[starts_on, ends_on] for starts_on, ends_on in spans]},
    )


def add_day(ctx: Context, year_id: UUID, *, kind: str, name: str, starts_on: date, ends_on: date | None = None) -> UUID:
    """Add a holiday, a day off, a day of made-up lessons or an event.

    Raises:
        Invalid: when it has no name, ends before it starts, or lies outside the year.
    """
    ctx.require("core.school.manage")
    year = _year(ctx, year_id)
    last = ends_on or starts_on
    fields: dict[str, Message] = {}
    if kind not in KINDS:
        fields["kind"] = _("Choose one of the kinds.")
    if not name.strip():
        fields["name"] = _("Please give the name.")
    if last < starts_on:
        fields["ends_on"] = _("The last day lies before the first.")
    elif starts_on < year.starts_on or last > year.ends_on:
        fields["starts_on"] = _("The day is not inside the school year.")
    if fields:
        raise Invalid(next(iter(fields.values())), fields=fields)
    row = CalendarDay(
        id=new_id(), year_id=year_id, kind=kind, name=" ".join(name.split()), starts_on=starts_on, ends_on=last
    )
    ctx.session.add(row)
    ctx.session.flush()
    detail = {"kind": kind, "name": row.name, "from": starts_on, "to": last}
    audit.record(ctx, "school.day_added", target=("school_year", year_id), detail=detail)
    return row.id


def remove_day(ctx: Context, day_id: UUID) -> None:
    """Take a day out of the calendar. Raises `NotFound`."""
    ctx.require("core.school.manage")
    gone = ctx.session.execute(
        delete(CalendarDay)
        .where(CalendarDay.school_id == ctx.school_id, CalendarDay.id == day_id)
        .returning(CalendarDay.year_id, CalendarDay.name)
    ).one_or_none()
    if gone is None:
        raise NotFound
    audit.record(ctx, "school.day_removed", target=("school_year", gone.year_id), detail={"name": gone.name})


def take_frame(ctx: Context, year_id: UUID, say: dict[str, str] | None = None) -> bool:
    """Fill an empty calendar from the Ministry's frame; what is there already stays.

    Args:
        say: names of the holidays in the language of the school, by their English text.

    Returns:
        False when the program knows no frame for this year.
    """
    ctx.require("core.school.manage")
    frame = frame_of(ctx, year_id)
    if frame is None:
        return False
    if not terms(ctx, year_id):
        set_terms(ctx, year_id, [(term.starts_on, term.ends_before - timedelta(days=1)) for term in frame.terms])
    there = {(day.kind, day.starts_on) for day in days(ctx, year_id)}
    for day in frame.holidays:
        if ("holiday", day.starts_on) not in there:
            name = (say or {}).get(day.name.msgid, day.name.msgid)
            add_day(ctx, year_id, kind="holiday", name=name, starts_on=day.starts_on, ends_on=day.ends_on)
    return True


def is_school_day(ctx: Context, year_id: UUID, day: date, *, saturdays: bool = False) -> bool:
    """Whether lessons are held on a day: on a weekday of a term that is not off, or made up on a day named for it."""
    inside = any(term.starts_on <= day <= term.ends_on for term in terms(ctx, year_id))
    kinds = set(
        ctx.session.scalars(
            select(CalendarDay.kind).where(
                CalendarDay.school_id == ctx.school_id,
                CalendarDay.year_id == year_id,
                CalendarDay.starts_on <= day,
                CalendarDay.ends_on >= day,
            )
        )
    )
    if "make_up" in kinds:
        return True
    return inside and not kinds.intersection(_OFF) and day.weekday() < (6 if saturdays else 5)


def school_days(ctx: Context, year_id: UUID, first: date, last: date, *, saturdays: bool = False) -> list[date]:
    """The days from one to another, both inside, on which lessons are held (`is_school_day`), in order."""
    spans = [(term.starts_on, term.ends_on) for term in terms(ctx, year_id)]
    special = [(day.kind, day.starts_on, day.ends_on) for day in days(ctx, year_id)]
    found: list[date] = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        kinds = {kind for kind, starts_on, ends_on in special if starts_on <= day <= ends_on}
        inside = any(starts_on <= day <= ends_on for starts_on, ends_on in spans)
        if "make_up" in kinds or (inside and not kinds.intersection(_OFF) and day.weekday() < (6 if saturdays else 5)):
            found.append(day)
    return found


def _year(ctx: Context, year_id: UUID) -> SchoolYear:
    query = select(SchoolYear).where(SchoolYear.school_id == ctx.school_id, SchoolYear.id == year_id)
    found = ctx.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found
