"""Rule sets as data: what is shipped, a school's own programme, files with mistakes, choice by grade, year and day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from core.sdk.errors import NotFound
from plugins.assessment.rules import Options, RuleSetError, learning_level, national, parse, with_options
from plugins.assessment.rules.options import absence_units

from .cases import primary, secondary, standing, tt22

EXAMPLE = Path(__file__).resolve().parents[4] / "docs" / "rules" / "bilingual.toml"
TT22 = (files("plugins.assessment.rules") / "sets" / "tt22-2021.toml").read_text("utf-8")
TT27 = (files("plugins.assessment.rules") / "sets" / "tt27-2020.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("stage", "grade", "year", "code"),
    [
        ("lower_secondary", 6, 2021, "tt22-2021"),
        ("lower_secondary", 9, 2026, "tt22-2021"),
        ("upper_secondary", 12, 2026, "tt22-2021"),
        ("primary", 5, 2026, "tt27-2020"),
        ("continuing", 10, 2026, "tt43-2021"),
    ],
)
def test_the_set_that_holds(stage: str, grade: int, year: int, code: str) -> None:
    assert national().choose(stage, grade, year, on=date(year, 9, 5)).code == code


@pytest.mark.parametrize(("grade", "year", "on"), [(9, 2023, date(2024, 1, 1)), (6, 2021, date(2021, 9, 4))])
def test_no_set_holds_too_early(grade: int, year: int, on: date) -> None:
    """The circular came grade by grade, and from a day on."""
    with pytest.raises(NotFound):
        national().choose("lower_secondary", grade, year, on=on)


def test_overlaps_are_refused() -> None:
    amended = replace(tt22(), code="tt22-amended", first_year={7: 2027})
    with pytest.raises(RuleSetError, match=r"tt22-2021 and tt22-amended both hold for grade 7 in the year 2027"):
        national().with_sets([amended])
    with pytest.raises(RuleSetError, match="two rule sets called"):
        national().with_sets([tt22()])
    others = tuple(one for one in national().sets if one.code != "tt22-2021")
    replaced = type(national())((*others, replace(tt22(), last_year=2026), amended))
    chosen = [replaced.choose("lower_secondary", 7, year, on=date(year, 9, 5)).code for year in (2026, 2027)]
    assert chosen == ["tt22-2021", "tt22-amended"]


def test_a_school_adds_its_own_programme_without_code() -> None:
    own = parse(EXAMPLE.read_text("utf-8"))
    both = national().with_sets([own])
    assert both.choose("lower_secondary", 7, 2026, on=date(2026, 9, 5)).code == "tt22-2021"
    chosen = both.choose("lower_secondary", 7, 2026, on=date(2026, 9, 5), programme="bilingual")
    rules = secondary(chosen)
    levels = [
        learning_level(rules.learning, rules.marks.scale, standing(scores)).value
        for scores in (["9.5"] * 6, ["8"] * 5, ["8"] * 4 + ["3.9"])
    ]
    assert levels == ["A", "B", "D"]
    assert str(rules.learning.label("A").render(lambda text: "vi" if text == "en" else text)) == "Xuất sắc"
    assert str(rules.learning.label("A")) == "Distinction"


def _line(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ("all_at_least = 5.0", "all_at_least = 7.0", r"learning.level\[2\].code", "ask no more than the one above"),
        ("weight = 1\n", "weigth = 1\n", "marks.regular.weight", "missing"),
        ("absences_at_most = 45", "absences_at_most = -1", "promotion.absences_at_most", "whole number"),
        ('mode = "conservative"', 'mode = "kind"', "learning.raise.mode", "conservative, generous"),
        ("drop = 2", "drop = 2\nextra = 1", "learning.raise.extra", "not known"),
        ("term_weights = [1, 2]", "term_weights = [1]", "marks.term_weights", "two weights"),
        ('K = { T = "T", K = "K", D = "D"', 'K = { T = "T", K = "X", D = "D"', "training.year.K.K", "must be one of"),
        ("effective = 2021-09-05", 'effective = "2021"', "effective", "a date is needed"),
        ("retest_below = 5.0", "retest_below = 4.0", "promotion.retest_below", "no lower"),
        ("mid = 2", "mid = 2000000", "marks.periodic.mid", "from 0 to 20"),
        ("by = 1", "by = 2", "learning.raise.by", "target itself"),
        ("{ 6 = 2021", "{ 13 = 2021", "first_year.13", "grade from 1 to 12"),
    ],
)
def test_mistakes_are_named_with_key_and_line(old: str, new: str, key: str, problem: str) -> None:
    assert old in TT22
    with pytest.raises(RuleSetError, match=rf"^Line \d+, {key}: .*{problem}") as caught:
        parse(TT22.replace(old, new, 1))
    told = int(str(caught.value).split(",")[0].removeprefix("Line "))
    assert abs(told - _line(TT22, old)) <= 4, "the line leads to the place"
    assert list(caught.value.fields) == [key.replace("\\", "")]


def test_exact_lines() -> None:
    for old, new in (("absences_at_most = 45", "absences_at_most = -1"), ('mode = "conservative"', 'mode = "x"')):
        with pytest.raises(RuleSetError, match=f"^Line {_line(TT22, old)},"):
            parse(TT22.replace(old, new, 1))
    third = TT22.index('code = "D"\nname_vi')
    changed = TT22[:third] + TT22[third:].replace("comment_fails = 1", "comment_fails = true", 1)
    with pytest.raises(RuleSetError, match=f"^Line {_line(TT22, 'comment_fails = 1')}, learning.level"):
        parse(changed)


def test_no_toml_and_no_kind() -> None:
    with pytest.raises(RuleSetError, match="no TOML"):
        parse("code = ")
    with pytest.raises(RuleSetError, match="either the part marks"):
        parse(TT22 + TT27[TT27.index("[levels]") :].replace("[titles]", "[other]"))


def test_open_numbers_give_no_level_until_they_are_set() -> None:
    """Continuing education: the numbers of subjects were not verified, so nothing is decided by a guess."""
    gdtx = national().get("tt43-2021")
    rules = secondary(gdtx)
    found = learning_level(rules.learning, rules.marks.scale, standing(["8"] * 7))
    assert (found.value, found.why, gdtx.verified) == (None, "parameter", False)
    settled = secondary(with_options(gdtx, Options(enough_counts={"T": 5, "K": 5, "D": 5})))
    assert learning_level(settled.learning, settled.marks.scale, standing(["8"] * 5)).value == "T"


def test_options_and_absences() -> None:
    changed = secondary(with_options(tt22(), Options(absence_basis="day")))
    assert (changed.promotion.absence_basis, secondary().promotion.absence_basis) == ("day", "session")
    days = {date(2026, 9, 7): 2, date(2026, 9, 8): 1, date(2026, 9, 9): 0}
    assert (absence_units(days, "session"), absence_units(days, "day")) == (3, 2)
    minimum = with_options(national().get("tt27-2020"), Options(primary_minimum=1)).primary
    assert minimum is not None and minimum.scale.minimum == 1


def test_periodic_tests_by_grade() -> None:
    """Article 7: grades 4 and 5 are tested in two subjects in the middle of the terms too."""
    rules = primary()
    assert rules.tested("GHK1", 3) == frozenset()
    assert rules.tested("GHK2", 5) == {"tiengviet", "toan"}
    assert {"khoahoc", "lsdl", "toan"} <= rules.tested("CN", 4)
    assert not {"congnghe", "tinhoc"} & set(rules.qualities_of(2))
    assert len(rules.qualities_of(3)) == 15
