"""Results in the form that pages, documents and other programs read: one for secondary and primary pupils alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from core.sdk import Message, _

from ...rules.because import Because, Result
from ...rules.learning import SubjectResult
from ...rules.primary import Completion, Reward
from ...rules.promotion import LABELS, Promotion
from ...rules.ruleset import RuleSet
from ...rules.year import SubjectYear, YearResult

COMPLETION_LABELS: Mapping[str, Message] = {
    Completion.COMPLETED: _("Moves up"),
    Completion.PRIMARY_COMPLETED: _("Completes this level of schooling"),
    Completion.SUPPORT: _("Gets support, then is assessed again"),
    Completion.PRINCIPAL: _("The principal decides"),
}
UNDECIDED = "undecided"
_OUTCOMES = {
    Promotion.PROMOTED: "promoted", Promotion.COMPLETED: "completed", Promotion.NOT_PROMOTED: "repeats",
}  # fmt: skip
_PRIMARY_OUTCOMES = {Completion.COMPLETED: "promoted", Completion.PRIMARY_COMPLETED: "completed"}


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """One subject: term I, term II, year, and the year after re-assessment; empty where nothing can be said."""

    code: str
    name: str
    scored: bool
    first: str
    second: str
    year: str
    again: str = ""

    @property
    def final(self) -> str:
        return self.again or self.year


@dataclass(frozen=True, slots=True)
class PupilResult:
    """The year of one pupil. Levels are codes of the rule set; empty is undetermined, `because` says why.

    Attributes:
        learning: in primary school the outcome of the year. Before any second chance; `final_learning` after it.
        terms: learning level of term I and II.
        because: explanation of each result by its name, the most important first.
        labels: words of the codes.
        training_levels: codes of the rule set, best first; none in primary school.
        comments: of the homeroom teacher, in term I and II.
    """

    learner_id: UUID
    rule_set: str
    subjects: tuple[SubjectLine, ...]
    terms: tuple[str, str]
    learning: str
    training: str
    final_learning: str
    final_training: str
    promotion: str
    title: str
    outcome: str
    """What the turn of the year does: promoted, completed, repeats, or undecided, which is for a person."""
    again: tuple[str, ...] = ()
    """Codes of the subjects that may be assessed again."""
    because: Mapping[str, Because] = field(default_factory=dict)
    labels: Mapping[str, Message] = field(default_factory=dict)
    training_levels: tuple[str, ...] = ()
    comments: tuple[str, str] = ("", "")

    def label(self, code: str) -> Message | str:
        """A code in words; a code without words as it is."""
        return self.labels.get(code, code)


def of_secondary(learner_id: UUID, rules: RuleSet, found: YearResult) -> PupilResult:
    """The result of the rules as it is shown."""
    assert rules.secondary is not None  # noqa: S101  (only such a set gives a `YearResult`)
    labels: dict[str, Message] = {
        level: rules.secondary.learning.label(level) for level in rules.secondary.learning.codes()
    }
    labels |= dict(rules.secondary.training.labels)
    labels |= {code.value: text for code, text in LABELS.items()}
    labels |= {rule.code: rule.label for rule in rules.secondary.titles}
    because = {
        "promotion": found.promotion.because,
        "learning": found.final_learning.because,
        "training": found.final_training.because,
        "title": found.title.because,
        "learning_1": found.learning_terms[0].because,
        "learning_2": found.learning_terms[1].because,
        **{f"subject.{subject.code}": subject.retest or subject.year.because for subject in found.subjects},
    }
    return PupilResult(
        learner_id,
        found.rule_set,
        tuple(
            _line(subject)
            for subject in found.subjects
        ),
        (found.learning_terms[0].value or "", found.learning_terms[1].value or ""),
        found.learning.value or "",
        found.training.value or "",
        found.final_learning.value or "",
        found.final_training.value or "",
        _promotion(found.promotion),
        found.title.value or "",
        outcome_of(found.promotion.value),
        tuple(subject.code for subject in found.eligible),
        because,
        labels,
        tuple(rules.secondary.training.levels),
    )  # fmt: skip


def outcome_of(promotion: Promotion | None) -> str:
    """What the turn of the year does with a pupil of whom this was decided."""
    return UNDECIDED if promotion is None else _OUTCOMES.get(promotion, UNDECIDED)


def _line(subject: SubjectYear) -> SubjectLine:
    first, second, year = map(_text, subject.results)
    again = _text(subject.retested) if subject.retested else ""
    return SubjectLine(subject.code, subject.name, subject.scored, first, second, year, again)


def _promotion(found: Result[Promotion]) -> str:
    return found.value.value if found.value is not None else ""


def _text(found: SubjectResult) -> str:
    """`8.1`, `D`, `CD`, `M`; empty while it is undetermined."""
    if found.exempt:
        return "M"
    if found.scored:
        return _number(found.average)
    return "" if found.passed is None else "D" if found.passed else "CD"


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


@dataclass(frozen=True, slots=True)
class PrimaryFound:
    """What the rules say of a primary pupil."""

    outcome: Result[str]
    completion: Result[Completion]
    rewards: tuple[Reward, ...]


def of_primary(learner_id: UUID, rules: RuleSet, found: PrimaryFound, subjects: tuple[SubjectLine, ...]) -> PupilResult:
    """The result of the rules as it is shown; a reward that people decide is not a title yet."""
    assert rules.primary is not None  # noqa: S101
    labels: dict[str, Message] = {rule.code: rule.label for rule in rules.primary.outcomes}
    labels |= {rules.primary.lowest: rules.primary.lowest_label}
    labels |= dict(COMPLETION_LABELS)
    labels |= {rule.code: rule.label for rule in rules.primary.rewards}
    outcome = found.outcome.value or ""
    given = [reward for reward in found.rewards if not reward.proposal]
    return PupilResult(
        learner_id,
        rules.code,
        subjects,
        ("", ""),
        outcome,
        "",
        outcome,
        "",
        found.completion.value.value if found.completion.value is not None else "",
        given[0].code if given else "",
        UNDECIDED if found.completion.value is None else _PRIMARY_OUTCOMES.get(found.completion.value, UNDECIDED),
        (),
        {
            "promotion": found.completion.because,
            "learning": found.outcome.because,
            **{f"reward.{reward.code}": reward.because for reward in found.rewards},
        },
        labels,
    )


def subjects_as_json(result: PupilResult) -> dict[str, list[str]]:
    """The subjects as they are kept."""
    return {line.code: [line.first, line.second, line.year, line.again] for line in result.subjects}
