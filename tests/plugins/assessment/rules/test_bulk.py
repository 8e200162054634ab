"""The bulk path gives every pupil what the one-pupil path gives."""

from __future__ import annotations

import random
from array import array
from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from plugins.assessment.rules import (
    Options,
    PupilYear,
    RuleSet,
    SubjectMarks,
    TermMarks,
    national,
    parse,
    with_options,
    year_result,
)
from plugins.assessment.rules.averages import year_average
from plugins.assessment.rules.bulk import (
    NOT_TAKEN,
    PROMOTIONS,
    UNKNOWN,
    SubjectColumns,
    TermColumns,
    YearColumns,
    bulk_year,
    decode,
)
from plugins.assessment.rules.bulk.averages import half_up_units
from plugins.assessment.rules.bulk.codes import encode_result
from plugins.assessment.rules.ruleset import SecondaryRules
from plugins.assessment.rules.titles import NONE

from .cases import known, secondary, tt22

ROOT = Path(__file__).resolve().parents[4]
STATES = (251, 252, 253, 254)
SUBJECTS = [("toan", True, 4), ("van", True, 4), ("anh", True, 4), ("khtn", True, 4), ("lsdl", True, 4),
            ("gdcd", True, 2), ("congnghe", True, 3), ("tin", True, 2), ("nhac", True, 3), ("gdtc", False, 2),
            ("nt", False, 2), ("hdtn", False, 2)]  # fmt: skip


def _column(random_: random.Random, scored: bool, bases: Sequence[int], odd: float) -> bytes:
    return bytes(
        random_.choice(STATES)
        if random_.random() < odd
        else max(0, min(100, base + random_.randint(-12, 12)))
        if scored
        else int(random_.random() < 0.995)
        for base in bases
    )


def _subjects(random_: random.Random, pupils: int, odd: float) -> list[SubjectColumns]:
    levels = [random_.choice((30, 48, 52, 66, 80, 85, 92)) for _ in range(pupils)]
    weak = [random_.randrange(20) for _ in range(pupils)]
    found = []
    for at, (code, scored, regular) in enumerate(SUBJECTS):
        bases = [38 if weak[n] == at else level for n, level in enumerate(levels)]
        terms = []
        for _ in range(2):
            extra = 1 if code == "tin" else 0
            cells = [bytearray(_column(random_, scored, bases, odd)) for _ in range(regular + 2)]
            empty = [bytearray(252 if random_.random() < 0.9 else 70 for _ in range(pupils)) for _ in range(extra)]
            terms.append((empty, cells))
        for n in range(pupils):
            state = NOT_TAKEN if code == "nhac" and n % 2 else 251 if code == "gdtc" and n % 17 == 0 else None
            for extra_columns, columns in terms:
                for column in (*extra_columns, *columns):
                    column[n] = state if state is not None else column[n]
        first, second = (
            TermColumns(tuple(bytes(c) for c in (*cells[:-2], *empty)), bytes(cells[-2]), bytes(cells[-1]))
            for empty, cells in terms
        )
        found.append(SubjectColumns(code, scored, (regular, regular), (first, second)))
    return found


def _marks(columns: TermColumns, row: int, scored: bool) -> TermMarks:
    assert columns.mid is not None and columns.end is not None
    mid, end = decode(columns.mid[row], scored, 1), decode(columns.end[row], scored, 1)
    return TermMarks(tuple(decode(column[row], scored, 1) for column in columns.regular), mid, end)


def _pupil(
    rules: SecondaryRules,
    grade: int,
    subjects: Sequence[SubjectColumns],
    training: tuple[bytes, bytes],
    absences: array[int],
    assessed: bytes,
    row: int,
) -> PupilYear:
    codes = rules.training.levels
    taken = [subject for subject in subjects if subject.terms[0].regular[0][row] != NOT_TAKEN]
    marks = [
        SubjectMarks(
            subject.code,
            subject.code,
            subject.scored,
            subject.required,
            (_marks(subject.terms[0], row, subject.scored), _marks(subject.terms[1], row, subject.scored)),
        )
        for subject in taken
    ]
    first, second = (None if column[row] == UNKNOWN else codes[column[row]] for column in training)
    missed = None if absences[row] < 0 else absences[row]
    return PupilYear(grade, marks, (first, second), missed, bool(assessed[row]))


def _seen(rule_set: RuleSet, found: YearColumns, row: int) -> tuple[object, ...]:
    rules = secondary(rule_set)
    codes, titles = rules.learning.codes(), [*(title.code for title in rules.titles), NONE]

    def level(column: bytes) -> str | None:
        return None if column[row] == UNKNOWN else codes[column[row]]

    outcome, title = found.promotion[row], found.titles[row]
    training = found.training[row]
    return (
        tuple(tuple(column[row] for column in subject) for subject in found.subjects),
        tuple(level(column) for column in found.learning),
        None if training == UNKNOWN else rules.training.levels[training],
        None if outcome == UNKNOWN else PROMOTIONS[outcome],
        None if title == UNKNOWN else titles[title],
    )


def _expected(rule_set: RuleSet, pupil: PupilYear) -> tuple[object, ...]:
    one = year_result(rule_set, pupil)
    by_code = {subject.code: subject for subject in one.subjects}
    nothing = (NOT_TAKEN,) * 3
    return (
        tuple(
            tuple(encode_result(result, 1) for result in (*by_code[code].terms, by_code[code].year))
            if code in by_code
            else nothing
            for code, _scored, _regular in SUBJECTS
        ),
        (*(term.value for term in one.learning_terms), one.learning.value),
        one.training.value,
        one.promotion.value,
        one.title.value,
    )


def _sets() -> dict[str, RuleSet]:
    return {
        "conservative": tt22(),
        "generous": with_options(tt22(), Options(adjust_mode="generous")),
        "own": parse((ROOT / "docs" / "rules" / "bilingual.toml").read_text("utf-8")),
        "open": national().get("tt43-2021"),
    }


@pytest.mark.parametrize(
    ("odd", "name", "outcomes"),
    [(0.0, "conservative", 6), (0.002, "conservative", 6), (0.002, "generous", 6), (0.002, "own", 5), (0.0, "open", 2)],
)
def test_bulk_is_the_one_pupil_path(odd: float, name: str, outcomes: int) -> None:
    random_ = random.Random(f"{odd}{name}")
    rule_set = _sets()[name]
    rules = secondary(rule_set)
    pupils, grade = 100, random_.choice((7, 9))
    subjects = _subjects(random_, pupils, odd)
    levels = (0, 0, *range(len(rules.training.levels)), UNKNOWN)
    training = tuple(bytes(random_.choice(levels) for _ in range(pupils)) for _ in range(2))
    absences = array("h", [random_.choice((0, 3, 45, 46, -1)) for _ in range(pupils)])
    assessed = bytes(random_.random() < 0.97 for _ in range(pupils))
    found = bulk_year(rule_set, grade, subjects, (training[0], training[1]), absences, assessed)
    seen = [_seen(rule_set, found, row) for row in range(pupils)]
    wanted = [
        _expected(rule_set, _pupil(rules, grade, subjects, (training[0], training[1]), absences, assessed, row))
        for row in range(pupils)
    ]
    assert [(n, s, w) for n, (s, w) in enumerate(zip(seen, wanted, strict=True)) if s != w][:3] == []
    assert len({row[3] for row in seen}) >= outcomes, "the sample must reach the branches"


def test_integer_averages_are_the_decimal_ones() -> None:
    """Every pair of term averages."""
    rules = secondary().marks
    given = [known(Decimal(n).scaleb(-1)) for n in range(101)]
    for first, second in product(range(101), repeat=2):
        exact = year_average(rules, given[first], given[second]).value
        assert exact is not None
        assert half_up_units(first + 2 * second, 3) == int(exact * 10)
