"""The primary part of a rule set: levels, periodic tests, year outcome, completion, rewards."""

from __future__ import annotations

from itertools import pairwise

from core.sdk import _

from .parsing_parts import cite, grades, label, labels, scale
from .reading import Table
from .ruleset import Checkpoint, OutcomeRule, PrimaryRules, RewardRule


def primary(table: Table, act: str) -> PrimaryRules:
    """Everything of a primary set.

    Raises:
        RuleSetError: a key is missing, unknown, or contradicts another.
    """
    levels, tests, year = table.table("levels"), table.table("tests"), table.table("year")
    completion, rewards = table.table("completion"), table.table("rewards")
    subjects, qualities = labels(levels.tables("subjects")), labels(levels.tables("qualities"))
    outcomes = tuple(_outcome(one, set(subjects), set(qualities)) for one in year.tables("outcome"))
    for at, (better, worse) in enumerate(pairwise(outcomes)):
        if not _harder(better, worse):
            problem = _("a lower level may ask no more than the one above it")
            raise year.tables("outcome")[at + 1].wrong("code", problem)
    checkpoints = tuple(_checkpoint(one) for one in tests.tables("checkpoint"))
    lowest = year.table("lowest")
    made = PrimaryRules(
        cite_tests=cite(tests, act),
        cite_outcome=cite(year, act),
        cite_completion=cite(completion, act),
        cite_rewards=cite(rewards, act),
        scale=scale(tests.table("scale")),
        subject_levels=subjects,
        quality_levels=qualities,
        qualities=levels.codes("assessed"),
        qualities_from=_later(levels),
        checkpoints=checkpoints,
        final_checkpoint=tests.choice("final", tuple(point.code for point in checkpoints)),
        outcomes=outcomes,
        lowest=lowest.string("code"),
        lowest_label=label(lowest),
        rewards=tuple(_reward(one, outcomes) for one in rewards.tables("reward", least=0)),
        completes_at=grades(completion, "completes_at"),
    )
    for part in (lowest, levels, tests, year, completion, rewards):
        part.finish()
    return made


def _later(levels: Table) -> dict[str, int]:
    later = levels.table("from_grade")
    found = {code: later.whole(code, 1) for code in later}
    if unknown := [code for code in found if code not in levels.codes("assessed")]:
        raise later.wrong(unknown[0], _("this key is not known here"))
    return found


def _outcome(table: Table, subjects: set[str], qualities: set[str]) -> OutcomeRule:
    for key, known in (("subjects", subjects), ("qualities", qualities)):
        if unknown := [code for code in table.codes(key) if code not in known]:
            raise table.wrong(key, _("there is no level %(level)s", level=unknown[0]))
    made = OutcomeRule(
        code=table.string("code"),
        label=label(table),
        subjects=frozenset(table.codes("subjects")),
        qualities=frozenset(table.codes("qualities")),
        tests_at_least=table.whole("tests_at_least"),
    )
    table.finish()
    return made


def _harder(better: OutcomeRule, worse: OutcomeRule) -> bool:
    return (
        better.subjects <= worse.subjects
        and better.qualities <= worse.qualities
        and better.tests_at_least >= worse.tests_at_least
    )


def _checkpoint(table: Table) -> Checkpoint:
    tested: list[tuple[frozenset[int], frozenset[str]]] = []
    for one in table.tables("tested", least=0):
        tested.append((grades(one, "grades"), frozenset(one.codes("subjects"))))
        one.finish()
    made = Checkpoint(table.string("code"), label(table), tuple(tested))
    table.finish()
    return made


def _reward(table: Table, outcomes: tuple[OutcomeRule, ...]) -> RewardRule:
    made = RewardRule(
        code=table.string("code"),
        label=label(table),
        outcome=table.choice("outcome", tuple(outcome.code for outcome in outcomes)),
        proposal=table.flag("proposal"),
    )
    table.finish()
    return made
