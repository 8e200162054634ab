"""What is from another school is named in the reasons, and decides nothing by itself."""

from __future__ import annotations

import pytest

from plugins.assessment.rules import national
from plugins.assessment.rules.because import lines
from plugins.assessment.rules.marks import TermMarks, score
from plugins.assessment.rules.promotion import HERE, Elsewhere, Promotion, promotion
from plugins.assessment.rules.year import PupilYear, SubjectMarks, year_result

RULES = national().get("tt22-2021").secondary
OLD = "THCS Nguyễn Du"


@pytest.mark.parametrize(("absences", "outcome"), [(45, Promotion.PROMOTED), (46, Promotion.NOT_PROMOTED)])
def test_absences_at_the_former_school_are_named(absences: int, outcome: Promotion) -> None:
    assert RULES is not None
    found = promotion(RULES, 7, "T", "K", absences, (), elsewhere=Elsewhere(40, OLD))
    assert found.value == outcome == promotion(RULES, 7, "T", "K", absences, ()).value
    [told] = [one for one in found.because.walk() if one.rule == "promotion.elsewhere"]
    assert told.text.params == {"count": 40, "school": OLD} and told.cite == RULES.promotion.cite


def test_what_nobody_has_told_leaves_it_open_and_says_so() -> None:
    assert RULES is not None
    found = promotion(RULES, 7, "T", "K", None, (), elsewhere=Elsewhere(untold=60))
    assert found.value is None
    assert [one.rule for one in found.because.steps] == ["promotion.missing", "promotion.untold"]
    assert not [one for one in promotion(RULES, 7, "T", "K", 0, (), elsewhere=HERE).because.walk() if OLD in str(one)]


def test_a_subject_names_where_its_marks_were_given() -> None:
    marks = TermMarks((score(8), score(8)), score(8), score(8))
    subject = SubjectMarks("gdcd", "GDCD", True, (2, 2), (marks, marks), origins=((OLD,), ()))
    year = year_result(national().get("tt22-2021"), PupilYear(7, [subject])).subjects[0].year
    told = [line.text.params for line in lines(year.because, "parent") if "origin" in line.text.params]
    assert [one["origin"] for one in told] == [OLD] and str(year.value) == "8.0"
