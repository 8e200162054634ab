"""Levels of whole columns.

A level depends only on *how many* marks lie between which thresholds, so each count of marks by band is decided once,
by the same function as for one pupil, and looked up for everybody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from operator import add
from typing import NamedTuple

from .. import levels, titles
from ..ruleset import Level, SecondaryRules
from .codes import EXEMPT_CODE, HIGHEST, NOT_TAKEN, UNKNOWN


class Counts(NamedTuple):
    """One pupil's results as counts: a mark for each scored subject (the lowest of its band), fails, gaps."""

    scores: tuple[Decimal, ...]
    comment_fails: int
    gaps: int


class Bands:
    """The thresholds of a rule set as bands of marks, and counts of marks by band as one whole number."""

    def __init__(self, rules: SecondaryRules, subjects: int) -> None:
        self.rules = rules
        decimals = rules.marks.average_decimals
        cuts = {level.all_at_least for level in rules.learning.levels}
        cuts |= {level.enough_at_least for level in rules.learning.levels}
        cuts |= {title.at_least for title in rules.titles}
        cuts |= {rules.promotion.retest_below, rules.marks.scale.minimum}
        self.cuts = sorted(cuts)
        self._base = subjects + 1
        units = [int(-(-cut.scaleb(decimals) // 1)) for cut in self.cuts]
        self._band_of = [max((n for n, cut in enumerate(units) if code >= cut), default=0) for code in range(256)]

    def keys(self, subjects: Sequence[tuple[bool, bytes]]) -> Iterator[int]:
        """The counts of each pupil, lazily. `subjects`: whether scored, and the column of results."""
        scored, commented = self._weights(True), self._weights(False)
        total: Iterator[int] | None = None
        for is_scored, column in subjects:
            weights = map((scored if is_scored else commented).__getitem__, column)
            total = weights if total is None else map(add, total, weights)
        return total if total is not None else iter(())

    def counts(self, key: int) -> Counts:
        """What a key stands for."""
        scores: list[Decimal] = []
        for cut in self.cuts:
            key, count = divmod(key, self._base)
            scores += [cut] * count
        gaps, fails = divmod(key, self._base)
        return Counts(tuple(scores), fails, gaps)

    def _weights(self, scored: bool) -> list[int]:
        fail = self._base ** len(self.cuts)
        gap = fail * self._base
        found = [gap] * 256
        found[EXEMPT_CODE] = found[NOT_TAKEN] = 0
        for code in range(HIGHEST + 1):
            found[code] = self._base ** self._band_of[code] if scored else (fail if code == 0 else 0)
        return found


class LevelOf(dict[int, int]):
    """From counts to the position of the learning level; `UNKNOWN` where it is not determined."""

    def __init__(self, bands: Bands) -> None:
        super().__init__()
        self._bands = bands

    def __missing__(self, key: int) -> int:
        learning, counts = self._bands.rules.learning, self._bands.counts(key)
        open_counts = levels.has_open_counts(learning)
        if counts.gaps or open_counts or not counts.scores or levels.too_few(learning, len(counts.scores)):
            found = UNKNOWN
        else:
            best = self._bands.rules.marks.scale.maximum
            found = levels.decide(learning, counts.scores, counts.comment_fails, best).final
        self[key] = found
        return found


class TitleOf(dict[tuple[int, int, int], int]):
    """From counts, learning and training to the position of the title; the number of titles for none."""

    def __init__(self, bands: Bands) -> None:
        super().__init__()
        self._bands = bands

    def __missing__(self, key: tuple[int, int, int]) -> int:
        counts, learning, training = key
        rules = self._bands.rules
        found = UNKNOWN
        if UNKNOWN not in (learning, training):
            codes: tuple[Level, ...] = rules.learning.codes()
            scores = self._bands.counts(counts).scores
            at = titles.decide(rules, rules.training.levels[training], codes[learning], scores)
            found = len(rules.titles) if at is None else at
        self[key] = found
        return found
