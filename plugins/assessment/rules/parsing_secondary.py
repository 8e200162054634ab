"""The secondary part of a rule set: marks, learning, training, promotion, titles, graduation."""

from __future__ import annotations

from itertools import pairwise

from core.sdk import _

from .parsing_parts import by_grade, cite, grades, label, labels, scale
from .reading import Table
from .ruleset import (
    GraduationRules,
    LearningRules,
    Level,
    LevelRule,
    MarkRules,
    PeriodCount,
    PromotionRules,
    RaiseRule,
    SecondaryRules,
    TitleRule,
    TrainingRules,
)

MOST = 20
"""The largest weight, and the most marks of a term: more is a slip of the hand."""


def secondary(table: Table, act: str) -> SecondaryRules:
    """Everything of a secondary set.

    Raises:
        RuleSetError: a key is missing, unknown, or contradicts another.
    """
    marks = _marks(table.table("marks"), act)
    learning = _learning(table.table("learning"), act)
    training = _training(table.table("training"), act)
    titles = table.table("titles")
    made = SecondaryRules(
        marks=marks,
        learning=learning,
        training=training,
        promotion=_promotion(table.table("promotion"), act, learning, training),
        titles=tuple(_title(one, learning, training) for one in titles.tables("title", least=0)),
        cite_titles=cite(titles, act),
    )
    titles.finish()
    return made


def _marks(table: Table, act: str) -> MarkRules:
    regular, periodic = table.table("regular"), table.table("periodic")
    weights = table.wholes("term_weights")
    if len(weights) != 2 or sum(weights) <= 0 or min(weights) < 0 or max(weights) > MOST:
        raise table.wrong("term_weights", _("two weights are needed, for term I and term II"))
    mid = periodic.whole("mid", most=MOST) if periodic.has("mid") else 0
    end = periodic.whole("end", most=MOST) if periodic.has("end") else 0
    made = MarkRules(
        cite_regular=cite(regular, act),
        cite_periodic=cite(periodic, act),
        cite_average=cite(table, act, "average_article"),
        scale=scale(table.table("scale")),
        regular_weight=regular.whole("weight", 1, MOST),
        mid_weight=mid,
        end_weight=end,
        regular_by_periods=_periods(regular),
        regular_comment=regular.whole("comment", most=MOST),
        has_mid=mid > 0,
        has_end=end > 0,
        average_decimals=table.whole("average_decimals", most=2),
        term_weights=(weights[0], weights[1]),
    )
    for part in (regular, periodic, table):
        part.finish()
    return made


def _periods(table: Table) -> tuple[PeriodCount, ...]:
    rows = table.tables("by_periods")
    found: list[PeriodCount] = []
    for at, row in enumerate(rows):
        last = at == len(rows) - 1
        if row.has("up_to") == last:
            raise row.wrong("up_to", _("every line but the last says up to how many periods it holds"))
        found.append(PeriodCount(None if last else row.whole("up_to", 1), row.whole("count", 1, MOST)))
        row.finish()
    limits = [row.up_to for row in found[:-1] if row.up_to is not None]
    if limits != sorted(set(limits)):
        raise table.wrong("by_periods", _("the numbers of periods must rise"))
    return tuple(found)


def _learning(table: Table, act: str) -> LearningRules:
    levels = tuple(_level(one) for one in table.tables("level"))
    for at, (better, worse) in enumerate(pairwise(levels)):
        if not _harder(better, worse):
            raise table.tables("level")[at + 1].wrong("code", _("a lower level may ask no more than the one above it"))
    lowest = table.table("lowest")
    code, named = lowest.string("code"), label(lowest)
    if code in {level.code for level in levels}:
        raise lowest.wrong("code", _("a code stands here twice"))
    lowest.finish()
    raising = _raise(table.table("raise"), act, {level.code for level in levels}) if table.has("raise") else None
    made = LearningRules(cite(table, act), levels, code, named, raising)
    table.finish()
    return made


def _level(table: Table) -> LevelRule:
    enough = table.table("enough")
    is_open = enough.get("count") == "open"
    made = LevelRule(
        code=table.string("code"),
        label=label(table),
        comment_fails=table.whole("comment_fails"),
        all_at_least=table.number("all_at_least"),
        enough_count=None if is_open else enough.whole("count"),
        enough_at_least=enough.number("at_least"),
    )
    enough.finish()
    table.finish()
    return made


def _harder(better: LevelRule, worse: LevelRule) -> bool:
    """Levels are tested from the top: each must contain the one above it, or marks that rise could lower a level."""
    fewer = (better.enough_count or 0) >= (worse.enough_count or 0)
    return (
        better.comment_fails <= worse.comment_fails
        and better.all_at_least >= worse.all_at_least
        and better.enough_at_least >= worse.enough_at_least
        and fewer
    )


def _raise(table: Table, act: str, codes: set[Level]) -> RaiseRule:
    targets = table.codes("targets")
    if unknown := [code for code in targets if code not in codes]:
        raise table.wrong("targets", _("there is no level %(level)s", level=unknown[0]))
    drop, by = table.whole("drop", 1), table.whole("by", 1)
    if by >= drop:
        raise table.wrong("by", _("the level may not rise to the target itself"))
    made = RaiseRule(
        cite=cite(table, act),
        targets=targets,
        drop=drop,
        by=by,
        comment_subjects_count=table.flag("comment_subjects"),
        mode=table.choice("mode", ("conservative", "generous")),
    )
    table.finish()
    return made


def _training(table: Table, act: str) -> TrainingRules:
    named = labels(table.tables("levels"))
    matrix = table.table("year")
    year: dict[tuple[Level, Level], Level] = {}
    for first in named:
        row = matrix.table(first)
        for second in named:
            year[first, second] = row.choice(second, tuple(named))
        row.finish()
    matrix.finish()
    made = TrainingRules(cite(table, act), tuple(named), named, year)
    table.finish()
    return made


def _promotion(table: Table, act: str, learning: LearningRules, training: TrainingRules) -> PromotionRules:
    made = PromotionRules(
        cite=cite(table, act),
        cite_summer=cite(table, act, "summer_article"),
        cite_retest=cite(table, act, "retest_article"),
        cite_disability=cite(table, act, "disability_article"),
        training_at_least=table.choice("training_at_least", training.levels),
        learning_at_least=table.choice("learning_at_least", learning.codes()),
        absences_at_most=table.whole("absences_at_most"),
        absence_basis=table.choice("absence_basis", ("session", "day")),
        retest_below=table.number("retest_below"),
        completes_at=grades(table, "completes_at"),
    )
    for level in learning.levels:
        if level.code == made.learning_at_least and made.retest_below < max(level.all_at_least, level.enough_at_least):
            problem = _("must be no lower than what the level %(level)s asks for", level=level.code)
            raise table.wrong("retest_below", problem)
    table.finish()
    return made


def _title(table: Table, learning: LearningRules, training: TrainingRules) -> TitleRule:
    enough = table.table("enough")
    made = TitleRule(
        code=table.string("code"),
        label=label(table),
        training=table.choice("training", training.levels),
        learning=table.choice("learning", learning.codes()),
        count=enough.whole("count"),
        at_least=enough.number("at_least"),
    )
    enough.finish()
    table.finish()
    return made


def graduation(table: Table, act: str) -> GraduationRules:
    """The graduation score; a set of lower-secondary schools has none."""
    weights = by_grade(table.table("year_weights"))
    made = GraduationRules(
        cite=cite(table, act),
        exam_subjects=table.whole("exam_subjects", 1),
        decimals=table.whole("decimals"),
        year_weights=weights,
        exam_weight=table.whole("exam_weight"),
        transcript_weight=table.whole("transcript_weight"),
        exam_above=table.number("exam_above"),
        score_at_least=table.number("score_at_least"),
    )
    if made.exam_weight + made.transcript_weight <= 0 or not weights:
        raise table.wrong("exam_weight", _("a number from 1 on is needed"))
    table.finish()
    return made
