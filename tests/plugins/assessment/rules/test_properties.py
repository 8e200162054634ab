"""What must hold for every pupil: a higher mark never lowers anything, order does not matter, missing never fails."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from itertools import combinations_with_replacement

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.assessment.rules import (
    EXEMPT,
    MISSING,
    PENDING,
    REFUSED,
    ZERO,
    Mark,
    Options,
    Promotion,
    PupilYear,
    SubjectMarks,
    TermMarks,
    comment,
    lines,
    score,
    with_options,
    year_result,
)
from plugins.assessment.rules.because import Because
from plugins.assessment.rules.levels import decide

from .cases import secondary, tt22

BEST = Decimal(10)
BANDS = tuple(map(Decimal, ("0", "3.5", "5", "6.5", "8", "9")))


@pytest.mark.parametrize("mode", ["conservative", "generous"])
@pytest.mark.parametrize("subjects", [7, 8, 9])
def test_no_higher_mark_lowers_a_level_in_any_case_there_is(mode: str, subjects: int) -> None:
    """All cases: a level depends only on how many marks lie between which thresholds (see the bulk path)."""
    rules = secondary(with_options(tt22(), Options(adjust_mode="generous" if mode == "generous" else "conservative")))
    final: dict[tuple[tuple[Decimal, ...], int], int] = {}
    for marks in combinations_with_replacement(BANDS, subjects):
        for fails in range(3):
            final[marks, fails] = decide(rules.learning, marks, fails, BEST).final
    for (marks, fails), level in final.items():
        if fails:
            assert final[marks, fails - 1] <= level, (marks, fails)
        for at in range(subjects):
            if marks[at] != BANDS[-1] and (at == subjects - 1 or marks[at] != marks[at + 1]):
                higher = list(marks)
                higher[at] = BANDS[BANDS.index(marks[at]) + 1]
                assert final[tuple(sorted(higher)), fails] <= level, (marks, higher, fails)


tenths = st.integers(0, 100).map(lambda value: score(Decimal(value).scaleb(-1)))
odd = st.sampled_from([MISSING, PENDING, EXEMPT, REFUSED, ZERO])
passed = st.sampled_from([True, True, True, True, False]).map(comment)


@st.composite
def pupils(draw: st.DrawFn, *, complete: bool = True) -> PupilYear:
    """A pupil in grade 7 with 7 to 9 scored and 3 comment subjects, everything entered unless not `complete`."""
    level = draw(st.sampled_from([30, 45, 60, 75, 92]))
    near = st.integers(max(0, level - 15), min(100, level + 12)).map(lambda value: score(Decimal(value).scaleb(-1)))
    subjects = []
    for at in range(draw(st.integers(7, 9)) + 3):
        scored = at >= 3
        kind = (near if draw(st.integers(0, 7)) else tenths) if scored else passed
        cells = st.lists(kind if complete else st.one_of(kind, kind, kind, odd), min_size=8, max_size=8)
        one, two = (TermMarks(tuple(row[:2]), row[2], row[3]) for row in _halves(draw(cells)))
        subjects.append(SubjectMarks(f"m{at}", f"Môn {at}", scored, (2, 2), (one, two)))
    training = st.sampled_from(["T", "K", "D", "CD"])
    return PupilYear(7, subjects, (draw(training), draw(training)), draw(st.sampled_from([0, 44, 45, 46])))


def _halves(cells: list[Mark]) -> tuple[list[Mark], list[Mark]]:
    return cells[:4], cells[4:]


def _rank(promotion: Promotion | None) -> int:
    order = [Promotion.PROMOTED, Promotion.RETEST, Promotion.SUMMER_TRAINING]
    order += [Promotion.SUMMER_TRAINING_THEN_RETEST, Promotion.NOT_PROMOTED]
    assert promotion is not None
    return order.index(promotion)


def _with(pupil: PupilYear, subject: int, term: int, place: int, mark: Mark) -> PupilYear:
    """The same pupil with one other mark."""
    old = pupil.subjects[subject]
    marks = old.terms[term]
    cells = [*marks.regular, marks.mid, marks.end]
    cells[place] = mark
    changed = TermMarks(tuple(cell for cell in cells[:2] if cell is not None), cells[2], cells[3])
    terms = (changed, old.terms[1]) if term == 0 else (old.terms[0], changed)
    subjects = list(pupil.subjects)
    subjects[subject] = replace(old, terms=terms)
    return replace(pupil, subjects=subjects)


places = st.tuples(st.integers(0, 9), st.integers(0, 1), st.integers(0, 3))


@settings(max_examples=35, deadline=None)
@given(pupils(), places, tenths)
def test_a_higher_mark_lowers_nothing(pupil: PupilYear, place: tuple[int, int, int], mark: Mark) -> None:
    subject, term, at = place
    old = [*pupil.subjects[subject].terms[term].regular, pupil.subjects[subject].terms[term].mid]
    present = old[at] if at < 3 else pupil.subjects[subject].terms[term].end
    assert present is not None
    scored = pupil.subjects[subject].scored
    higher = score(max(present.as_score(), mark.as_score())) if scored else comment(True)
    before, after = (year_result(tt22(), one) for one in (pupil, _with(pupil, subject, term, at, higher)))
    codes = secondary().learning.codes()
    for one, other in zip(
        (*before.learning_terms, before.learning), (*after.learning_terms, after.learning), strict=True
    ):
        assert one.value is not None and other.value is not None
        assert codes.index(other.value) <= codes.index(one.value)
    assert _rank(after.promotion.value) <= _rank(before.promotion.value)
    assert ["XS", "G", ""].index(after.title.value or "") <= ["XS", "G", ""].index(before.title.value or "")


def _turned(marks: TermMarks) -> TermMarks:
    return replace(marks, regular=marks.regular[::-1])


@settings(max_examples=25, deadline=None)
@given(pupils(complete=False))
def test_order_does_not_matter(pupil: PupilYear) -> None:
    """Neither that of the subjects nor that of the regular marks."""
    turned = replace(
        pupil,
        subjects=[
            replace(subject, terms=(_turned(subject.terms[0]), _turned(subject.terms[1])))
            for subject in reversed(pupil.subjects)
        ],
    )
    one, other = year_result(tt22(), pupil), year_result(tt22(), turned)
    for name in ("learning", "training", "promotion", "title"):
        assert getattr(one, name).value == getattr(other, name).value
        assert getattr(one, name).why == getattr(other, name).why
    years = [{s.code: (s.year.value, s.year.why) for s in result.subjects} for result in (one, other)]
    assert years[0] == years[1]


@settings(max_examples=35, deadline=None)
@given(pupils(), places, st.sampled_from([MISSING, PENDING, REFUSED]))
def test_missing_is_undetermined_and_never_a_failure(pupil: PupilYear, place: tuple[int, int, int], mark: Mark) -> None:
    result = year_result(tt22(), _with(pupil, *place, mark))
    subject, term, _at = place
    found = result.subjects[subject]
    assert found.terms[term].undetermined and found.terms[term].why == mark.state.value
    assert result.learning_terms[term].undetermined
    is_year = found.scored or term == 1
    assert result.learning.undetermined == is_year
    if is_year:
        assert found.year.undetermined and [gap.where for gap in result.learning.gaps] == [found.code]
        assert result.promotion.undetermined and result.promotion.why == "learning"
        assert result.title.undetermined and result.eligible == ()
    for gone in (replace(pupil, absences=None), replace(pupil, training=(None, "T"))):
        assert year_result(tt22(), gone).promotion.undetermined


def _trees(result: object) -> list[Because]:
    names = ("learning", "training", "final_learning", "final_training", "promotion", "title")
    found = [getattr(result, name).because for name in names]
    for subject in getattr(result, "subjects"):  # noqa: B009
        found += [one.because for one in (*subject.terms, subject.year)]
    return found


@settings(max_examples=20, deadline=None)
@given(pupils(complete=False))
def test_every_reason_names_act_and_article(pupil: PupilYear) -> None:
    for tree in _trees(year_result(tt22(), pupil)):
        assert json.loads(json.dumps(tree.to_json()))["rule"] == tree.rule
        for reason in tree.walk():
            assert reason.rule and reason.cite.act == "Thông tư 22/2021/TT-BGDĐT"
            assert reason.cite.article.startswith("Điều ")
        for reader in ("teacher", "parent"):
            for line in lines(tree, "teacher" if reader == "teacher" else "parent"):
                assert "%(" not in line.text.render() and line.cite.act
