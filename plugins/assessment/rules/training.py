"""Training (rèn luyện) of a year from its two terms (Circular 22/2021, article 8)."""

from __future__ import annotations

from core.sdk import _

from .because import Because, Result
from .marks import Gap, Why
from .ruleset import Level, TrainingRules
from .words import missing


def training_year(rules: TrainingRules, first: Level | None, second: Level | None) -> Result[Level]:
    """The year's level from those that the homeroom teacher set for the terms; undetermined if one is not set."""
    gaps = tuple(Gap(Why.TRAINING, place) for place, one in (("term1", first), ("term2", second)) if one is None)
    if first is None or second is None:
        return Result(None, missing("training.year", rules.cite, gaps), gaps)
    level = rules.year[first, second]
    text = _("Training: term I %(first)s, term II %(second)s, so the year is %(year)s.",
             first=rules.labels[first], second=rules.labels[second], year=rules.labels[level])  # fmt: skip
    return Result(level, Because("training.year", rules.cite, text, {"term1": first, "term2": second}, level))


def at_least(levels: tuple[Level, ...], level: Level, lowest: Level) -> bool:
    """Whether a level is `lowest` or better; levels are given best first."""
    return levels.index(level) <= levels.index(lowest)
