"""Lines in order of time, and what only the whole statement shows: duplicates and reversed credits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby, pairwise

from .lines import Line, Origin
from .text import Memo, squeeze

_OLDEST = datetime.min.replace(tzinfo=UTC)
_MIN_NUMBER = 8


def in_file_order(lines: Iterable[Line]) -> list[Line]:
    """Lines as the account moved: sheets that run from new to old are turned round."""
    sheets = [list(group) for _, group in groupby(lines, key=lambda line: line.origin.sheet)]
    return [line for sheet in sheets for line in (reversed(sheet) if _newest_first(sheet) else sheet)]


def in_time_order(lines: Sequence[Line]) -> list[Line]:
    """Lines in order of time; equal times keep their order, a line without date stays with the one above."""
    last = _OLDEST
    timed: list[tuple[datetime, int, Line]] = []
    for place, line in enumerate(lines):
        last = line.booked_at or last
        timed.append((last, place, line))
    return [line for _, _, line in sorted(timed, key=lambda item: item[:2])]


def _newest_first(lines: Sequence[Line]) -> bool:
    times = [line.booked_at for line in lines if line.booked_at]
    falling = sum(later < earlier for earlier, later in pairwise(times))
    rising = sum(later > earlier for earlier, later in pairwise(times))
    if falling != rising:
        return falling > rising
    return _fits(lines[::-1]) > _fits(lines)


def _fits(lines: Sequence[Line]) -> int:
    """How many lines follow from the balance before: the direction, when all have one time."""
    return sum(
        before.balance is not None
        and line.balance is not None
        and line.credit is not None
        and line.debit is not None
        and before.balance + line.credit - line.debit == line.balance
        for before, line in pairwise(lines)
    )


@dataclass(frozen=True, slots=True)
class Relations:
    """Which lines belong together, by origin."""

    duplicates: dict[Origin, Origin | None] = field(default_factory=dict)
    """Line -> the line with the same number; None if that came with an earlier statement."""
    reversals: dict[Origin, str] = field(default_factory=dict)
    """Debit -> number of the credit that it takes back."""
    reversed: dict[Origin, str] = field(default_factory=dict)
    """Credit -> number of the debit that takes it back."""
    unclear: frozenset[Origin] = frozenset()
    """Debits that name a credit of another amount, or one that is taken back already."""


def relate(ordered: Sequence[Line], earlier: Mapping[str, int]) -> Relations:
    """Find duplicates and reversed credits.

    A transaction number seen before is a duplicate (overlapping exports). A credit named by a later debit
    of the same amount is reversed: neither has an effect.

    Args:
        ordered: lines in order of time.
        earlier: transaction numbers of earlier statements, with the amount that each credited (0 for a
            debit).
    """
    seen: dict[str, Origin | None] = {squeeze(number): None for number in earlier}
    credits: dict[str, tuple[int, Line | None]] = {
        squeeze(number): (amount, None) for number, amount in earlier.items() if amount
    }
    lengths = {len(number) for number in credits}
    result = Relations()
    unclear: set[Origin] = set()
    taken_back: set[str] = set()
    for line in ordered:
        number = squeeze(line.number)
        if number and number in seen:
            result.duplicates[line.origin] = seen[number]
            continue
        if number:
            seen[number] = line.origin
        if line.debit:
            named = _named(line, credits, lengths)
            if named is None:
                continue
            amount, credit = credits[named]
            if amount != line.debit or named in taken_back:
                unclear.add(line.origin)
                continue
            taken_back.add(named)
            result.reversals[line.origin] = credit.number if credit else named
            if credit:
                result.reversed[credit.origin] = line.number
        elif line.credit and number:
            credits[number] = (line.credit, line)
            lengths.add(len(number))
    return Relations(result.duplicates, result.reversals, result.reversed, frozenset(unclear))


def _named(line: Line, credits: Mapping[str, object], lengths: Iterable[int]) -> str | None:
    """The credit whose number stands in the text: as a word, or glued to others if it is long and mixed."""
    memo = Memo.of(line.text)
    for word in memo.words:
        if word in credits and any(sign.isdigit() for sign in word) and len(word) >= _MIN_NUMBER - 2:
            return word
    for length in sorted(lengths, reverse=True):
        if length < _MIN_NUMBER:
            break
        for start in range(len(memo.squeezed) - length + 1):
            window = memo.squeezed[start : start + length]
            if window in credits and not window.isdigit() and not window.isalpha():
                return window
    return None
