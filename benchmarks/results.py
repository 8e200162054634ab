"""Year results of 100,000 secondary pupils in 12 subjects by Circular 22/2021, from single marks to promotion.

The pure part: columns of marks in, columns of results out, in a process of its own whose memory is measured. A random
sample is computed once more pupil by pupil, with all reasons, and must agree; the ratio of the two speeds is shown.
Then the whole way of one school, from its books to the list of results.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from array import array
from collections.abc import Sequence
from typing import NamedTuple

from core.data.session import Database
from core.types.actor import system_actor
from plugins.assessment.demo import fill
from plugins.assessment.rules import PupilYear, SubjectMarks, TermMarks, national, year_result
from plugins.assessment.rules.bulk import (
    PROMOTIONS,
    UNKNOWN,
    SubjectColumns,
    TermColumns,
    YearColumns,
    bulk_year,
    decode,
)
from plugins.assessment.rules.bulk.codes import encode_result
from plugins.assessment.services.results import calculate
from plugins.curriculum.services import plan

from .common import Bench, Row, peak_memory_mb
from .web import make_school

NAME = "results"
PUPILS, SCHOOL = 100_000, 2_000
SAMPLE = 200
SECONDS, MEGABYTES = 10.0, 500.0
GRADES = (6, 7, 8, 9)
SUBJECTS = [
    ("nguvan", True, 4), ("toan", True, 4), ("tienganh", True, 4), ("gdcd", True, 2), ("lsdl", True, 4),
    ("khtn", True, 4), ("congnghe", True, 2), ("tinhoc", True, 2), ("gdtc", False, 2), ("nghethuat", False, 2),
    ("hdtn", False, 2), ("gddp", False, 2),
]  # fmt: skip


class Measured(NamedTuple):
    """Processor seconds for everybody, for one pupil alone, peak memory, pupils of the sample that disagree."""

    seconds: float
    single: float
    megabytes: float
    different: int


def rows(run: Bench) -> list[Row]:
    """Time, memory and agreement."""
    pupils = max(len(GRADES) * 10, int(PUPILS * run.scale))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        got = pool.apply(measure, (pupils,))
    each = got.single * pupils / got.seconds
    note = f"{got.seconds:.2f} s of one core; {each:.0f} times the speed of the one-pupil path with all reasons"
    return [
        Row(f"results: {pupils:,} pupils x 12 subjects, seconds", got.seconds, "< 10 s", got.seconds < SECONDS, note),
        Row("results: peak memory, MB", got.megabytes, "< 500 MB", got.megabytes < MEGABYTES, "marks included"),
        Row(f"results: of {SAMPLE} pupils, different one by one", got.different, "0", got.different == 0),
        _of_a_school(run),
    ]


def _of_a_school(run: Bench) -> Row:
    """The books of a school read, calculated and kept; most of it is reading."""
    db = Database(run.database(NAME))
    pupils = max(90, int(SCHOOL * run.scale))
    school = make_school(run, db, pupils)
    with db.context(system_actor("benchmark"), school) as ctx:
        plan.take_over(ctx)
        fill(ctx, {})
    with db.context(system_actor("benchmark"), school) as ctx:
        begin, asked = time.process_time(), time.perf_counter()
        found = calculate(ctx, lambda done, total, note=None: None)
        spent, asked = time.process_time() - begin, time.perf_counter() - asked
    db.close()
    note = f"{found:,} pupils, books of a term; {asked:.1f} s by the clock"
    name = "results: a school from its books to the list, ms of the program a pupil"
    return Row(name, spent / found * 1000, "", True, note)


def measure(pupils: int) -> Measured:
    """One run in this process."""
    rule_set = national().get("tt22-2021")
    random_ = random.Random(1)
    spent, single, different = 0.0, 0.0, 0
    for grade in GRADES:
        made = _grade(random_, pupils // len(GRADES))
        begin = time.process_time()
        found = bulk_year(rule_set, grade, *made)
        spent += time.process_time() - begin
        for row in random_.sample(range(pupils // len(GRADES)), min(SAMPLE // len(GRADES), pupils // len(GRADES))):
            pupil = _pupil(grade, made, row)
            begin = time.process_time()
            one = year_result(rule_set, pupil)
            single += time.process_time() - begin
            marks = [encode_result(subject.year, 1) for subject in one.subjects]
            wanted = (marks, one.learning.value, one.training.value, one.promotion.value)
            different += wanted != _seen(found, row)
    return Measured(spent, single / SAMPLE, peak_memory_mb(), different)


Made = tuple[list[SubjectColumns], tuple[bytes, bytes], "array[int]", bytes]


def _grade(random_: random.Random, pupils: int) -> Made:
    bases = random_.choices((32, 45, 55, 66, 74, 82, 90), k=pupils)
    subjects = [
        SubjectColumns(code, scored, (regular, regular), (_term(random_, bases, scored, regular),
                                                          _term(random_, bases, scored, regular)))
        for code, scored, regular in SUBJECTS
    ]  # fmt: skip
    training = tuple(bytes(random_.choices((0, 1, 2, 3, UNKNOWN), (80, 12, 6, 1, 1), k=pupils)) for _ in range(2))
    absences = array("h", random_.choices((0, 2, 7, 20, 45, 46, -1), (50, 20, 14, 10, 2, 2, 2), k=pupils))
    return subjects, (training[0], training[1]), absences, bytes(random_.choices((1, 0), (99, 1), k=pupils))


def _term(random_: random.Random, bases: Sequence[int], scored: bool, regular: int) -> TermColumns:
    cells = [_column(random_, bases, scored) for _ in range(regular + 2)]
    return TermColumns(tuple(cells[:-2]), cells[-2], cells[-1])


def _column(random_: random.Random, bases: Sequence[int], scored: bool) -> bytes:
    spread = random_.choices(range(-9, 10), k=len(bases))
    odd = random_.choices((0, 252, 253, 254), (9_970, 10, 10, 10), k=len(bases))
    if scored:
        return bytes(
            state or max(0, min(100, base + more)) for base, more, state in zip(bases, spread, odd, strict=True)
        )
    return bytes(state or int(more > -9 or base > 40) for base, more, state in zip(bases, spread, odd, strict=True))


def _pupil(grade: int, made: Made, row: int) -> PupilYear:
    subjects, training, absences, assessed = made
    levels = "T", "K", "D", "CD"
    marks = [
        SubjectMarks(s.code, s.code, s.scored, s.required, (_marks(s.terms[0], row, s.scored),
                                                            _marks(s.terms[1], row, s.scored)))
        for s in subjects
    ]  # fmt: skip
    first, second = (None if column[row] == UNKNOWN else levels[column[row]] for column in training)
    return PupilYear(grade, marks, (first, second), None if absences[row] < 0 else absences[row], bool(assessed[row]))


def _marks(columns: TermColumns, row: int, scored: bool) -> TermMarks:
    regular = tuple(decode(column[row], scored, 1) for column in columns.regular)
    mid, end = (decode(column[row], scored, 1) if column else None for column in (columns.mid, columns.end))
    return TermMarks(regular, mid, end)


def _seen(found: YearColumns, row: int) -> tuple[object, ...]:
    levels = ("T", "K", "D", "CD")
    learning, training = found.learning[2][row], found.training[row]
    outcome = found.promotion[row]
    return (
        [subject[2][row] for subject in found.subjects],
        None if learning == UNKNOWN else levels[learning],
        None if training == UNKNOWN else levels[training],
        None if outcome == UNKNOWN else PROMOTIONS[outcome],
    )
