"""Moving up, second chances, completion (Circular 22/2021, articles 10 and 12 to 14)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from core.sdk import Message, _

from .because import Because, Result
from .learning import SubjectResult
from .marks import Gap, Why
from .ruleset import Level, PromotionRules, SecondaryRules
from .training import at_least
from .words import missing


class Elsewhere(NamedTuple):
    """Absences at the school that a pupil came from in the middle of the year.

    Attributes:
        absent: units that its paper tells of; they are among all absences of the year.
        school: whose paper it is.
        untold: units that were held there and of which nobody has told yet.
    """

    absent: int = 0
    school: str = ""
    untold: int = 0


HERE = Elsewhere()
"""Nothing of it is from another school."""


class Promotion(StrEnum):
    """What happens at the end of the year. Undetermined is not among them: it is a result without a value."""

    PROMOTED = "PROMOTED"
    COMPLETED = "COMPLETED"
    RETEST = "RETEST"
    SUMMER_TRAINING = "SUMMER_TRAINING"
    SUMMER_TRAINING_THEN_RETEST = "SUMMER_TRAINING_THEN_RETEST"
    NOT_PROMOTED = "NOT_PROMOTED"
    PRINCIPAL = "PRINCIPAL"
    """Not assessed because of a disability: the principal decides by the individual plan."""


LABELS: dict[Promotion, Message] = {
    Promotion.PROMOTED: _("Moves up"),
    Promotion.COMPLETED: _("Completes this level of schooling"),
    Promotion.RETEST: _("Is assessed again in some subjects"),
    Promotion.SUMMER_TRAINING: _("Trains in the summer holidays"),
    Promotion.SUMMER_TRAINING_THEN_RETEST: _("Trains in the summer holidays, then is assessed again"),
    Promotion.NOT_PROMOTED: _("Does not move up"),
    Promotion.PRINCIPAL: _("The principal decides"),
}


def decide(
    rules: SecondaryRules, grade: int, training: Level, learning: Level, absences: int, *, closed: bool, eligible: bool
) -> Promotion:
    """The bare decision; everything is known.

    Args:
        absences: units as the school's setting counts them.
        closed: the summer is over, there is no further chance.
        eligible: there is a subject that may be assessed again.
    """
    promotion = rules.promotion
    trained = at_least(rules.training.levels, training, promotion.training_at_least)
    learnt = at_least(rules.learning.codes(), learning, promotion.learning_at_least)
    if absences > promotion.absences_at_most or (closed and not (trained and learnt)):
        return Promotion.NOT_PROMOTED
    if trained and learnt:
        return Promotion.COMPLETED if grade in promotion.completes_at else Promotion.PROMOTED
    if not learnt and not eligible:
        return Promotion.NOT_PROMOTED
    if learnt:
        return Promotion.SUMMER_TRAINING
    return Promotion.RETEST if trained else Promotion.SUMMER_TRAINING_THEN_RETEST


def eligible(rules: PromotionRules, subjects: Iterable[SubjectResult]) -> tuple[SubjectResult, ...]:
    """Subjects that may be assessed again: an average below the limit, or not passed (article 14)."""
    return tuple(
        subject
        for subject in subjects
        if not subject.exempt
        and (
            (subject.average is not None and subject.average < rules.retest_below)
            if subject.scored
            else subject.passed is False
        )
    )


def promotion(
    rules: SecondaryRules,
    grade: int,
    training: Level | None,
    learning: Level | None,
    absences: int | None,
    again: Sequence[SubjectResult],
    *,
    closed: bool = False,
    elsewhere: Elsewhere = HERE,
) -> Result[Promotion]:
    """What happens at the end of the year, with its reasons; anything missing leaves it undetermined.

    Args:
        training: level of the year, that of the summer if there is one.
        learning: level of the year, that after re-assessment if there is one.
        absences: units of the year; None where nobody counted.
        again: see `eligible`.
        elsewhere: what of it is from another school, for the reasons only.
    """
    cite = rules.promotion.cite
    known = ((Why.TRAINING, training), (Why.LEARNING, learning), (Why.ABSENCES, absences))
    gaps = tuple(Gap(why) for why, value in known if value is None)
    if training is None or learning is None or absences is None:
        told = missing("promotion", cite, gaps)
        return Result(None, replace(told, steps=(*told.steps, *_from_elsewhere(rules, elsewhere))), gaps)
    outcome = decide(rules, grade, training, learning, absences, closed=closed, eligible=bool(again))
    inputs = {"training": training, "learning": learning, "absences": str(absences), "grade": str(grade)}
    conditions = (*_conditions(rules, training, learning, absences), *_from_elsewhere(rules, elsewhere))
    steps = (*conditions, *_next(rules.promotion, outcome, again))
    return Result(
        outcome, Because("promotion", cite, _("%(outcome)s.", outcome=LABELS[outcome]), inputs, outcome, steps)
    )


def by_principal(rules: PromotionRules) -> Result[Promotion]:
    """A pupil with a disability who is not assessed by marks."""
    text = _("Assessed by the individual plan; the principal decides.")
    because = Because("promotion.disability", rules.cite_disability, text, outcome=Promotion.PRINCIPAL)
    return Result(Promotion.PRINCIPAL, because)


def _conditions(rules: SecondaryRules, training: Level, learning: Level, absences: int) -> tuple[Because, ...]:
    needs = rules.promotion
    trained = at_least(rules.training.levels, training, needs.training_at_least)
    learnt = at_least(rules.learning.codes(), learning, needs.learning_at_least)
    present = absences <= needs.absences_at_most
    trained_text = _("Training %(level)s; at least %(least)s is needed.", level=rules.training.labels[training],
                     least=rules.training.labels[needs.training_at_least])  # fmt: skip
    learnt_text = _("Learning %(level)s; at least %(least)s is needed.", level=rules.learning.label(learning),
                    least=rules.learning.label(needs.learning_at_least))  # fmt: skip
    basis = {
        "session": _("Absent %(count)s half days; at most %(most)s are allowed.", count=absences,
                     most=needs.absences_at_most),
        "day": _("Absent on %(count)s days, each counted once; at most %(most)s are allowed.", count=absences,
                 most=needs.absences_at_most),
    }  # fmt: skip
    return (
        Because("promotion.training", needs.cite, trained_text, {"level": training}, "yes" if trained else "no"),
        Because("promotion.learning", needs.cite, learnt_text, {"level": learning}, "yes" if learnt else "no"),
        Because(
            "promotion.absences",
            needs.cite,
            basis[needs.absence_basis],
            {"absences": str(absences), "most": str(needs.absences_at_most), "basis": needs.absence_basis},
            "yes" if present else "no",
        ),
    )


def _from_elsewhere(rules: SecondaryRules, elsewhere: Elsewhere) -> tuple[Because, ...]:
    """Where absences come from that were not counted here, and which are still to be told."""
    inputs = {"count": str(elsewhere.absent), "school": elsewhere.school, "untold": str(elsewhere.untold)}
    steps: list[Because] = []
    if elsewhere.school:
        text = _("Of the absences, %(count)s are those that %(school)s has told.", count=elsewhere.absent,
                 school=elsewhere.school)  # fmt: skip
        steps.append(Because("promotion.elsewhere", rules.promotion.cite, text, inputs))
    if elsewhere.untold:
        text = _("Absences at the former school are not entered; %(count)s units were held there.",
                 count=elsewhere.untold)  # fmt: skip
        steps.append(Because("promotion.untold", rules.promotion.cite, text, inputs))
    return tuple(steps)


def _next(rules: PromotionRules, outcome: Promotion, again: Sequence[SubjectResult]) -> tuple[Because, ...]:
    steps: list[Because] = []
    if outcome in (Promotion.SUMMER_TRAINING, Promotion.SUMMER_TRAINING_THEN_RETEST):
        text = _("Training is assessed again after the summer; the new level replaces that of the year.")
        steps.append(Because("promotion.summer", rules.cite_summer, text))
    if outcome in (Promotion.RETEST, Promotion.SUMMER_TRAINING_THEN_RETEST):
        names = ", ".join(subject.name for subject in again)
        text = _("May be assessed again in: %(subjects)s. Each new result replaces that of the year.", subjects=names)
        inputs = {"subjects": " ".join(subject.code for subject in again)}
        steps.append(Because("promotion.retest", rules.cite_retest, text, inputs))
    return tuple(steps)
