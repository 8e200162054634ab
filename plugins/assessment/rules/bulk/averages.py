"""Averages of whole columns: integer arithmetic by tables, with what the one-pupil path says for everything odd."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from operator import add

from core.sdk import Message

from ..averages import fitted, term_gaps, year_average, year_comment
from ..because import Because, Result
from ..marks import Gap, Mark, State, TermMarks, Why, score
from ..ruleset import Cite, MarkRules
from .codes import EXEMPT_CODE, HIGHEST, MISSING_CODE, NOT_TAKEN, UNSETTLED, WHY_OF, decode, encode_result


@dataclass(frozen=True, slots=True)
class TermColumns:
    """Marks of one subject and term, a byte a pupil: the regular ones column by column, mid and end of term."""

    regular: tuple[bytes, ...]
    mid: bytes | None = None
    end: bytes | None = None


def half_up_units(numerator: int, denominator: int) -> int:
    """Exact rounding of a quotient of whole numbers, halves up; no numbers below zero occur."""
    return (2 * numerator + denominator) // (2 * denominator)


def term_results(rules: MarkRules, columns: TermColumns, required: int, *, scored: bool) -> bytes:
    """The result of a term for every pupil, a byte each."""
    placed = list(_placed(rules, columns))
    cells = [column for _weight, column in placed]
    if len(columns.regular) == required:
        weights = [weight for weight, _column in placed] if scored else [1] * len(placed)
        table = _averages(sum(weights)) if scored else (*[0] * len(placed), 1)
        penalty = len(table)
        table += (UNSETTLED,) * (penalty * len(placed))
        found = bytearray(map(table.__getitem__, _sums(cells, weights, penalty)))
    else:
        found = bytearray([UNSETTLED]) * len(cells[0])
    _settle(rules, columns, required, scored, cells, found)
    return bytes(found)


def _placed(rules: MarkRules, columns: TermColumns) -> Iterator[tuple[int, bytes]]:
    size = len(next(column for column in (*columns.regular, columns.mid, columns.end) if column is not None))
    missing = bytes([MISSING_CODE]) * size
    for column in columns.regular:
        yield rules.regular_weight, column
    if rules.has_mid:
        yield rules.mid_weight, columns.mid or missing
    if rules.has_end:
        yield rules.end_weight, columns.end or missing


def _sums(columns: Sequence[bytes], weights: Sequence[int], penalty: int) -> Iterator[int]:
    """The weighted sum of each row, lazily and without a loop in Python; a state adds the penalty."""
    total: Iterator[int] = map(_weighted(weights[0], penalty).__getitem__, columns[0])
    for column, weight in zip(columns[1:], weights[1:], strict=True):
        total = map(add, total, map(_weighted(weight, penalty).__getitem__, column))
    return total


@lru_cache(maxsize=64)
def _weighted(weight: int, penalty: int) -> tuple[int, ...]:
    return tuple(min(weight * code, penalty) if code <= HIGHEST else penalty for code in range(256))


@lru_cache(maxsize=64)
def _averages(weight: int) -> tuple[int, ...]:
    """From the weighted sum to the average."""
    return tuple(half_up_units(total, weight) for total in range(HIGHEST * weight + 1))


def _settle(
    rules: MarkRules, columns: TermColumns, required: int, scored: bool, placed: Sequence[bytes], found: bytearray
) -> None:
    """Rows that hold a state: what they mean depends on *which* cells do, and is asked of the one-pupil path once."""
    seen: dict[bytes, int | tuple[int, ...]] = {}
    states = bytes(code if code > HIGHEST else 0 for code in range(256))
    at = found.find(UNSETTLED)
    while at >= 0:
        row = bytes([column[at] for column in placed])
        pattern = row.translate(states)
        meaning = seen.get(pattern)
        if meaning is None:
            meaning = seen[pattern] = _meaning(rules, len(columns.regular), required, pattern)
        found[at] = meaning if isinstance(meaning, int) else _of_row(rules, row, meaning, len(columns.regular), scored)
        at = found.find(UNSETTLED, at + 1)


def _meaning(rules: MarkRules, regular: int, required: int, pattern: bytes) -> int | tuple[int, ...]:
    """The byte of the result; or, where a template has empty extra columns, the regular columns that count."""
    if pattern[0] == NOT_TAKEN:
        return NOT_TAKEN
    marks: list[Mark] = [score(at) if code == 0 else decode(code, True, 0) for at, code in enumerate(pattern)]
    rest = iter(marks[regular:])
    mid = next(rest) if rules.has_mid else None
    end = next(rest) if rules.has_end else None
    term = TermMarks(tuple(marks[:regular]), mid, end)
    gaps, exempt = term_gaps(rules, term, required)
    if exempt:
        return EXEMPT_CODE
    if gaps:
        nothing: Result[Decimal] = Result(None, _UNSAID, gaps)
        return encode_result(nothing, 0)
    kept = fitted(term.regular, required)
    return tuple(int(mark.as_score()) for mark in kept if mark.state is State.VALUE)


def _of_row(rules: MarkRules, row: bytes, kept: tuple[int, ...], regular: int, scored: bool) -> int:
    rest = row[regular:]
    if not scored:
        return int(all(row[at] for at in kept) and all(rest))
    weights = [weight for present, weight in ((rules.has_mid, rules.mid_weight), (rules.has_end, rules.end_weight))
               if present]  # fmt: skip
    total = rules.regular_weight * sum(row[at] for at in kept) + sum(w * c for w, c in zip(weights, rest, strict=True))
    return half_up_units(total, rules.regular_weight * len(kept) + sum(weights))


def year_results(rules: MarkRules, first: bytes, second: bytes, *, scored: bool) -> bytes:
    """The result of the year for every pupil from those of the terms."""
    table = _year_table(rules, scored)
    upper = [code << 8 for code in range(256)]
    return bytes(map(table.__getitem__, map(add, map(upper.__getitem__, first), second)))


@lru_cache(maxsize=16)
def _year_table(rules: MarkRules, scored: bool) -> bytes:
    """The year for every pair of term results: values by the formula, everything else as the one-pupil path sees it."""
    one, two = rules.term_weights
    table = bytearray([MISSING_CODE]) * 65536
    values = range(HIGHEST + 1) if scored else range(2)
    for first in values:
        for second in values:
            table[first << 8 | second] = half_up_units(one * first + two * second, one + two) if scored else second
    states = (EXEMPT_CODE, NOT_TAKEN, *WHY_OF)
    for state in states:
        for other in (*values, *states):
            table[state << 8 | other] = _odd_year(rules, state, other, scored)
            table[other << 8 | state] = _odd_year(rules, other, state, scored)
    return bytes(table)


def _odd_year(rules: MarkRules, first: int, second: int, scored: bool) -> int:
    """A year in which a term has no value; a subject that is taken in one term only is missing in the other."""
    if first == second == NOT_TAKEN:
        return NOT_TAKEN
    if scored:
        return encode_result(year_average(rules, _score(first), _score(second)), 0)
    return encode_result(year_comment(rules, _comment(first), _comment(second)), 0)


def _score(code: int) -> Result[Decimal]:
    return Result(Decimal(code), _UNSAID) if code <= HIGHEST else Result(None, _UNSAID, _gaps(code), _exempt(code))


def _comment(code: int) -> Result[bool]:
    return Result(code == 1, _UNSAID) if code <= HIGHEST else Result(None, _UNSAID, _gaps(code), _exempt(code))


def _gaps(code: int) -> tuple[Gap, ...]:
    return () if _exempt(code) else (Gap(WHY_OF.get(code, Why.MISSING)),)


def _exempt(code: int) -> bool:
    return code == EXEMPT_CODE


_UNSAID = Because("bulk", Cite("", ""), Message(""))
"""In bulk nothing is explained; whoever asks why gets the one-pupil path."""
