"""Values to and from the texts of a layout."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from .kinds import Day, Flag, MarkOf, Pick, Verbal, Whole
from .shape import Leaf

K = TypeVar("K")
V = TypeVar("V")

# What canonical XML writes in texts (Canonical XML 1.0, section 2.3); everything else stands for itself.
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}
_TO_ESCAPE = re.compile("[&<>\r]")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NoSuchValue(ValueError):
    """A text that no value of the field is written as, or a value that has no text."""


@dataclass(frozen=True, slots=True)
class Codec:
    """Both directions. `encode` gives the text before escaping; `decode` raises ValueError."""

    encode: Callable[[object], str]
    decode: Callable[[str], object]


def escape(text: str) -> str:
    """A text as canonical XML has it."""
    return _TO_ESCAPE.sub(lambda found: _ESCAPES[found[0]], text) if _TO_ESCAPE.search(text) else text


def unescape(text: str) -> str:
    """The text that was escaped. Other references than the four stay as they are, and so are found by writing again."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&#xD;", "\r").replace("&amp;", "&")


def forbidden(text: str) -> bool:
    """Whether a text has characters that XML 1.0 cannot hold."""
    return _FORBIDDEN.search(text) is not None


def codec(leaf: Leaf, values: Mapping[str, Mapping[str, str]], formats: Mapping[str, str]) -> Codec:
    """How a field is written in a layout with these tables."""
    match leaf.kind:
        case Flag():
            return _flag(values["Flag"])
        case Whole():
            return Codec(lambda value: "" if value is None else str(value), lambda text: int(text) if text else None)
        case Day():
            return _day(formats["day"])
        case Pick():
            assert leaf.members is not None  # noqa: S101  # `Pick` annotates enumerations only
            return _pick(leaf.members, values[leaf.members.__name__])
        case MarkOf():
            return _mark(values["Verbal"], formats["decimal"])
        case _:
            return Codec(str, str)


def _flag(table: Mapping[str, str]) -> Codec:
    back = {table["yes"]: True, table["no"]: False}
    return Codec(lambda value: table["yes" if value else "no"], lambda text: _looked_up(back, text))


def _pick(members: Callable[[str], object], table: Mapping[str, str]) -> Codec:
    back: dict[str, object] = {text: members(member) for member, text in table.items()} | {"": None}
    forth = {value: text for text, value in back.items()}
    return Codec(lambda value: _looked_up(forth, value), lambda text: _looked_up(back, text))


def _day(form: str) -> Codec:
    def encode(value: object) -> str:
        return value.strftime(form) if isinstance(value, date) else ""

    def decode(text: str) -> date | None:
        return datetime.strptime(text, form).date() if text else None  # noqa: DTZ007  # a day has no zone

    def decode_iso(text: str) -> date | None:
        return date.fromisoformat(text) if text else None

    return Codec(encode, decode_iso if form == "%Y-%m-%d" else decode)


def _mark(words: Mapping[str, str], point: str) -> Codec:
    back = {text: str(Verbal(word)) for word, text in words.items()}

    def encode(value: object) -> str:
        text = str(value)
        return words.get(text) or text.replace(".", point)

    return Codec(encode, lambda text: back.get(text) or text.replace(point, "."))


def _looked_up(table: Mapping[K, V], key: K) -> V:
    if key not in table:
        raise NoSuchValue(repr(key))
    return table[key]
