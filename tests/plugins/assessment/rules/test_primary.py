"""Primary pupils: what is missing, exemptions, completion of the grade, rewards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.sdk.errors import Invalid
from plugins.assessment.rules import EXEMPT, PENDING, lines, score
from plugins.assessment.rules.primary import PrimaryYear, completion, primary_mark, rewards, year_outcome

from .cases import primary

BEST = PrimaryYear(
    grade=5,
    subjects=dict.fromkeys(("tiengviet", "toan", "khoahoc", "gdtc"), "T"),
    qualities=dict.fromkeys(primary().qualities, "T"),
    tests={"tiengviet": score(9), "toan": score(10), "khoahoc": score(9)},
    names={"toan": "Toán"},
)


def _changed(**more: dict[str, object]) -> PrimaryYear:
    values = {name: {**getattr(BEST, name), **change} for name, change in more.items()}
    return replace(BEST, **values)  # type: ignore[arg-type]  # the names are those of its own mappings


@pytest.mark.parametrize(
    ("pupil", "where"),
    [
        (_changed(subjects={"gdtc": None}), "gdtc"),
        (_changed(qualities={"nhanai": None}), "nhanai"),
        (_changed(tests={"toan": PENDING}), "toan"),
        (replace(BEST, tests={"toan": score(10), "khoahoc": score(9)}), "tiengviet"),
    ],
)
def test_missing_is_undetermined(pupil: PrimaryYear, where: str) -> None:
    outcome = year_outcome(primary(), pupil)
    assert outcome.undetermined and [gap.where for gap in outcome.gaps] == [where]
    assert completion(primary(), 5, outcome).undetermined
    assert rewards(primary(), outcome) == ()


def test_exempt_subjects_and_tests_count_in_nothing() -> None:
    assert year_outcome(primary(), _changed(subjects={"gdtc": "M"})).value == "HTXS"
    without = _changed(subjects={"khoahoc": "M"}, tests={"khoahoc": EXEMPT})
    assert year_outcome(primary(), without).value == "HTXS"


def test_a_higher_mark_or_level_never_lowers_the_outcome() -> None:
    order = ["HTXS", "HTT", "HT", "CHT"]
    found = [
        [order.index(year_outcome(primary(), _one(level, quality, mark)).value or "") for mark in range(11)]
        for level in "CHT"
        for quality in "CDT"
    ]
    for at, row in enumerate(found):
        assert row == sorted(row, reverse=True)
        for other in (at - 1 if at % 3 else at, at - 3 if at >= 3 else at):
            assert all(better <= worse for better, worse in zip(row, found[other], strict=True))


def _one(level: str, quality: str, mark: int) -> PrimaryYear:
    return _changed(subjects={"gdtc": level}, qualities={"nhanai": quality}, tests={"toan": score(mark)})


def test_completion_and_second_chance() -> None:
    rules = primary()
    good, weak = year_outcome(rules, BEST), year_outcome(rules, _changed(subjects={"toan": "C"}))
    assert weak.value == "CHT"
    assert completion(rules, 5, good).value == "PRIMARY_COMPLETED"
    assert completion(rules, 4, good).value == "COMPLETED"
    assert completion(rules, 4, weak).value == "SUPPORT"
    assert completion(rules, 4, weak, weak).value == "PRINCIPAL"
    assert completion(rules, 4, weak, good).value == "COMPLETED"
    not_assessed = year_outcome(rules, replace(BEST, assessed=False, subjects={}))
    assert completion(rules, 4, not_assessed).value == "PRINCIPAL"


def test_rewards_are_given_or_proposed() -> None:
    rules = primary()
    best, well = (year_outcome(rules, one) for one in (BEST, _changed(tests={"toan": score(8)})))
    assert [(one.code, one.proposal) for one in rewards(rules, best)] == [("HSXS", False)]
    proposed = rewards(rules, well)
    assert [(one.code, one.proposal) for one in proposed] == [("HSTB", True)]
    assert lines(proposed[0].because, "parent") == [], "a proposal is no promise"


def test_reasons_name_the_article() -> None:
    outcome = year_outcome(primary(), _changed(tests={"toan": score(4)}))
    reasons = list(outcome.because.walk())
    assert {str(reason.cite) for reason in reasons} == {"Điều 9, khoản 2, Thông tư 27/2020/TT-BGDĐT"}
    assert "Tests below 5: Toán." in [str(reason.text) for reason in reasons]


@pytest.mark.parametrize("value", ["8.5", "11", "-1", "x", "", "NaN", "1e400"])
def test_marks_of_tests_are_whole(value: str) -> None:
    with pytest.raises(Invalid):
        primary_mark(primary(), value)
