"""Days and sessions: which are held, which is now, which may still be changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from core.sdk import Context, Message, _
from core.sdk.data import LOCAL_TZ, local_date
from core.sdk.errors import Conflict
from core.sdk.school import school_days, terms, years

__all__ = ["NOON", "Span", "closed", "expected", "require_open", "session_at", "spans", "today", "years"]

from ..access import CORRECT
from ..settings import Rules

NOON = 12


@dataclass(frozen=True, slots=True)
class Span:
    """A term, or the part of it that is over: first and last day, both inside."""

    term: int
    first: date
    last: date


def today(ctx: Context) -> date:
    """The day in Vietnam."""
    return local_date(ctx.now())


def session_at(moment: datetime) -> int:
    """The session of a moment: 1 until noon in Vietnam, then 2."""
    return 1 if moment.astimezone(LOCAL_TZ).hour < NOON else 2


def spans(ctx: Context, year_id: UUID) -> list[Span]:
    """The terms of a year."""
    return [Span(row.number, row.starts_on, row.ends_on) for row in terms(ctx, year_id)]


def expected(ctx: Context, rules: Rules, year_id: UUID, span: Span) -> dict[date, int]:
    """Sessions that registers are expected for, by school day, up to today; in units of the counting basis."""
    last = min(span.last, today(ctx))
    held = school_days(ctx, year_id, span.first, last, saturdays=rules.saturdays) if last >= span.first else []
    return {day: 1 if rules.basis == "day" else len(rules.sessions_on(day)) for day in held}


def closed(ctx: Context, rules: Rules, day: date, starts_on: date, ends_on: date) -> Message | None:
    """Why a register of the day may not be written; None when it may."""
    now = today(ctx)
    if not starts_on <= day <= ends_on:
        return _("Choose a day of the school year.")
    if day > now:
        return _("This day is still to come.")
    if day < now - timedelta(days=rules.change_days) and not ctx.actor.has(CORRECT):
        return _("The time to change this register is over. Please ask the office.")
    return None


def require_open(ctx: Context, rules: Rules, day: date, starts_on: date, ends_on: date) -> None:
    """Let pass when a register of the day may be written.

    Raises:
        Conflict: a day that is still to come or outside the year, or its time is over and the actor may not correct it.
    """
    problem = closed(ctx, rules, day, starts_on, ends_on)
    if problem is not None:
        raise Conflict(problem, code="closed")
