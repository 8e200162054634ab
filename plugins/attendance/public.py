"""What other modules may import of attendance: totals for results and statistics, who is absent for meals.

Callers have checked who asks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from core.sdk import Context

from . import events
from .rules.counting import LIMIT, AbsenceTotals
from .services import away as _away
from .services import totals as _totals
from .services.away import AbsentOn
from .settings import rules as _rules

__all__ = ["EVENTS", "LIMIT", "AbsenceTotals", "AbsentOn", "absent_on", "counting_basis", "totals"]


def totals(
    ctx: Context,
    *,
    class_id: UUID | None = None,
    learner_ids: Collection[UUID] | None = None,
    year_id: UUID | None = None,
    term: int | None = None,
) -> dict[UUID, AbsenceTotals]:
    """Absences by pupil in a term, or without one in the whole year, up to today; set-based.

    `totals(...)[pupil].within(LIMIT)` is None where missing registers could decide it: never take it for a no.

    Args:
        class_id: the pupils who are or were in a class of the year. learner_ids: these pupils. Neither: all pupils.
        year_id: the current school year without it.
        term: its number.
    """
    return _totals.totals(ctx, class_id=class_id, learner_ids=learner_ids, year_id=year_id, term=term)


def counting_basis(ctx: Context) -> str:
    """What one absence of `totals` is: `session` (each half day that was missed) or `day`, as the school has set."""
    return _rules(ctx).basis


def absent_on(ctx: Context, day: date) -> list[AbsentOn]:
    """Who is absent on a day, with the moment at which the school knew and whether that was before the cut-off time
    for meals (setting `attendance.meal_cutoff`)."""
    return _away.absent_on(ctx, day)


EVENTS: Mapping[str, str] = {event.name: ", ".join(event.payload) for event in events.EVENTS}
"""Events of this module and the keys of their payloads."""
