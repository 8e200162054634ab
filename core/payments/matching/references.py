"""Rules 1 and 3: registered references in a memo, whole, with confused characters, or cut.

References are looked up in dictionaries by their first three characters and their length: the work for a
line depends on its length only, not on the number of references.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property

from .text import Memo, squeeze, unconfuse

PREFIX = 3
"""References begin with the three letters of their school."""
CUT = (7, 6, 5)
"""How many characters may be left after the prefix of a cut reference."""
MIN_LENGTH = 8


class ReferenceIndex:
    """All registered references, ours and those of an older system without a check character."""

    def __init__(self, references: Iterable[str]) -> None:
        """Index references.

        Raises:
            ValueError: for a reference of fewer than 8 letters and digits; it would be found everywhere by chance.
        """
        self._known: dict[str, str] = {}
        for reference in references:
            bare = squeeze(reference)
            if len(bare) < MIN_LENGTH:
                raise ValueError("a reference has at least 8 letters and digits")
            self._known[bare] = reference
        self._lengths = _lengths_by_prefix(self._known)
        self._places = _places_of(self._lengths)

    def whole(self, memo: Memo) -> tuple[str, ...]:
        """Rule 1: the references that stand in the memo, in the order of the text, each once."""
        found = (self._known[bare] for bare in _longest(memo.squeezed, self._known, self._lengths, self._places))
        return tuple(dict.fromkeys(found))

    def confused(self, memo: Memo) -> tuple[str, ...]:
        """Rule 3: references that fit when O is read as 0 and I as 1."""
        known, lengths, places = self._unconfused
        found = (ref for bare in _longest(unconfuse(memo.squeezed), known, lengths, places) for ref in known[bare])
        return tuple(dict.fromkeys(found))

    def cut(self, memo: Memo) -> tuple[str, ...]:
        """Rule 3: a prefix and 5 to 7 characters before the end of a word, if they fit one reference only."""
        found: dict[str, None] = {}
        for start in self._prefix_places(memo.squeezed):
            for kept in CUT:
                end = start + PREFIX + kept
                if end in memo.ends and (reference := self._only_one(memo.squeezed[start:end])):
                    found[reference] = None
                    break
        return tuple(found)

    def looks_unknown(self, memo: Memo) -> bool:
        """Rule 4: whether something in the memo is written like a reference of ours."""
        for start in self._prefix_places(memo.squeezed):
            lengths = self._lengths[memo.squeezed[start : start + PREFIX]]
            tail = memo.squeezed[start + PREFIX : start + lengths[0]]
            if len(tail) >= PREFIX and any(sign.isdigit() for sign in tail[: min(CUT)]):
                return True
            word = memo.word_at(start) if start in memo.starts else ""
            if len(word) in lengths or (len(word) == PREFIX and len(tail) == lengths[0] - PREFIX):
                return True
        return False

    def _prefix_places(self, squeezed: str) -> Iterator[int]:
        for found in self._places.finditer(squeezed, 0, len(squeezed) - 1):
            if squeezed[found.start() : found.start() + PREFIX] in self._lengths:
                yield found.start()

    def _only_one(self, beginning: str) -> str | None:
        """The one longer reference that begins so."""
        place = bisect_left(self._sorted, beginning)
        fitting = [bare for bare in self._sorted[place : place + 2] if bare.startswith(beginning) and bare != beginning]
        return self._known[fitting[0]] if len(fitting) == 1 else None

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._known)

    @cached_property
    def _unconfused(self) -> tuple[dict[str, list[str]], dict[str, list[int]], re.Pattern[str]]:
        known: dict[str, list[str]] = {}
        for bare, reference in self._known.items():
            known.setdefault(unconfuse(bare), []).append(reference)
        lengths = _lengths_by_prefix(known)
        return known, lengths, _places_of(lengths)


def _lengths_by_prefix(known: Iterable[str]) -> dict[str, list[int]]:
    """The lengths that occur for each prefix, the longest first."""
    lengths: dict[str, set[int]] = {}
    for bare in known:
        lengths.setdefault(bare[:PREFIX], set()).add(len(bare))
    return {prefix: sorted(some, reverse=True) for prefix, some in lengths.items()}


def _places_of(prefixes: Iterable[str]) -> re.Pattern[str]:
    """Where a prefix may begin: letters that stand first, second and third in any. Finds too many, never too few."""
    return re.compile(
        "(?=" + "".join(f"[{''.join(sorted(set(signs)))}]" for signs in zip(*prefixes, strict=True)) + ")"
    )


def _longest(
    squeezed: str,
    known: dict[str, str] | dict[str, list[str]],
    lengths: dict[str, list[int]],
    places: re.Pattern[str],
) -> Iterator[str]:
    """Known strings in the text, not those inside a longer one, nor digits out of a longer number."""
    covered = 0
    for place in places.finditer(squeezed):
        start = place.start()
        for length in lengths.get(squeezed[start : start + PREFIX], ()):
            bare = squeezed[start : start + length]
            if bare not in known or start + length <= covered:
                continue
            if bare.isdigit() and _inside_number(squeezed, start, start + length):
                continue
            covered = start + length
            yield bare
            break


def _inside_number(squeezed: str, start: int, end: int) -> bool:
    return squeezed[max(0, start - 1) : start].isdigit() or squeezed[end : end + 1].isdigit()
