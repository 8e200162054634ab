"""The learning level of a term or a year with its reasons (Circular 22/2021, articles 9.2 and 9.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.sdk import Message, _

from .because import Because, Result, number
from .levels import Decision, Unmet, decide, has_open_counts, too_few, unmet
from .marks import Gap, Why
from .ruleset import Cite, LearningRules, Level, LevelRule, Scale
from .words import missing


@dataclass(frozen=True, slots=True)
class SubjectResult:
    """The result of one subject in a term or a year: an average, or passed or not, or why there is none.

    Attributes:
        name: as the reader knows the subject.
        why: why there is no result; not needed for an exempt one.
    """

    code: str
    name: str
    scored: bool
    average: Decimal | None = None
    passed: bool | None = None
    exempt: bool = False
    why: Why | None = None

    @property
    def known(self) -> bool:
        return (self.average if self.scored else self.passed) is not None


def of_average(code: str, name: str, result: Result[Decimal]) -> SubjectResult:
    """A scored subject from its average."""
    return SubjectResult(code, name, True, average=result.value, exempt=result.exempt, why=result.why)


def of_comment(code: str, name: str, result: Result[bool]) -> SubjectResult:
    """A subject assessed by comment from its result."""
    return SubjectResult(code, name, False, passed=result.value, exempt=result.exempt, why=result.why)


def learning_level(rules: LearningRules, scale: Scale, subjects: Sequence[SubjectResult]) -> Result[Level]:
    """The learning level; undetermined as long as one subject has no result.

    Args:
        subjects: every subject that the pupil takes, in any order; exempt ones are left out of all conditions.
    """
    counted = [subject for subject in subjects if not subject.exempt]
    scored = [subject for subject in counted if subject.scored]
    gaps = tuple(Gap(subject.why or Why.MISSING, subject.code) for subject in counted if not subject.known)
    if has_open_counts(rules):
        gaps = (*gaps, Gap(Why.PARAMETER))
    elif not gaps and (not scored or too_few(rules, len(scored))):
        gaps = (Gap(Why.TOO_FEW_SUBJECTS),)
    if gaps:
        names = {subject.code: subject.name for subject in counted}
        return Result(None, missing("learning.level", rules.cite, gaps, names), gaps)
    scores = [subject.average for subject in scored if subject.average is not None]
    failed = [subject for subject in counted if not subject.scored and not subject.passed]
    decision = decide(rules, scores, len(failed), scale.maximum)
    code = rules.codes()[decision.final]
    steps = tuple(_steps(rules, decision, scored, scores, failed))
    inputs = {subject.code: written(subject) for subject in counted}
    text = _("Learning level: %(level)s.", level=rules.label(code))
    return Result(code, Because("learning.level", rules.cite, text, inputs, code, steps))


def written(subject: SubjectResult) -> str:
    """The result in plain text: `8.5`, `D`, `CD`."""
    return str(subject.average) if subject.scored else ("D" if subject.passed else "CD")


def _steps(
    rules: LearningRules,
    decision: Decision,
    scored: Sequence[SubjectResult],
    scores: Sequence[Decimal],
    failed: Sequence[SubjectResult],
) -> Iterator[Because]:
    for at, level in enumerate(rules.levels[: decision.base]):
        reasons = unmet(level, scores, len(failed))
        below = [subject for subject in scored if subject.average is not None and subject.average < level.all_at_least]
        steps = tuple(_unmet(rules.cite, level, reason, below, failed) for reason in reasons)
        text = _("Level %(level)s is not reached.", level=level.label)
        further = at < decision.base - 1  # a family reads what the next level would have needed
        yield Because("learning.condition", rules.cite, text, {"level": level.code}, "no", steps, internal=further)
    if decision.base < len(rules.levels):
        level = rules.levels[decision.base]
        text = _("All conditions of level %(level)s are met.", level=level.label)
        yield Because("learning.condition", rules.cite, text, _conditions(level), "yes")
    yield from _raising(rules, decision, scored, failed)


def _conditions(level: LevelRule) -> dict[str, str]:
    return {
        "level": level.code,
        "all_at_least": str(level.all_at_least),
        "enough": f"{level.enough_count} >= {level.enough_at_least}",
        "comment_fails": str(level.comment_fails),
    }


def _unmet(
    cite: Cite, level: LevelRule, reason: Unmet, below: Sequence[SubjectResult], failed: Sequence[SubjectResult]
) -> Because:
    inputs = {"needed": str(reason.needed), "found": str(reason.found)}
    if reason.kind == "enough":
        text: Message = _("%(needed)s subjects from %(least)s on are needed; there are %(found)s.",
                          needed=reason.needed, least=number(level.enough_at_least), found=reason.found)  # fmt: skip
    elif reason.kind == "comment":
        names = ", ".join(sorted(subject.name for subject in failed))
        text = _("Not passed: %(subjects)s; this level allows %(most)s of them.", subjects=names, most=reason.needed)
        if not reason.needed:
            text = _("Not passed: %(subjects)s; this level needs all of them passed.", subjects=names)
    else:
        names = ", ".join(sorted(subject.name for subject in below))
        text = _("Below %(least)s: %(subjects)s.", least=number(level.all_at_least), subjects=names)
    return Because(f"learning.{reason.kind}", cite, text, inputs, "no")


def _raising(
    rules: LearningRules, decision: Decision, scored: Sequence[SubjectResult], failed: Sequence[SubjectResult]
) -> Iterator[Because]:
    clause = rules.raising
    if clause is None:
        return
    codes = rules.codes()
    inputs = {"base": codes[decision.base], "mode": clause.mode}
    if decision.raised is not None:
        target = codes[decision.raised.target]
        at = decision.raised.scored
        subject = (scored[at] if at is not None else failed[0]).name
        text = _("Only %(subject)s keeps the level from %(target)s, so it rises by one, from %(base)s to %(final)s.",
                 subject=subject, target=rules.label(target), base=rules.label(codes[decision.base]),
                 final=rules.label(codes[decision.final]))  # fmt: skip
        yield Because("learning.raise", clause.cite, text, inputs | {"target": target}, codes[decision.final])
    elif any(decision.base - codes.index(target) >= clause.drop for target in clause.targets):
        text = _("The level is not raised: more than one subject keeps it from a higher one.")
        if decision.generous < decision.final:
            final = rules.label(codes[decision.generous])
            text = _(
                "The level is not raised: the other subjects alone do not reach the target. The act can also be read "
                "so that the level would be %(final)s; the school's setting decides.",
                final=final,
            )
        parent = _("The level is not raised.")
        yield Because("learning.raise", clause.cite, text, inputs, codes[decision.base], parent=parent)
