"""The year of a pupil: worked examples, second chances beside the originals, reasons in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.data.i18n import Catalogs
from plugins.assessment.rules import (
    EXEMPT,
    MISSING,
    PENDING,
    ZERO,
    Options,
    Promotion,
    PupilYear,
    SubjectMarks,
    Summer,
    TermMarks,
    comment,
    lines,
    national,
    score,
    term_average,
    term_comment,
    with_options,
    year_result,
)
from plugins.assessment.rules.because import Reader
from plugins.assessment.rules.graduation import average_of_year, average_of_years, graduation_score

from .cases import secondary, standing, term, tt22

ROOT = Path(__file__).resolve().parents[4]


def _scored(code: str, average: str) -> SubjectMarks:
    marks = term([average, average], average, average)
    return SubjectMarks(code, f"Môn {code}", True, (2, 2), (marks, marks))


def _commented(code: str, passed: bool = True) -> SubjectMarks:
    marks = TermMarks((comment(True), comment(passed)), comment(True), comment(True))
    return SubjectMarks(code, f"Môn {code}", False, (2, 2), (marks, marks))


def _year(scores: Sequence[str], fails: int = 0, **more: Any) -> PupilYear:
    subjects = [_scored(f"s{n}", one) for n, one in enumerate(scores)]
    subjects += [_commented(f"c{n}", n >= fails) for n in range(3)]
    return replace(PupilYear(7, subjects, ("T", "T"), 3), **more)


READERS: tuple[Reader, ...] = ("teacher", "parent")
F5 = ["7", "7", "7", "6.5", "6.5", "6.5", "4.5", "3.2"]


@pytest.mark.parametrize(
    ("scores", "fails", "level"),
    [
        (["8"] * 6 + ["6.5", "7"], 0, "T"),
        (["6"] * 7 + ["3.4"], 0, "CD"),
        (["8.5"] * 6 + ["4", "4"], 0, "D"),
        (["8.2"] * 5 + ["6.6", "6.6", "4"], 0, "D"),
        (["8.5"] * 6 + ["4"], 0, "K"),  # seven scored subjects, as with music or art in upper secondary
        (["8.5"] * 7 + ["8.5", "4"], 0, "K"),
        (["8.5"] * 5 + ["7.9", "6.5"], 0, "K"),  # five of seven from 8.0
    ],
)
def test_levels_of_the_year(scores: list[str], fails: int, level: str) -> None:
    assert year_result(tt22(), _year(scores, fails)).learning.value == level


def test_retest_replaces_and_the_original_stays() -> None:
    before = year_result(tt22(), _year(F5))
    assert (before.learning.value, before.promotion.value) == ("CD", Promotion.RETEST)
    assert {subject.code for subject in before.eligible} == {"s6", "s7"}
    after = year_result(tt22(), _year(F5, summer=Summer({"s7": score(5), "s0": score(1)})))
    assert (after.learning.value, after.final_learning.value) == ("CD", "D")
    assert after.promotion.value == Promotion.PROMOTED
    weak = after.subjects[7]
    assert weak.year.value == Decimal("3.2") and weak.retested is not None and weak.retested.average == 5
    assert weak.retest is not None and str(weak.retest.text) == "Assessed again: 5; it replaces 3.2."
    assert after.subjects[0].retested is None, "only what may be assessed again is replaced"
    missed = year_result(tt22(), _year(F5, summer=Summer({"s7": ZERO}, closed=True)))
    assert (missed.final_learning.value, missed.promotion.value) == ("CD", Promotion.NOT_PROMOTED)


def test_summer_training() -> None:
    low: dict[str, Any] = {"training": ("K", "CD")}
    assert year_result(tt22(), _year(["7"] * 8, **low)).promotion.value == Promotion.SUMMER_TRAINING
    both = year_result(tt22(), _year(F5, **low))
    assert both.promotion.value == Promotion.SUMMER_TRAINING_THEN_RETEST
    better = year_result(tt22(), _year(F5, summer=Summer(training="D"), **low))
    assert (better.training.value, better.final_training.value) == ("CD", "D")
    assert better.promotion.value == Promotion.RETEST
    assert better.final_training.because.cite.article == "Điều 13"
    useless = year_result(tt22(), _year(["7"] * 8, training=("T", "K"), summer=Summer(training="CD")))
    assert useless.final_training.value == "K", "the summer is for those whose training was not enough"


def test_absences() -> None:
    assert year_result(tt22(), _year(["7"] * 8, absences=45)).promotion.value == Promotion.PROMOTED
    assert year_result(tt22(), _year(["7"] * 8, absences=46)).promotion.value == Promotion.NOT_PROMOTED


def test_grade_nine_completes_and_disability_is_for_the_principal() -> None:
    pupil = replace(_year(["7"] * 8), grade=9)
    assert year_result(tt22(), pupil).promotion.value == Promotion.COMPLETED
    outcome = year_result(tt22(), replace(pupil, assessed=False, absences=None)).promotion
    assert (outcome.value, outcome.because.cite.article) == (Promotion.PRINCIPAL, "Điều 10; Điều 12, khoản 4")


def test_title_comes_from_the_year_itself() -> None:
    assert year_result(tt22(), _year(["9"] * 6 + ["8", "8"])).title.value == "XS"
    assert year_result(tt22(), _year(["9"] * 5 + ["8.9", "8", "8"])).title.value == "G"
    assert year_result(tt22(), _year(["9"] * 8, training=("T", "K"))).title.value == ""


def test_states_of_marks() -> None:
    rules = secondary().marks
    cases = [
        (term([8, 9], 7, MISSING), "missing"),
        (term([8, PENDING], 7, MISSING), "pending"),
        (term([8, EXEMPT], 7, 8), "exempt_in_part"),
        (term([8, 9, 7], 7, 8), "tx_count"),
    ]
    for marks, why in cases:
        assert (term_average(rules, marks, 2).value, term_average(rules, marks, 2).why) == (None, why)
    assert term_average(rules, term([EXEMPT, EXEMPT], EXEMPT, EXEMPT), 2).exempt
    assert str(term_average(rules, term([8, 9, MISSING, MISSING], 7, 8), 2).value) == "7.9"
    zero = term_average(rules, term([5, 6], 4, ZERO), 2)
    assert (str(zero.value), zero.because.steps[0].rule) == ("2.7", "mark.zero")
    failed = TermMarks((comment(True), ZERO), comment(True), comment(True))
    assert term_comment(rules, failed, 2).value is False


def test_too_few_scored_subjects_decide_nothing() -> None:
    """The rule counts with six scored subjects; with five the act has no answer, and none is made up."""
    result = year_result(tt22(), _year(["9"] * 5))
    assert (result.learning.value, result.learning.why) == (None, "too_few_subjects")
    assert result.promotion.undetermined


@pytest.fixture(scope="module")
def vietnamese() -> Any:
    return Catalogs([ROOT / "core" / "locale", ROOT / "plugins/assessment/rules/locale"]).translator("vi")


def test_reasons_for_teacher_and_parent(vietnamese: Any) -> None:
    ambiguous = year_result(tt22(), _year(["8.2"] * 5 + ["6.6", "6.6", "4"])).learning.because
    told = {who: [(one.depth, one.text.render(vietnamese)) for one in lines(ambiguous, who)] for who in READERS}
    assert told["teacher"][0] == (0, "Kết quả học tập: Đạt.")
    assert (1, "Không đủ điều kiện mức Tốt.") in told["teacher"]
    assert (2, "Dưới 6,5 điểm: Môn s7.") in told["teacher"]
    assert (2, "Cần ít nhất 6 môn từ 8,0 điểm trở lên; hiện có 5 môn.") in told["teacher"]
    assert [text for depth, text in told["parent"] if depth == 2] == ["Dưới 5,0 điểm: Môn s7."]
    assert "theo cách cho mức Khá" in told["teacher"][-1][1]
    assert told["parent"][-1][1] == "Không thuộc trường hợp điều chỉnh lên mức liền kề."
    generous = with_options(tt22(), Options(adjust_mode="generous"))
    raised = year_result(generous, _year(["8.2"] * 5 + ["6.6", "6.6", "4"])).learning.because
    assert lines(raised, "parent")[-1].text.render(vietnamese).startswith("Chỉ do môn Môn s7 mà không đạt mức Tốt")
    assert str(lines(raised, "parent")[-1].cite) == "Điều 9, khoản 3, Thông tư 22/2021/TT-BGDĐT"
    waiting = year_result(tt22(), _year(["7"] * 8, absences=None)).promotion.because
    assert [one.text.render(vietnamese) for one in lines(waiting, "parent")] == [
        "Chưa có kết quả; điều này không có nghĩa là chưa đạt.",
        "Lý do: chưa có số buổi nghỉ học.",
    ]


def test_graduation_score() -> None:
    rules = national().get("tt22-2021").graduation
    assert rules is not None
    year = average_of_year(rules, [one.average for one in standing(["7.5", "8", "6.8"], comments=0)])
    assert str(year.value) == "7.43"
    assert average_of_year(rules, [Decimal(8), None]).undetermined
    years = average_of_years(rules, {10: Decimal("7.00"), 11: Decimal("7.50"), 12: Decimal("8.01")})
    assert str(years.value) == "7.67"  # 46.03 / 6 = 7.6717
    exam = [Decimal("6.5"), Decimal(7), Decimal("5.25"), Decimal(8)]
    assert graduation_score(rules, exam, years.value, priority=Decimal("0.25")).value == (Decimal("7.43"), True)
    assert graduation_score(rules, [*exam[:3], Decimal(1)], years.value).value == (Decimal("6.30"), False)
    assert graduation_score(rules, [*exam[:3], None], years.value).undetermined
