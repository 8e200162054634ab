"""Averages of terms and years (Circular 22/2021, articles 6, 7 and 9.1). Decimal, halves up; nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from core.sdk import _

from .because import Because, Result, number
from .marks import MISSING, Gap, Mark, State, TermMarks, Why, half_up
from .ruleset import MarkRules
from .words import missing

_WHY = {State.MISSING: Why.MISSING, State.PENDING: Why.PENDING, State.REFUSED: Why.REFUSED}


def required_regular(rules: MarkRules, *, scored: bool, periods: int, clusters: int = 0) -> int:
    """How many regular marks a subject has in a term.

    Args:
        periods: periods a *year*.
        clusters: learning-topic clusters of this term; each counts as one regular mark more (upper secondary).
    """
    if not scored:
        return rules.regular_comment
    row = next(row for row in rules.regular_by_periods if row.up_to is None or periods <= row.up_to)
    return row.count + clusters


def kept(regular: Sequence[Mark], required: int) -> list[int]:
    """Positions of the regular marks without the empty extra columns of a template, which lack nothing."""
    found = list(range(len(regular)))
    for at in reversed(range(len(regular))):
        if len(found) > required and regular[at].state is State.MISSING:
            found.remove(at)
    return found


def fitted(regular: Sequence[Mark], required: int) -> tuple[Mark, ...]:
    """The regular marks that are kept, with empty ones up to the required number."""
    found = [regular[at] for at in kept(regular, required)] if len(regular) > required else list(regular)
    return (*found, *[MISSING] * (required - len(found)))


def term_gaps(rules: MarkRules, marks: TermMarks, required: int) -> tuple[tuple[Gap, ...], bool]:
    """What stands between these marks and a result; and whether the pupil is exempt from all of it."""
    placed = list(_placed(rules, marks, required))
    exempt = [mark.state is State.EXEMPT for _place, mark in placed]
    if placed and all(exempt):
        return (), True
    gaps = [Gap(_WHY[mark.state], place) for place, mark in placed if mark.state in _WHY]
    gaps += [Gap(Why.EXEMPT_IN_PART, place) for place, mark in placed if mark.state is State.EXEMPT]
    if len(fitted(marks.regular, required)) > required:
        gaps.append(Gap(Why.TX_COUNT, "regular"))
    return tuple(dict.fromkeys(gaps)), False


def _placed(rules: MarkRules, marks: TermMarks, required: int) -> Iterator[tuple[str, Mark]]:
    for mark in fitted(marks.regular, required):
        yield "regular", mark
    if rules.has_mid:
        yield "mid", marks.mid or MISSING
    if rules.has_end:
        yield "end", marks.end or MISSING


def term_average(rules: MarkRules, marks: TermMarks, required: int) -> Result[Decimal]:
    """The average of a scored subject in a term; undetermined as long as anything is missing or pending.

    Args:
        required: number of regular marks, see `required_regular`.
    """
    gaps, exempt = term_gaps(rules, marks, required)
    rule = "average.term"
    if exempt:
        return Result(None, Because(rule, rules.cite_regular, _("Exempt from this subject."), outcome="M"), exempt=True)
    if gaps:
        return Result(None, missing(rule, rules.cite_average, gaps), gaps)
    regular = fitted(marks.regular, required)
    total = rules.regular_weight * sum((mark.as_score() for mark in regular), Decimal(0))
    weight = rules.regular_weight * len(regular)
    for present, times, mark in (
        (rules.has_mid, rules.mid_weight, marks.mid),
        (rules.has_end, rules.end_weight, marks.end),
    ):
        if present and mark is not None:
            total += times * mark.as_score()
            weight += times
    average = half_up(total / weight, rules.average_decimals)
    text = _(
        "%(total)s ÷ %(weight)s, rounded: %(average)s.", total=number(total), weight=weight, average=number(average)
    )
    inputs = {"regular": " ".join(str(mark.as_score()) for mark in regular), "total": str(total), "weight": str(weight)}
    inputs |= {
        name: str(mark.as_score()) for name, mark in (("mid", marks.mid), ("end", marks.end)) if mark is not None
    }
    parent = _("Average of the term: %(average)s.", average=number(average))
    return Result(average, Because(rule, rules.cite_average, text, inputs, str(average), _zeros(rules, marks), parent))


def _zeros(rules: MarkRules, marks: TermMarks) -> tuple[Because, ...]:
    """A mark that is zero because a test was missed and not made up is said aloud."""
    count = sum(mark is not None and mark.state is State.ZERO for mark in (*marks.regular, marks.mid, marks.end))
    if not count:
        return ()
    text = _("%(count)s tests were missed and not made up; each counts as 0 or as not passed.", count=count)
    return (Because("mark.zero", rules.cite_periodic, text, {"count": str(count)}, "0"),)


def term_comment(rules: MarkRules, marks: TermMarks, required: int) -> Result[bool]:
    """The result of a subject assessed by comment in a term: passed only if everything is there and passed."""
    gaps, exempt = term_gaps(rules, marks, required)
    rule = "comment.term"
    if exempt:
        return Result(None, Because(rule, rules.cite_regular, _("Exempt from this subject."), outcome="M"), exempt=True)
    if gaps:
        return Result(None, missing(rule, rules.cite_average, gaps), gaps)
    placed = [mark for _place, mark in _placed(rules, marks, required)]
    failed = sum(not mark.as_passed() for mark in placed)
    if failed:
        text = _("%(failed)s of %(count)s assessments are not passed.", failed=failed, count=len(placed))
    else:
        text = _("All %(count)s assessments are passed.", count=len(placed))
    inputs = {"count": str(len(placed)), "failed": str(failed)}
    because = Because(rule, rules.cite_average, text, inputs, "CD" if failed else "D", _zeros(rules, marks))
    return Result(not failed, because)


def given_average(rules: MarkRules, mark: Mark) -> Result[Decimal]:
    """The average of a term as another school has made it: it is taken, not calculated again."""
    rule = "average.given"
    if mark.state is State.EXEMPT:
        return Result(None, Because(rule, rules.cite_regular, _("Exempt from this subject."), outcome="M"), exempt=True)
    average = half_up(mark.as_score(), rules.average_decimals)
    text = _("Average of the term from another school: %(average)s.", average=number(average))
    return Result(average, Because(rule, rules.cite_average, text, {"given": str(average)}, str(average)))


def given_comment(rules: MarkRules, mark: Mark) -> Result[bool]:
    """The result of a term as another school has made it."""
    rule = "comment.given"
    if mark.state is State.EXEMPT:
        return Result(None, Because(rule, rules.cite_regular, _("Exempt from this subject."), outcome="M"), exempt=True)
    outcome = "D" if mark.as_passed() else "CD"
    text = _("The result of the term is that of another school.")
    return Result(mark.as_passed(), Because(rule, rules.cite_average, text, {"given": outcome}, outcome))


def year_average(rules: MarkRules, first: Result[Decimal], second: Result[Decimal]) -> Result[Decimal]:
    """The year's average, from the *rounded* averages of the terms."""
    rule = "average.year"
    if first.exempt and second.exempt:
        return Result(None, Because(rule, rules.cite_average, _("Exempt from this subject."), outcome="M"), exempt=True)
    gaps = _term_gaps(first, second)
    if first.value is None or second.value is None:
        return Result(None, missing(rule, rules.cite_average, gaps), gaps)
    one, two = rules.term_weights
    average = half_up((one * first.value + two * second.value) / (one + two), rules.average_decimals)
    text = _("(%(first)s × %(one)s + %(second)s × %(two)s) ÷ %(weight)s, rounded: %(average)s.",
             first=number(first.value), one=one, second=number(second.value), two=two, weight=one + two,
             average=number(average))  # fmt: skip
    inputs = {"term1": str(first.value), "term2": str(second.value)}
    parent = _("Average of the year: %(average)s.", average=number(average))
    return Result(average, Because(rule, rules.cite_average, text, inputs, str(average), parent=parent))


def year_comment(rules: MarkRules, first: Result[bool], second: Result[bool]) -> Result[bool]:
    """The year's result of a subject assessed by comment is that of term II."""
    rule = "comment.year"
    if first.exempt and second.exempt:
        return Result(None, Because(rule, rules.cite_average, _("Exempt from this subject."), outcome="M"), exempt=True)
    if second.value is None:
        gaps = tuple(gap for gap in _term_gaps(first, second) if gap.where == "term2")
        return Result(None, missing(rule, rules.cite_average, gaps), gaps)
    text = _("The result of the year is that of term II.")
    outcome = "D" if second.value else "CD"
    return Result(second.value, Because(rule, rules.cite_average, text, {"term2": outcome}, outcome))


def _term_gaps(first: Result[Decimal] | Result[bool], second: Result[Decimal] | Result[bool]) -> tuple[Gap, ...]:
    gaps: list[Gap] = []
    for place, term in (("term1", first), ("term2", second)):
        if term.exempt:
            gaps.append(Gap(Why.EXEMPT_IN_PART, place))
        elif term.value is None:
            gaps.append(Gap(term.why or Why.MISSING, place))
    return tuple(gaps)
