"""The score for graduation from upper secondary school (Circular 24/2024). Its averages serve nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.sdk import _

from .because import Because, Result, number
from .marks import Gap, Why, half_up
from .ruleset import GraduationRules
from .words import missing


def average_of_year(rules: GraduationRules, averages: Sequence[Decimal | None]) -> Result[Decimal]:
    """Mean of all scored subjects of a year, two decimals; undetermined if one is missing."""
    rule = "graduation.year"
    known = [one for one in averages if one is not None]
    if not known or len(known) < len(averages):
        gaps = (Gap(Why.MISSING),)
        return Result(None, missing(rule, rules.cite, gaps), gaps)
    mean = half_up(sum(known, Decimal(0)) / len(known), rules.decimals)
    text = _("Mean of %(count)s subjects: %(average)s.", count=len(known), average=number(mean))
    return Result(mean, Because(rule, rules.cite, text, {"averages": " ".join(map(str, known))}, str(mean)))


def average_of_years(rules: GraduationRules, years: Mapping[int, Decimal | None]) -> Result[Decimal]:
    """The weighted mean of the years, by grade."""
    rule = "graduation.years"
    gaps = tuple(Gap(Why.MISSING, str(grade)) for grade in rules.year_weights if years.get(grade) is None)
    if gaps:
        return Result(None, missing(rule, rules.cite, gaps), gaps)
    known = {grade: average for grade in rules.year_weights if (average := years.get(grade)) is not None}
    total = sum((rules.year_weights[grade] * average for grade, average in known.items()), Decimal(0))
    mean = half_up(total / sum(rules.year_weights.values()), rules.decimals)
    text = _("Weighted mean of the years: %(average)s.", average=number(mean))
    return Result(mean, Because(rule, rules.cite, text, {str(k): str(v) for k, v in known.items()}, str(mean)))


def graduation_score(
    rules: GraduationRules,
    exam: Sequence[Decimal | None],
    years: Decimal | None,
    *,
    encouragement: Decimal = Decimal(0),
    priority: Decimal = Decimal(0),
) -> Result[tuple[Decimal, bool]]:
    """The score and whether it passes; undetermined while a mark is missing.

    Args:
        exam: marks of the exam.
        years: see `average_of_years`.
        encouragement: points added to the sum of the exam marks (khuyến khích).
        priority: points added at the end (ưu tiên).
    """
    rule = "graduation.score"
    known = [mark for mark in exam if mark is not None]
    if years is None or len(known) != rules.exam_subjects:
        gaps = (Gap(Why.MISSING),)
        return Result(None, missing(rule, rules.cite, gaps), gaps)
    exam_part = (sum(known, Decimal(0)) + encouragement) / rules.exam_subjects
    weights = rules.exam_weight + rules.transcript_weight
    score = half_up(
        (rules.exam_weight * exam_part + rules.transcript_weight * years) / weights + priority, rules.decimals
    )
    passes = min(known) > rules.exam_above and score >= rules.score_at_least
    inputs = {"exam": " ".join(map(str, known)), "years": str(years), "encouragement": str(encouragement),
              "priority": str(priority)}  # fmt: skip
    text = _("Score %(score)s; %(least)s is needed, and more than %(above)s in each exam subject.",
             score=number(score), least=number(rules.score_at_least), above=number(rules.exam_above))  # fmt: skip
    because = Because(rule, rules.cite, text, inputs, f"{score} {'yes' if passes else 'no'}")
    return Result((score, passes), because)
