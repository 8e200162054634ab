"""Checking a row before it leaves, and writing its values as the sector's files want them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import msgspec

from core.sdk import Message, _

from .shapes import OWN, Field, Kind, Shape

Lists = Mapping[str, Mapping[str, str]]
"""Code lists by name: our code to the sector's word."""
FINDINGS: Mapping[str, Message] = {
    "E_MISSING": _("is missing"),
    "E_LENGTH": _("is longer than the sector's database takes"),
    "E_CODE": _("has a value that is not on the sector's list"),
    "E_DATE": _("is no full day"),
    "E_YEAR": _("is no year"),
    "E_PERSONAL_ID": _("does not have 12 digits"),
    "E_NUMBER": _("is no number"),
    "E_MARK": _("is no result that can be sent"),
    "E_DOUBLE": _("is also on another row"),
}
"""What can be wrong with a field, as the rest of a sentence that begins with the field's name."""
_GIVEN = OWN | {"madinhdanhnganh"}
"""What the sector itself has given: its code coming back is no change of the record."""
_MARK = re.compile(r"(10(\.0+)?|\d(\.\d+)?)")
_WORDS = {"D": "Đ", "CD": "CĐ", "M": "M", "T": "T", "H": "H", "C": "C"}
"""Exchange data write Đ and CĐ (reference of the sector); M is exempt."""
_YEAR = re.compile(r"(19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Checked:
    """A row as it would be written; `findings` are pairs of a code and a field, none if it may leave."""

    values: dict[str, str]
    findings: tuple[tuple[str, str], ...]
    digest: str
    """Of the values: what the sector knows is compared by it."""


def check(kind: Kind, shape: Shape, value: Mapping[str, str], lists: Lists) -> Checked:
    """Check a row and write its values; nothing is guessed.

    Args:
        value: canonical values by field: ISO days, our codes, empty for unknown.
    """
    values: dict[str, str] = {}
    findings: list[tuple[str, str]] = []
    for name in shape.fields:
        one = kind.fields[name]
        raw = value.get(name) or ""
        text, code = _written(one, raw, lists) if raw else ("", "")
        values[name] = text
        if code:
            findings.append((code, name))
        elif not text and one.required and not (one.unless and value.get(one.unless)):
            findings.append(("E_MISSING", name))
    return Checked(values, tuple(findings), digest_of(values))


def digest_of(values: Mapping[str, str]) -> str:
    """What two equal rows have in common, whenever they were written."""
    told = sorted((name, text) for name, text in values.items() if name not in _GIVEN and text)
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:40]


def _written(one: Field, raw: str, lists: Lists) -> tuple[str, str]:
    """The text of a cell, and the code of what is wrong with it."""
    if one.codes:
        known = lists.get(one.codes, {})
        return (known[raw], "") if raw in known else (raw, "E_CODE")
    text, code = _form(one, raw)
    if not code and one.most and len(text) > one.most:
        return text, "E_LENGTH"
    return text, code


def _form(one: Field, raw: str) -> tuple[str, str]:
    match one.form:
        case "date":
            return _day(raw)
        case "year":
            return raw, "" if _YEAR.fullmatch(raw) else "E_YEAR"
        case "personal_id":
            return raw, "" if len(raw) == 12 and raw.isascii() and raw.isdecimal() else "E_PERSONAL_ID"
        case "number":
            return raw, "" if raw.isascii() and raw.isdecimal() else "E_NUMBER"
        case "mark":
            return _mark(raw)
        case _:
            return raw, ""


def _day(raw: str) -> tuple[str, str]:
    try:
        return date.fromisoformat(raw).strftime("%d/%m/%Y"), ""
    except ValueError:
        return "/".join(reversed(raw.split("-"))), "E_DATE"


def _mark(raw: str) -> tuple[str, str]:
    if _MARK.fullmatch(raw):
        return raw, ""
    return (_WORDS[raw], "") if raw in _WORDS else (raw, "E_MARK")
