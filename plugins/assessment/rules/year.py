"""The year of one secondary pupil: marks in, every result with its reasons out, originals beside the second chances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from core.sdk import _
from core.sdk.errors import Invalid

from .averages import given_average, given_comment, term_average, term_comment, year_average, year_comment
from .because import Because, Result, number
from .learning import SubjectResult, learning_level, of_average, of_comment, written
from .marks import Mark, State, TermMarks
from .promotion import HERE, Elsewhere, Promotion, by_principal, eligible, promotion
from .ruleset import Level, RuleSet, SecondaryRules
from .titles import title
from .training import training_year
from .words import PLACES

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SubjectMarks:
    """A subject with its marks of both terms.

    Attributes:
        required: regular marks of each term, see `required_regular`.
        given: results of terms that another school has made; they stand in place of the marks.
        origins: of each term, the classes or schools where some of it was given; for the reasons only.
    """

    code: str
    name: str
    scored: bool
    required: tuple[int, int]
    terms: tuple[TermMarks, TermMarks]
    given: tuple[Mark | None, Mark | None] = (None, None)
    origins: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


@dataclass(frozen=True, slots=True)
class Summer:
    """What happened after the year: new marks by subject, training set again; `closed` when nothing more can come."""

    retests: Mapping[str, Mark] = field(default_factory=dict)
    training: Level | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class PupilYear:
    """Everything that the results of a pupil's year are made of.

    Attributes:
        training: levels of term I and II as the homeroom teacher set them.
        absences: units as the school counts them; None where nobody counted.
        assessed: False for a pupil with a disability who is not assessed by marks.
        elsewhere: what of the absences is from the former school; for the reasons only.
    """

    grade: int
    subjects: Sequence[SubjectMarks]
    training: tuple[Level | None, Level | None] = (None, None)
    absences: int | None = None
    assessed: bool = True
    summer: Summer = field(default_factory=Summer)
    elsewhere: Elsewhere = HERE


@dataclass(frozen=True, slots=True)
class SubjectYear:
    """Results of one subject: term I, term II, the year; and the year after re-assessment, if there was one."""

    code: str
    name: str
    scored: bool
    terms: tuple[Result[Decimal] | Result[bool], Result[Decimal] | Result[bool]]
    year: Result[Decimal] | Result[bool]
    results: tuple[SubjectResult, SubjectResult, SubjectResult]
    retested: SubjectResult | None = None
    retest: Because | None = None
    """Why `retested` stands in place of the year's result."""


@dataclass(frozen=True, slots=True)
class YearResult:
    """Results of a pupil's year. `learning` and `training` are the originals; `final_…` hold after the summer."""

    rule_set: str
    subjects: tuple[SubjectYear, ...]
    learning_terms: tuple[Result[Level], Result[Level]]
    learning: Result[Level]
    training: Result[Level]
    final_learning: Result[Level]
    final_training: Result[Level]
    eligible: tuple[SubjectResult, ...]
    promotion: Result[Promotion]
    title: Result[str]


def year_result(rule_set: RuleSet, pupil: PupilYear) -> YearResult:
    """Apply a secondary rule set to a pupil's year.

    Raises:
        Invalid: the set has no rules for secondary pupils.
    """
    rules = rule_set.secondary
    if rules is None:
        raise Invalid(_("The rule set %(code)s is not for secondary schools.", code=rule_set.code))
    subjects = tuple(_subject(rules, subject) for subject in pupil.subjects)
    of_term = tuple(
        learning_level(rules.learning, rules.marks.scale, [subject.results[term] for subject in subjects])
        for term in range(3)
    )
    training = training_year(rules.training, *pupil.training)
    year = [subject.results[2] for subject in subjects]
    again = eligible(rules.promotion, year) if of_term[2].value is not None and pupil.assessed else ()
    if of_term[2].value is not None and _learnt(rules, of_term[2].value):
        again = ()
    subjects = tuple(_retested(rules, subject, pupil.summer, again) for subject in subjects)
    after = [subject.retested or subject.results[2] for subject in subjects]
    changed = any(subject.retested for subject in subjects)
    learning = learning_level(rules.learning, rules.marks.scale, after) if changed else of_term[2]
    final_training = _summer_training(training, rules, pupil.summer)
    still = eligible(rules.promotion, after) if again else ()
    outcome = (
        promotion(
            rules,
            pupil.grade,
            final_training.value,
            learning.value,
            pupil.absences,
            still,
            closed=pupil.summer.closed,
            elsewhere=pupil.elsewhere,
        )
        if pupil.assessed
        else by_principal(rules.promotion)
    )
    return YearResult(
        rule_set=rule_set.code,
        subjects=subjects,
        learning_terms=(of_term[0], of_term[1]),
        learning=of_term[2],
        training=training,
        final_learning=learning,
        final_training=final_training,
        eligible=again,
        promotion=outcome,
        title=title(rules, training.value, of_term[2].value, year),
    )


def _learnt(rules: SecondaryRules, level: Level) -> bool:
    codes = rules.learning.codes()
    return codes.index(level) <= codes.index(rules.promotion.learning_at_least)


def _subject(rules: SecondaryRules, subject: SubjectMarks) -> SubjectYear:
    code, name = subject.code, subject.name
    if subject.scored:
        first, second = (
            given_average(rules.marks, given) if given is not None else term_average(rules.marks, marks, required)
            for marks, required, given in zip(subject.terms, subject.required, subject.given, strict=True)
        )
        year = _told(rules, year_average(rules.marks, first, second), subject)
        scored = (of_average(code, name, first), of_average(code, name, second), of_average(code, name, year))
        return SubjectYear(code, name, True, (first, second), year, scored)
    one, two = (
        given_comment(rules.marks, given) if given is not None else term_comment(rules.marks, marks, required)
        for marks, required, given in zip(subject.terms, subject.required, subject.given, strict=True)
    )
    passed = _told(rules, year_comment(rules.marks, one, two), subject)
    commented = (of_comment(code, name, one), of_comment(code, name, two), of_comment(code, name, passed))
    return SubjectYear(code, name, False, (one, two), passed, commented)


def _told(rules: SecondaryRules, year: Result[T], subject: SubjectMarks) -> Result[T]:
    """The year's result with the schools and classes where some of its marks were given."""
    steps: list[Because] = []
    for term, origins in enumerate(subject.origins, 1):
        if origins:
            place, origin = PLACES[f"term{term}"], ", ".join(origins)
            text = _("%(place)s: with marks that were given in %(origin)s.", place=place, origin=origin)
            steps.append(Because("origin", rules.marks.cite_average, text, {"term": str(term), "origin": origin}))
    return replace(year, because=replace(year.because, steps=(*year.because.steps, *steps))) if steps else year


def _retested(
    rules: SecondaryRules, subject: SubjectYear, summer: Summer, again: Sequence[SubjectResult]
) -> SubjectYear:
    """A new result replaces that of the year (article 14); a missed re-assessment leaves it as it was."""
    mark = summer.retests.get(subject.code)
    if mark is None or mark.state is not State.VALUE or subject.code not in {one.code for one in again}:
        return subject
    old = subject.results[2]
    new = replace(old, average=mark.as_score()) if subject.scored else replace(old, passed=mark.as_passed())
    return replace(subject, retested=new, retest=_retest(rules, old, new))


def _retest(rules: SecondaryRules, old: SubjectResult, new: SubjectResult) -> Because:
    inputs = {"before": written(old), "again": written(new)}
    if old.average is not None and new.average is not None:
        before, again = number(old.average), number(new.average)
        text = _("Assessed again: %(again)s; it replaces %(before)s.", again=again, before=before)
    elif new.passed:
        text = _("Assessed again and passed; it replaces the result of the year.")
    else:
        text = _("Assessed again and not passed.")
    return Because("retest", rules.promotion.cite_retest, text, inputs, inputs["again"])


def _summer_training(training: Result[Level], rules: SecondaryRules, summer: Summer) -> Result[Level]:
    """Training assessed again after the summer replaces that of the year (article 13); only where it was not enough."""
    levels = rules.training.levels
    if training.value is None or summer.training is None:
        return training
    if levels.index(training.value) <= levels.index(rules.promotion.training_at_least):
        return training
    text = _("Training after the summer: %(level)s; it replaces %(before)s.",
             level=rules.training.labels[summer.training], before=rules.training.labels[training.value])  # fmt: skip
    because = replace(
        training.because,
        rule="training.summer",
        cite=rules.promotion.cite_summer,
        text=text,
        inputs={"before": training.value, "again": summer.training},
        outcome=summer.training,
        steps=(training.because,),
    )
    return Result(summer.training, because)
