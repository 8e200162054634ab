"""What a sheet is about: subject, class and term, from its name and its title rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.sdk import fold

_SUBJECT = re.compile(r"\bmon(?: hoc)?:?\s+(.+?)(?:\s+[-–]\s+|\s+(?:lop|khoi|hoc k[yi]|hk)\b|$)")
_CLASS = re.compile(r"\blop:?\s+(\d{1,2}\s*[a-z0-9./]*)", re.IGNORECASE)
_TERM = re.compile(r"\b(?:hoc k[yi]|hk)\s*(ii|i|2|1)\b")


@dataclass(frozen=True, slots=True)
class SheetSubject:
    """A subject that the class has. `names`: all the ways it is written; `required`: regular marks a term."""

    code: str
    names: tuple[str, ...]
    scored: bool
    required: int


class About(NamedTuple):
    """Subject, class and term of a sheet; None where it does not say."""

    subject: SheetSubject | None
    class_name: str | None
    term: int | None


def about(sheet_name: str, titles: Sequence[str], subjects: Sequence[SheetSubject]) -> About:
    """Read a sheet's name and the lines above its table."""
    folded = [fold(text) for text in (*titles, sheet_name)]
    named = [match[1] for text in folded if (match := _SUBJECT.search(text))]
    found = next(filter(None, (_subject(text, subjects) for text in (*named, sheet_name))), None)
    classes = [match[1].replace(" ", "").upper() for text in folded if (match := _CLASS.search(text))]
    terms = [2 if match[1] in ("ii", "2") else 1 for text in folded if (match := _TERM.search(text))]
    return About(found, next(iter(classes), None), next(iter(terms), None))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))


def _subject(text: str, subjects: Sequence[SheetSubject]) -> SheetSubject | None:
    """The subject of exactly this name; else the only one whose name stands in the text or the other way round."""
    plain = _plain(text)
    if not plain:
        return None
    exact = [subject for subject in subjects if plain in {_plain(name) for name in (subject.code, *subject.names)}]
    if len(exact) == 1:
        return exact[0]
    near = [
        s for s in subjects if any(len(_plain(n)) > 3 and (_plain(n) in plain or plain in _plain(n)) for n in s.names)
    ]
    return near[0] if len(near) == 1 and len(plain) > 3 else None
