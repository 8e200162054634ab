"""What becomes of each pupil at the end of a year: from the results of another module, or by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from core.sdk import Context
from core.sdk.audit import record
from core.sdk.errors import Invalid
from core.sdk.text import _

from ..models.years import OUTCOMES
from .batches import ROLL
from .rolls import class_of


@dataclass(frozen=True, slots=True)
class PromotionOutcome:
    """What the results of a pupil say: promoted, repeats, completed (the last grade of the level) or undecided."""

    learner_id: UUID
    outcome: str
    reason: str = ""
    """In words: the rule and its article."""


@dataclass(frozen=True, slots=True)
class PupilOutcome:
    """A pupil of a class with what is decided."""

    id: UUID
    full_name: str
    suffix: str | None
    code: str | None
    outcome: str
    source: str
    reason: str


# By hand beats the results until somebody takes the decision by hand back; results replace results.
_TAKE = text("""
    INSERT INTO learners_outcome AS o (learner_id, year_id, school_id, outcome, source, reason, created_at, updated_at)
    SELECT g.id, :year, :school, g.outcome, :source, g.reason, :now, :now
    FROM unnest(:ids ::uuid[], :outcomes ::text[], :reasons ::text[]) g (id, outcome, reason)
    JOIN learners_learner l ON l.id = g.id AND l.school_id = :school
    ON CONFLICT (learner_id, year_id) DO UPDATE
    SET outcome = excluded.outcome, source = excluded.source, reason = excluded.reason, updated_at = excluded.updated_at
    WHERE o.school_id = :school AND (o.source <> 'hand' OR excluded.source = 'hand')""")
_OF_CLASS = text("""
    SELECT c.id, c.full_name, l.suffix, l.code, coalesce(o.outcome, 'undecided'), coalesce(o.source, ''),
           coalesce(o.reason, '')
    FROM learners_enrolment e JOIN learners_learner l ON l.id = e.learner_id JOIN core_person c ON c.id = l.id
    LEFT JOIN learners_outcome o ON o.learner_id = e.learner_id AND o.year_id = e.year_id
    WHERE e.school_id = :school AND e.class_id = :class AND e.ends_on IS NULL ORDER BY c.sort_key, c.id""")


def take_outcomes(ctx: Context, year_id: UUID, outcomes: Iterable[PromotionOutcome], *, source: str = "hand") -> int:
    """Remember what becomes of pupils at the end of a year; in one statement, however many.

    Args:
        source: the module whose results say so; `hand` for a decision of a person, which later results do not replace.

    Returns:
        How many were written. Pupils of other schools are left out.

    Raises:
        Forbidden: by hand without `learners.year.roll`; a module asks for its own permission before it calls.
        Invalid: an outcome that does not exist.
    """
    if source == "hand":
        ctx.require(ROLL)
    given = list(outcomes)
    if any(one.outcome not in OUTCOMES for one in given):
        raise Invalid(_("Choose one of the values."))
    written = ctx.session.connection().execute(
        _TAKE,
        {
            "school": ctx.school_id, "year": year_id, "source": source, "now": ctx.now(),
            "ids": [one.learner_id for one in given], "outcomes": [one.outcome for one in given],
            "reasons": [one.reason for one in given],
        },
    )  # fmt: skip
    record(
        ctx,
        "learners.outcomes.taken",
        target=("school_year", year_id),
        detail={"count": written.rowcount, "source": source},
    )
    return written.rowcount


def outcomes_of_class(ctx: Context, class_id: UUID) -> list[PupilOutcome]:
    """The pupils of a class with what is decided, by given name.

    Raises:
        NotFound: no such class.
    """
    ctx.require(ROLL)
    class_of(ctx, class_id)
    rows = ctx.session.execute(_OF_CLASS, {"school": ctx.school_id, "class": class_id})
    return [PupilOutcome(*row) for row in rows]
