"""Whose row it is: by code, else by name with (A)/(B) and date of birth, else by the one name nearly the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from core.sdk.imports import Cell, clean, is_date, text_of

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SUFFIX = re.compile(r"\s*\(\s*([A-Za-z]|\d)\s*\)\s*\Z")
_DATE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
NEAR = 2


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil of the class. `ref` is whatever the caller knows the pupil by; `birth` is an ISO date."""

    ref: Hashable
    code: str | None
    name: str
    suffix: str | None = None
    birth: str | None = None


class Match(NamedTuple):
    """Who it is, or the code that says why nobody; `code` W_NAME_FUZZY goes with a pupil."""

    pupil: Pupil | None
    code: str = ""


class Written(NamedTuple):
    """How a row names its pupil."""

    code: str
    name: str
    suffix: str | None
    birth: str | None


def name_key(name: str) -> str:
    """A name for comparing: case and the place of the tone mark do not matter (hoà = hòa), accents do."""
    words = []
    for word in clean(name).replace("Ð", "Đ").replace("ð", "đ").casefold().split():
        parts = unicodedata.normalize("NFD", word)
        words.append("".join(p for p in parts if p not in _TONES) + "".join(sorted(p for p in parts if p in _TONES)))
    return " ".join(words)


def written(code: Cell, name: str, birth: Cell) -> Written:
    """What the cells of a row say about its pupil."""
    text = clean(name)
    match = _SUFFIX.search(text)
    suffix = match[1].upper() if match and match.start() else None
    return Written(text_of(code), text[: match.start()] if match and match.start() else text, suffix, _iso(birth))


def _iso(cell: Cell) -> str | None:
    """A date of birth, day first; None if it is not plainly one."""
    match = _DATE.fullmatch(text_of(cell)) if is_date(cell) or isinstance(cell, str) else None
    if match is None:
        return None
    year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
    return f"{year}-{int(match[2]):02d}-{int(match[1]):02d}"


@dataclass(slots=True)
class Finder:
    """Finds the pupils of one sheet; remembers who was found, so that nobody is found twice."""

    roll: Sequence[Pupil]
    _by_code: dict[str, Pupil] = field(init=False)
    _by_name: dict[str, list[Pupil]] = field(init=False)

    def __post_init__(self) -> None:
        self._by_code = {pupil.code: pupil for pupil in self.roll if pupil.code}
        self._by_name = {}
        for pupil in self.roll:
            self._by_name.setdefault(name_key(pupil.name), []).append(pupil)

    def exact(self, row: Written) -> Match:
        """By code or by name; no code in the answer where only a near name may help."""
        named = self._by_name.get(name_key(row.name), [])
        owner = self._by_code.get(row.code)
        if owner is not None:
            if named and owner not in named:
                return Match(None, "E_CODE_NAME_CONFLICT")
            return Match(owner)
        return self._one(named, row)

    def near(self, row: Written, taken: set[Hashable]) -> Match:
        """By the one name within two letters, of those who have no row yet."""
        key = unicodedata.normalize("NFC", clean(row.name).casefold())
        near = [
            pupil
            for pupil in self.roll
            if pupil.ref not in taken and 0 < _distance(key, clean(pupil.name).casefold()) <= NEAR
        ]
        match = self._one(near, row)
        if match.pupil is not None:
            return Match(match.pupil, "W_NAME_FUZZY")
        return match if match.code else Match(None, "E_PUPIL_UNKNOWN")

    def _one(self, named: Sequence[Pupil], row: Written) -> Match:
        """The one of several namesakes that suffix and date of birth leave."""
        fitting = [
            pupil
            for pupil in named
            if (row.suffix is None or pupil.suffix == row.suffix)
            and (row.birth is None or pupil.birth is None or pupil.birth == row.birth)
        ]
        if len(fitting) > 1:
            return Match(None, "E_PUPIL_AMBIGUOUS")
        return Match(fitting[0]) if fitting else Match(None)


def _distance(one: str, other: str) -> int:
    """Edit distance (Levenshtein), cut short above `NEAR`."""
    if abs(len(one) - len(other)) > NEAR:
        return NEAR + 1
    above = list(range(len(other) + 1))
    for row, left in enumerate(one, start=1):
        line = [row]
        for column, right in enumerate(other, start=1):
            line.append(min(above[column] + 1, line[-1] + 1, above[column - 1] + (left != right)))
        above = line
        if min(line) > NEAR:
            return NEAR + 1
    return above[-1]
