"""The year of many pupils of one grade: columns of bytes in, columns of bytes out (see `codes`).

It decides nothing itself: thresholds, levels, titles and promotion are those of the one-pupil path, asked once for each
case that occurs. What happens in summer concerns few pupils and stays with the one-pupil path.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from core.sdk import _
from core.sdk.errors import Invalid

from ..promotion import Promotion
from ..promotion import decide as decide_promotion
from ..ruleset import RuleSet, SecondaryRules
from .averages import TermColumns, term_results, year_results
from .codes import UNKNOWN, check
from .levels import Bands, Counts, LevelOf, TitleOf

PROMOTIONS = tuple(Promotion)
"""Bytes of the column `promotion` are positions here."""


@dataclass(frozen=True, slots=True)
class SubjectColumns:
    """A subject of the grade with the marks of everybody in it; `NOT_TAKEN` where a pupil does not have it."""

    code: str
    scored: bool
    required: tuple[int, int]
    terms: tuple[TermColumns, TermColumns]


@dataclass(frozen=True, slots=True)
class YearColumns:
    """Results, a byte a pupil. Levels and titles are positions in the rule set's own order, or `UNKNOWN`.

    Attributes:
        subjects: term I, term II and year of each subject, in the order given.
        learning: term I, term II, year.
        titles: the number of titles stands for none.
    """

    subjects: tuple[tuple[bytes, bytes, bytes], ...]
    learning: tuple[bytes, bytes, bytes]
    training: bytes
    promotion: bytes
    titles: bytes


def bulk_year(
    rule_set: RuleSet,
    grade: int,
    subjects: Sequence[SubjectColumns],
    training: tuple[bytes, bytes],
    absences: array[int],
    assessed: bytes,
) -> YearColumns:
    """The year's results of a grade, equal to `year_result` for every pupil of it.

    Args:
        training: positions in the training levels for term I and II, `UNKNOWN` where not set.
        absences: units; -1 where nobody counted.
        assessed: 0 for a pupil with a disability who is not assessed by marks, else 1.

    Raises:
        Invalid: not a secondary rule set, or its scale does not fit into bytes.
    """
    rules = rule_set.secondary
    if rules is None:
        raise Invalid(_("The rule set %(code)s is not for secondary schools.", code=rule_set.code))
    check(rules.marks.scale, rules.marks.average_decimals)
    results = tuple(_subject(rules, subject) for subject in subjects)
    bands = Bands(rules, len(subjects))
    level_of = LevelOf(bands)
    kinds = [subject.scored for subject in subjects]
    learning = [
        bytes(map(level_of.__getitem__, bands.keys([(k, r[term]) for k, r in zip(kinds, results, strict=True)])))
        for term in range(3)
    ]
    keys = list(bands.keys([(kind, result[2]) for kind, result in zip(kinds, results, strict=True)]))
    year_training = bytes(map(_training_table(rules).__getitem__, zip(*training, strict=True)))
    title_of, outcome_of = TitleOf(bands), _PromotionOf(rules, grade)
    titles = bytes(map(title_of.__getitem__, zip(keys, learning[2], year_training, strict=True)))
    kept = map(_AbsenceKind(rules).__getitem__, absences)
    again = map(_Again(bands).__getitem__, keys)
    outcomes = map(outcome_of.__getitem__, zip(year_training, learning[2], kept, again, assessed, strict=True))
    return YearColumns(results, (learning[0], learning[1], learning[2]), year_training, bytes(outcomes), titles)


def _subject(rules: SecondaryRules, subject: SubjectColumns) -> tuple[bytes, bytes, bytes]:
    first, second = (
        term_results(rules.marks, columns, required, scored=subject.scored)
        for columns, required in zip(subject.terms, subject.required, strict=True)
    )
    return first, second, year_results(rules.marks, first, second, scored=subject.scored)


def _training_table(rules: SecondaryRules) -> dict[tuple[int, int], int]:
    codes = rules.training.levels
    known = {
        (codes.index(first), codes.index(second)): codes.index(year)
        for (first, second), year in rules.training.year.items()
    }
    places = (*range(len(codes)), UNKNOWN)
    return {(first, second): known.get((first, second), UNKNOWN) for first in places for second in places}


class _AbsenceKind(dict[int, int]):
    """0: within the limit; 1: too many; 2: nobody counted."""

    def __init__(self, rules: SecondaryRules) -> None:
        super().__init__()
        self._most = rules.promotion.absences_at_most

    def __missing__(self, absences: int) -> int:
        self[absences] = found = 2 if absences < 0 else int(absences > self._most)
        return found


class _Again(dict[int, int]):
    """Whether a pupil with these counts has a subject that may be assessed again."""

    def __init__(self, bands: Bands) -> None:
        super().__init__()
        self._bands = bands

    def __missing__(self, key: int) -> int:
        counts: Counts = self._bands.counts(key)
        below = self._bands.rules.promotion.retest_below
        self[key] = found = int(counts.comment_fails > 0 or any(score < below for score in counts.scores))
        return found


class _PromotionOf(dict[tuple[int, int, int, int, int], int]):
    """From training, learning, absences, chance of re-assessment and whether assessed to what happens."""

    def __init__(self, rules: SecondaryRules, grade: int) -> None:
        super().__init__()
        self._rules, self._grade = rules, grade

    def __missing__(self, key: tuple[int, int, int, int, int]) -> int:
        training, learning, absence, again, assessed = key
        found = UNKNOWN
        if not assessed:
            found = PROMOTIONS.index(Promotion.PRINCIPAL)
        elif UNKNOWN not in (training, learning) and absence != 2:
            rules = self._rules
            outcome = decide_promotion(
                rules,
                self._grade,
                rules.training.levels[training],
                rules.learning.codes()[learning],
                absence * (rules.promotion.absences_at_most + 1),
                closed=False,
                eligible=bool(again),
            )
            found = PROMOTIONS.index(outcome)
        self[key] = found
        return found
