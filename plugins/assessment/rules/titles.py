"""Titles of the year (Circular 22/2021, article 15)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.sdk import _

from .because import Because, Result
from .learning import SubjectResult
from .marks import Gap, Why
from .ruleset import Level, SecondaryRules
from .training import at_least
from .words import missing

NONE = ""
"""No title: a result like any other, not a missing one."""


def decide(rules: SecondaryRules, training: Level, learning: Level, scores: Sequence[Decimal]) -> int | None:
    """Position of the first title that is reached; None for none."""
    for at, title in enumerate(rules.titles):
        if (
            at_least(rules.training.levels, training, title.training)
            and at_least(rules.learning.codes(), learning, title.learning)
            and sum(score >= title.at_least for score in scores) >= title.count
        ):
            return at
    return None


def title(
    rules: SecondaryRules, training: Level | None, learning: Level | None, subjects: Sequence[SubjectResult]
) -> Result[str]:
    """The title, from the results of the year itself: what is assessed again in summer brings none.

    Returns:
        The code of the title, or `NONE`; undetermined while a level is missing.
    """
    gaps = tuple(Gap(why) for why, one in ((Why.TRAINING, training), (Why.LEARNING, learning)) if one is None)
    if training is None or learning is None:
        return Result(None, missing("title", rules.cite_titles, gaps), gaps)
    scores = [subject.average for subject in subjects if subject.average is not None and not subject.exempt]
    at = decide(rules, training, learning, scores)
    inputs = {"training": training, "learning": learning}
    if at is None:
        text = _("No title this year.")
        return Result(NONE, Because("title", rules.cite_titles, text, inputs, internal=True))
    reached = rules.titles[at]
    inputs |= {"subjects": str(sum(score >= reached.at_least for score in scores)), "at_least": str(reached.at_least)}
    text = _("Title: %(title)s.", title=reached.label)
    return Result(reached.code, Because("title", rules.cite_titles, text, inputs, reached.code))
