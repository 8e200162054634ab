"""The results of a whole school, kept for lists, statistics and the turn of the year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from core.sdk import Context, Message, Progress, _
from core.sdk.audit import record
from core.sdk.data import query
from core.sdk.events import emit
from core.sdk.school import current_year
from plugins.learners import public as learners

from ...access import APPROVE, READ
from ...events import CALCULATED
from ..books import has_rules
from .keeping import Kept
from .reading import kept_of_class

CALCULATE = "assessment.results.calculate"
_KEEP = text("""
    INSERT INTO assessment_year (school_id, year_id, learner_id, class_id, rule_set, learning, training,
      final_learning, final_training, promotion, title, subjects, calculated_at)
    SELECT :school, :year, r.learner_id, :class, r.rule_set, r.learning, r.training, r.final_learning,
      r.final_training, r.promotion, r.title, r.subjects, :now
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(learner_id uuid, rule_set text, learning text, training text,
      final_learning text, final_training text, promotion text, title text, subjects jsonb)
    ON CONFLICT (school_id, year_id, learner_id) DO UPDATE SET class_id = excluded.class_id,
      rule_set = excluded.rule_set, learning = excluded.learning, training = excluded.training,
      final_learning = excluded.final_learning, final_training = excluded.final_training,
      promotion = excluded.promotion, title = excluded.title, subjects = excluded.subjects,
      calculated_at = excluded.calculated_at""")
_SUMMARY = """
SELECT y.class_id, y.final_learning, y.promotion, y.title, count(*), max(y.calculated_at)
FROM assessment_year y WHERE y.school_id = :school AND y.year_id = :year
GROUP BY y.class_id, y.final_learning, y.promotion, y.title
"""


def calculate(ctx: Context, progress: Progress) -> int:
    """Calculate and keep the results of every class of the current year, and hand what is decided to the turn of the
    year; returns of how many pupils. A class for which no rule set holds is left out and named.

    Raises:
        Forbidden.
    """
    ctx.require(APPROVE)
    year = current_year(ctx)
    classes = [row.class_id for row in ctx.session.execute(learners.classes(ctx)) if 1 <= row.grade <= 12]
    pupils, without = 0, []
    for done, class_id in enumerate(classes, 1):
        klass = learners.class_of(ctx, class_id)
        if not has_rules(ctx, klass):
            without.append(klass.name)
            progress(done, len(classes), _without(without))
            continue
        found = kept_of_class(ctx, klass)
        _keep(ctx, year.id, class_id, found)
        learners.take_outcomes(ctx, year.id, (_outcome(result) for result in found), source="assessment")
        pupils += len(found)
        progress(done, len(classes), _without(without) if without else None)
    detail: dict[str, object] = {"pupils": pupils, **({"without": without} if without else {})}
    record(ctx, "assessment.results.calculated", target=("school_year", year.id), detail=detail)
    emit(ctx, CALCULATED, {"year_id": str(year.id), "pupils": pupils})
    return pupils


def _without(classes: list[str]) -> Message:
    return _("No rule set holds for: %(classes)s. Their results are not calculated.", classes=", ".join(classes))


def _keep(ctx: Context, year_id: UUID, class_id: UUID, found: list[Kept]) -> None:
    values = {"school": ctx.school_id, "year": year_id, "class": class_id, "now": ctx.now()}
    ctx.session.execute(_KEEP, {**values, "rows": msgspec.json.encode(found).decode()})


def _outcome(found: Kept) -> learners.PromotionOutcome:
    return learners.PromotionOutcome(found.learner_id, found.outcome, found.cite)


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """How the pupils of a class stand, as calculated last. Counts by code; the empty code is undetermined."""

    pupils: int
    learning: dict[str, int]
    promotion: dict[str, int]
    titles: dict[str, int]
    calculated_at: datetime


def summary(ctx: Context) -> dict[UUID, ClassSummary]:
    """By class of the current year. For those who see all classes.

    Raises:
        Forbidden.
    """
    ctx.require(READ)
    found: dict[UUID, ClassSummary] = {}
    wanted = {"school": ctx.school_id, "year": current_year(ctx).id}
    for class_id, learning, promotion, title, count, at in query(ctx, _SUMMARY, wanted):
        one = found.get(class_id) or ClassSummary(0, {}, {}, {}, at)
        for counts, code in ((one.learning, learning), (one.promotion, promotion), (one.titles, title)):
            counts[code] = counts.get(code, 0) + count
        found[class_id] = ClassSummary(
            one.pupils + count, one.learning, one.promotion, one.titles, max(at, one.calculated_at)
        )
    return found
