"""One pupil's page: totals by term, marks, what the family reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, access
from core.sdk.school import current_year
from plugins.learners import public as learners

from ..access import PUPIL
from ..rules.counting import AbsenceTotals
from .overview import PupilMark, marks_of
from .requests import RequestLine, requests_of
from .totals import by_term, year_of


@dataclass(frozen=True, slots=True)
class PupilPage:
    """A pupil's attendance in the current school year."""

    id: UUID
    year: AbsenceTotals | None
    terms: list[tuple[int, AbsenceTotals]]
    marks: Sequence[PupilMark]
    requests: Sequence[RequestLine]


def page_of(ctx: Context, learner_id: UUID) -> PupilPage:
    """What the pupil's page and the family's page show.

    Raises:
        NotFound: a pupil whom the actor does not reach.
    """
    access.require_for(ctx, PUPIL, learner_id)
    year = current_year(ctx)
    parts = by_term(ctx, learner_ids=[learner_id], year_id=year.id)
    terms = [(number, part[learner_id]) for number, part in parts.items() if number and learner_id in part]
    return PupilPage(
        learner_id, year_of(parts, learner_id), terms, marks_of(ctx, learner_id), requests_of(ctx, learner_id)
    )


@dataclass(frozen=True, slots=True)
class Child:
    """A child of the signed-in family."""

    id: UUID
    full_name: str
    class_name: str


def children(ctx: Context) -> list[Child]:
    """The children of the signed-in parent who are in a class now, by name."""
    ctx.require(f"{PUPIL}.own")
    people = access.children(ctx)
    if not people:
        return []
    roll = learners.enrolled(ctx).subquery()
    query = (
        select(roll.c.person_id, roll.c.full_name, roll.c.class_name)
        .where(roll.c.person_id.in_(people))
        .order_by(roll.c.sort_key, roll.c.person_id)
    )
    return [Child(*row) for row in ctx.session.execute(query)]
