"""Results of primary pupils (Circular 27/2020, articles 7, 9, 11 and 13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from core.sdk import Message, _
from core.sdk.errors import Invalid

from .because import Because, Result
from .marks import Gap, Mark, State, Why
from .ruleset import OutcomeRule, PrimaryRules
from .words import missing

EXEMPT = "M"
"""Level of a subject that a pupil is exempt from."""
_WHY = {State.MISSING: Why.MISSING, State.PENDING: Why.PENDING, State.REFUSED: Why.REFUSED}


def primary_mark(rules: PrimaryRules, value: str | int | Decimal) -> int:
    """A mark of a periodic test: whole numbers only.

    Raises:
        Invalid: not a whole number of the scale.
    """
    scale = rules.scale
    try:
        number = Decimal(str(value).replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number != int(number) or not scale.minimum <= number <= scale.maximum:
        message = _("Marks of periodic tests are whole numbers from %(least)s to %(most)s.",
                    least=int(scale.minimum), most=int(scale.maximum))  # fmt: skip
        raise Invalid(message, code="mark")
    return int(number)


@dataclass(frozen=True, slots=True)
class PrimaryYear:
    """Levels and marks of a pupil at the end of the year.

    Attributes:
        subjects: level of each subject and activity; `M` for an exempt one, None for one not entered.
        qualities: level of each quality and competence.
        tests: end-of-year tests by subject.
        names: names of the subjects, as the reader knows them.
        assessed: False for a pupil with a disability who is not assessed.
    """

    grade: int
    subjects: Mapping[str, str | None]
    qualities: Mapping[str, str | None]
    tests: Mapping[str, Mark]
    names: Mapping[str, str] = field(default_factory=dict)
    assessed: bool = True

    def name(self, code: str) -> str:
        return self.names.get(code, code)


class Completion(StrEnum):
    """Whether a grade is completed (article 11)."""

    COMPLETED = "COMPLETED"
    PRIMARY_COMPLETED = "PRIMARY_COMPLETED"
    """The last grade: the principal records it in the transcript."""
    SUPPORT = "SUPPORT"
    """Guided support, then assessed again."""
    PRINCIPAL = "PRINCIPAL"
    """Still not completed after support, or not assessed: the principal decides."""


_COMPLETION: dict[Completion, Message] = {
    Completion.COMPLETED: _("The grade is completed."),
    Completion.PRIMARY_COMPLETED: _("The primary programme is completed; the principal records it."),
    Completion.SUPPORT: _("Gets guided support and is then assessed again."),
    Completion.PRINCIPAL: _("The principal decides."),
}


def year_outcome(rules: PrimaryRules, pupil: PrimaryYear) -> Result[str]:
    """The year's outcome; undetermined while a level or a required test is missing, or nobody assesses the pupil."""
    rule, cite = "primary.outcome", rules.cite_outcome
    if not pupil.assessed:
        text = _("Assessed by the individual plan; the principal decides.")
        return Result(None, Because(rule, cite, text), exempt=True)
    gaps = tuple(_gaps(rules, pupil))
    if gaps:
        return Result(None, missing(rule, cite, gaps, dict(pupil.names)), gaps)
    steps: list[Because] = []
    for outcome in rules.outcomes:
        against = tuple(_against(rules, outcome, pupil))
        if not against:
            text = _("All conditions of level %(level)s are met.", level=outcome.label)
            steps.append(Because("primary.condition", cite, text, {"outcome": outcome.code}, "yes"))
            return _outcome(rules, pupil, outcome.code, outcome.label, steps)
        text = _("Level %(level)s is not reached.", level=outcome.label)
        steps.append(Because("primary.condition", cite, text, {"outcome": outcome.code}, "no", against))
    return _outcome(rules, pupil, rules.lowest, rules.lowest_label, steps)


def _outcome(rules: PrimaryRules, pupil: PrimaryYear, code: str, label: Message, steps: list[Because]) -> Result[str]:
    inputs = {f"subject.{key}": value or "" for key, value in pupil.subjects.items()}
    inputs |= {f"quality.{key}": value or "" for key, value in pupil.qualities.items()}
    inputs |= {f"test.{key}": str(mark.as_score()) for key, mark in pupil.tests.items() if mark.counts}
    text = _("Outcome of the year: %(outcome)s.", outcome=label)
    return Result(code, Because("primary.outcome", rules.cite_outcome, text, inputs, code, tuple(steps)))


def _tested(rules: PrimaryRules, pupil: PrimaryYear) -> list[str]:
    """Subjects of the pupil with a test at the end of the year; exempt ones have none."""
    tested = rules.tested(rules.final_checkpoint, pupil.grade)
    return [code for code, level in pupil.subjects.items() if code in tested and level != EXEMPT]


def _gaps(rules: PrimaryRules, pupil: PrimaryYear) -> Iterator[Gap]:
    if not any(level != EXEMPT for level in pupil.subjects.values()):
        yield Gap(Why.MISSING)
    for code, level in pupil.subjects.items():
        if level is None:
            yield Gap(Why.MISSING, code)
    for code in rules.qualities_of(pupil.grade):
        if pupil.qualities.get(code) is None:
            yield Gap(Why.MISSING, code)
    for code in _tested(rules, pupil):
        mark = pupil.tests.get(code)
        if mark is None or (not mark.counts and mark.state is not State.EXEMPT):
            yield Gap(_WHY[mark.state] if mark else Why.MISSING, code)


def _against(rules: PrimaryRules, outcome: OutcomeRule, pupil: PrimaryYear) -> Iterator[Because]:
    """What keeps the pupil from an outcome."""
    cite = rules.cite_outcome
    low = [code for code, level in pupil.subjects.items() if level not in outcome.subjects and level != EXEMPT]
    if low:
        text = _("Subjects below the level needed: %(subjects)s.", subjects=", ".join(map(pupil.name, low)))
        yield Because("primary.subjects", cite, text, {"subjects": " ".join(low)}, "no")
    lacking = [code for code, level in pupil.qualities.items() if level not in outcome.qualities and level != EXEMPT]
    if lacking:
        text = _("Qualities or competences below the level needed: %(count)s.", count=len(lacking))
        yield Because("primary.qualities", cite, text, {"qualities": " ".join(lacking)}, "no")
    marks = {code: mark.as_score() for code in _tested(rules, pupil) if (mark := pupil.tests[code]).counts}
    weak = [code for code, mark in marks.items() if mark < outcome.tests_at_least]
    if weak:
        names = ", ".join(map(pupil.name, weak))
        text = _("Tests below %(least)s: %(subjects)s.", least=outcome.tests_at_least, subjects=names)
        yield Because("primary.tests", cite, text, {code: str(marks[code]) for code in weak}, "no")


def completion(
    rules: PrimaryRules, grade: int, outcome: Result[str], after_support: Result[str] | None = None
) -> Result[Completion]:
    """Whether the grade is completed.

    Args:
        after_support: outcome of the supplementary assessment, once there was one; the first stays beside it.
    """
    rule, cite = "primary.completion", rules.cite_completion
    last = after_support or outcome
    if last.exempt:
        return _completion(rules, Completion.PRINCIPAL, last)
    if last.value is None:
        return Result(None, missing(rule, cite, last.gaps), last.gaps)
    if last.value != rules.lowest:
        done = Completion.PRIMARY_COMPLETED if grade in rules.completes_at else Completion.COMPLETED
        return _completion(rules, done, last)
    return _completion(rules, Completion.PRINCIPAL if after_support else Completion.SUPPORT, last)


def _completion(rules: PrimaryRules, value: Completion, outcome: Result[str]) -> Result[Completion]:
    inputs = {"outcome": outcome.value or ""}
    steps = (outcome.because,)
    return Result(value, Because("primary.completion", rules.cite_completion, _COMPLETION[value], inputs, value, steps))


@dataclass(frozen=True, slots=True)
class Reward:
    """A reward; a `proposal` is for people to decide (article 13)."""

    code: str
    proposal: bool
    because: Because


def rewards(rules: PrimaryRules, outcome: Result[str]) -> tuple[Reward, ...]:
    """Rewards that follow from an outcome."""
    found: list[Reward] = []
    for rule in rules.rewards:
        if rule.outcome == outcome.value:
            text = _("Reward: %(reward)s.", reward=rule.label)
            if rule.proposal:
                text = _("May be proposed for: %(reward)s. The class and the teacher decide.", reward=rule.label)
            because = Because("primary.reward", rules.cite_rewards, text, {"outcome": rule.outcome}, rule.code,
                              internal=rule.proposal)  # fmt: skip
            found.append(Reward(rule.code, rule.proposal, because))
    return tuple(found)
