"""Every vector of the shared file that concerns assessment."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from core.sdk.errors import Invalid
from plugins.assessment.rules import (
    Options,
    SubjectResult,
    eligible,
    learning_level,
    promotion,
    required_regular,
    score,
    term_average,
    title,
    training_year,
    with_options,
    year_average,
)
from plugins.assessment.rules.primary import PrimaryYear, primary_mark, year_outcome

from .cases import known, primary, secondary, standing, term, tt22, vectors

TITLES = {"Hoc sinh Xuat sac": "XS", "Hoc sinh Gioi": "G", None: ""}
TESTED = ("tiengviet", "toan", "ngoaingu1", "khoahoc")


def test_averages(shared: Path) -> None:
    rules = secondary().marks
    cases = vectors(shared)
    for case in cases["tt22_term_average"]:
        got = term_average(rules, term(case["tx"], case["gk"], case["ck"]), len(case["tx"]))
        assert str(got.value) == case["expect"], case["id"]
    for case in cases["tt22_year_average"]:
        first, second = known(Decimal(case["hk1"])), known(Decimal(case["hk2"]))
        assert str(year_average(rules, first, second).value) == case["expect"], case["id"]
    for periods, count in cases["tt22_regular_marks"]:
        assert required_regular(rules, scored=True, periods=periods) == count
    assert required_regular(rules, scored=False, periods=105) == 2
    assert required_regular(rules, scored=True, periods=70, clusters=1) == 4


def test_learning_levels(shared: Path) -> None:
    plain = replace(secondary().learning, raising=None)
    scale = secondary().marks.scale
    generous = secondary(with_options(tt22(), Options(adjust_mode="generous"))).learning
    for case in vectors(shared)["tt22_learning"]:
        subjects = standing(case["scores"], int(case["comment_fail"]))
        final = case.get("final") or case["final_conservative"]
        assert learning_level(plain, scale, subjects).value == case["base"], case["id"]
        assert learning_level(secondary().learning, scale, subjects).value == final, case["id"]
        assert learning_level(generous, scale, subjects).value == case.get("final_generous", final), case["id"]


def test_training_matrix(shared: Path) -> None:
    given = vectors(shared)["tt22_training_year"]
    rules = secondary().training
    for first in given["rows_hk1"]:
        for second, expected in zip(given["cols_hk2"], given[first], strict=True):
            if expected is not None:
                assert training_year(rules, first, second).value == expected, (first, second)


def test_titles(shared: Path) -> None:
    for case in vectors(shared)["tt22_titles"]:
        got = title(secondary(), case["training"], case["learning"], standing(case["scores"]))
        assert got.value == TITLES[case["expect"]], case["id"]


@pytest.mark.parametrize("index", range(5))
def test_promotion(shared: Path, index: int) -> None:
    rules = secondary()
    case = vectors(shared)["tt22_promotion"][index]
    if "retest" in case:
        before = standing(case["scores_before"])
        again = eligible(rules.promotion, before)
        assert {subject.code for subject in again} == {"s6", "s7"}
        after: list[SubjectResult] = list(before)
        for at, mark in case["retest"].items():
            after[int(at)] = replace(before[int(at)], average=Decimal(mark))
        scale = rules.marks.scale
        assert learning_level(rules.learning, scale, before).value == case["learning_before"]
        learning = learning_level(rules.learning, scale, after).value
        assert learning == case["learning_after"]
        assert promotion(rules, 7, "D", learning, 10, eligible(rules.promotion, after)).value == case["expect"]
        return
    absent = None if case["absent"] is None else int(case["absent"])
    subjects = standing([7, 7, 7, 7, 7, 7, "4.9", "3.0"], comment_fails=1)
    again = eligible(rules.promotion, subjects) if case["learning"] == "CD" else ()
    got = promotion(rules, 7, case["training"], case["learning"], absent, again)
    if absent is None:
        assert got.value is None and got.undetermined and got.why == "absences"
    else:
        assert got.value == case["expect"]
    if case.get("eligible"):
        assert {subject.code for subject in again} == {"s6", "s7", "c0"}


def _primary_year(case: dict[str, object]) -> PrimaryYear:
    others = {"all T": "T", "H/T": "H", "one C": "C"}
    qualities = dict.fromkeys(primary().qualities, "T")
    qualities["nhanai"] = {"all Tot": "T", "Dat/Tot": "D", "one Can co gang": "C"}[str(case["qualities"])]
    marks = case["tests"]
    assert isinstance(marks, list)
    subjects = dict.fromkeys((*TESTED, "daoduc"), "T") | {"gdtc": others[str(case["subjects"])]}
    tests = {code: score(primary_mark(primary(), mark)) for code, mark in zip(TESTED, marks, strict=True)}
    return PrimaryYear(4, subjects, qualities, tests)


def test_primary_year(shared: Path) -> None:
    cases = vectors(shared)["tt27_year"]
    for case in cases[:-1]:
        assert year_outcome(primary(), _primary_year(case)).value == case["expect"], case["id"]
    assert cases[-1]["id"] == "P11_invalid"
    with pytest.raises(Invalid):
        primary_mark(primary(), cases[-1]["tests"][0])
