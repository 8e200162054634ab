"""The learning level of a set of marks, as a bare decision. Both the explained and the bulk path ask here."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from .ruleset import LearningRules, LevelRule, RaiseRule


class Unmet(NamedTuple):
    """One condition of a level that is not met: `all`, `enough` or `comment`; needed and found."""

    kind: str
    needed: Decimal | int
    found: Decimal | int


class Raised(NamedTuple):
    """The raise clause at work: which target, and which subject alone keeps the pupil from it."""

    target: int
    scored: int | None
    """Position of the one scored subject; None if it is the subject assessed by comment."""


class Decision(NamedTuple):
    """Positions in `LearningRules.codes()`: the level by the table, and after the raise clause."""

    base: int
    final: int
    raised: Raised | None
    generous: int
    """What the generous reading of the raise clause would give; equal to `final` where the act is clear."""


def too_few(rules: LearningRules, scored: int) -> bool:
    """Whether the rule counts with more scored subjects than there are, so that no level could be passed at all."""
    return scored < min((level.enough_count or 0 for level in rules.levels), default=0)


def has_open_counts(rules: LearningRules) -> bool:
    """Whether a number of subjects is still to be set by the school."""
    return any(level.enough_count is None for level in rules.levels)


def unmet(level: LevelRule, scores: Sequence[Decimal], comment_fails: int) -> list[Unmet]:
    """The conditions of a level that these results do not meet."""
    found: list[Unmet] = []
    if comment_fails > level.comment_fails:
        found.append(Unmet("comment", level.comment_fails, comment_fails))
    lowest = min(scores, default=level.all_at_least)
    if lowest < level.all_at_least:
        found.append(Unmet("all", level.all_at_least, lowest))
    enough = sum(score >= level.enough_at_least for score in scores)
    if enough < (level.enough_count or 0):
        found.append(Unmet("enough", level.enough_count or 0, enough))
    return found


def decide(rules: LearningRules, scores: Sequence[Decimal], comment_fails: int, best: Decimal) -> Decision:
    """The level of a term or a year.

    Args:
        scores: averages of the scored subjects, in any order.
        comment_fails: number of subjects assessed by comment that are not passed.
        best: the best mark of the scale, for the generous reading of the raise clause.
    """
    base = _base(rules, scores, comment_fails)
    clause = rules.raising
    if clause is None:
        return Decision(base, base, None, base)
    generous = _raise(rules, clause, base, scores, comment_fails, best)
    raised = generous and _raise(
        rules, clause, base, scores, comment_fails, best if clause.mode == "generous" else None
    )
    most = base - clause.by
    return Decision(base, most if raised else base, raised, most if generous else base)


def _base(rules: LearningRules, scores: Sequence[Decimal], comment_fails: int) -> int:
    for at, level in enumerate(rules.levels):
        if not unmet(level, scores, comment_fails):
            return at
    return len(rules.levels)


def _raise(
    rules: LearningRules,
    clause: RaiseRule,
    base: int,
    scores: Sequence[Decimal],
    comment_fails: int,
    best: Decimal | None,
) -> Raised | None:
    """The first target that lies far enough above and that one subject alone keeps the pupil from.

    Conservative (`best` None): the other subjects by themselves meet the target. Generous: they meet it together with
    the weak subject, were its mark the best. Both only ask for marks from thresholds on, so a higher mark never undoes
    them, and a level never falls when a mark rises.
    """
    codes = rules.codes()
    for code in clause.targets:
        target = codes.index(code)
        if base - target < clause.drop:
            continue
        level = rules.levels[target]
        if clause.comment_subjects_count and comment_fails > 0 and not unmet(level, scores, comment_fails - 1):
            return Raised(target, None)
        weak = [at for at, score in enumerate(scores) if score < level.all_at_least]
        if len(weak) > 1:
            continue
        for at in weak or range(len(scores)):
            others = [*scores[:at], *scores[at + 1 :]]
            if not unmet(level, others if best is None else [*others, best], comment_fails):
                return Raised(target, at)
    return None
