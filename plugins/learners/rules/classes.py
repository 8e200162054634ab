"""Classes: 6A1, 1A, 10 Toán; written `Lớp 6A1`, `6 a1`; in headings and in lines that count a class."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from core.sdk.imports import clean

_PREFIX = re.compile(r"^(?:LỚP|LOP|L\.)\s*[:.]?\s*", re.IGNORECASE)
_TAIL = re.compile(r"\s*(?:[-–—:(,.]|\bGVCN\b|\bSĨ SỐ\b|\bSS\b|\bNĂM HỌC\b).*$", re.IGNORECASE)
SHAPE = re.compile(r"(?:[1-9]|1[0-2])\s*(?:[A-ZĐ][A-ZĐ]{0,3}\d{0,2}|[./]\d{1,2}|[A-ZĐ]{1,3}[./]\d{1,2})")
_GRADE = re.compile(r"^(1[0-2]|[1-9])(?!\d)")
_HEADING = re.compile(
    r"^(?:[IVX]{1,5}[.)]\s*|\d{1,2}[.)]\s*)?(?:DANH SÁCH\s*)?(?:HỌC SINH\s*)?(?:LỚP|LOP)\s*[:.]?\s*(.+)$", re.IGNORECASE
)
_COUNTED = re.compile(r"\b(?:lớp|lop)\s*[:.]?\s*(\S.*)$", re.IGNORECASE)
_SHEET_GRADE = re.compile(r"\b(?:khối|khoi|k|lớp|lop)\s*\.?\s*(1[0-2]|[1-9])(?!\d)", re.IGNORECASE)


def class_key(text: str) -> str:
    """One spelling of a class for comparing: capitals, no spaces, no `Lớp`.

    >>> class_key(" lớp 6a1 "), class_key("6 A1")
    ('6A1', '6A1')
    """
    return _PREFIX.sub("", clean(text)).upper().replace(" ", "")


def grade_of(name: str) -> int | None:
    """The grade that a class name begins with, 1 to 12."""
    match = _GRADE.match(name)
    return int(match[1]) if match else None


def looks_like_class(key: str) -> bool:
    return bool(SHAPE.fullmatch(key))


def heading_class(text: str) -> str | None:
    """The class that a heading above a block names: `LỚP 8A1 - GVCN: ...`, or just `8A1`."""
    text = clean(text)
    match = _HEADING.match(text)
    rest = match[1] if match else text
    key = class_key(rest)
    if match is None:
        return key if looks_like_class(key) else None
    key = class_key(_TAIL.sub("", rest, count=1))
    if looks_like_class(key):
        return key
    first = class_key(rest.split()[0].strip(".,:;-()")) if rest.split() else ""
    return first if looks_like_class(first) else None


def counted_class(text: str) -> str | None:
    """The class that a line such as `Cộng lớp 6A1` counts."""
    match = _COUNTED.search(clean(text))
    return heading_class("lớp " + match[1]) if match else None


def sheet_grade(name: str) -> int | None:
    """The grade that the name of a sheet or a title speaks of: `Khối 6`, `K7`, `6A1`."""
    match = _SHEET_GRADE.search(clean(name))
    if match:
        return int(match[1])
    key = class_key(name)
    return grade_of(key) if looks_like_class(key) else None


def found_classes(declared: Iterable[str], seen: Counter[str], at_least: int = 5) -> list[str]:
    """The classes of a school that has none yet: those that the file declares, and those with several pupils.

    A class counts as declared if a summary sheet, a block heading or a counting line names it. Otherwise at least five
    rows must have it, so that a misspelt class (`6A15`, `7Z`) is not taken for a new one.
    """
    classes = {name for name in declared if looks_like_class(name)}
    classes |= {name for name, rows in seen.items() if rows >= at_least and looks_like_class(name)}
    return sorted(classes, key=class_order)


def class_order(name: str) -> tuple[int, str, int, str]:
    """Sorting of classes: 6A2 before 6A10 before 7A1."""
    match = re.fullmatch(r"(\d*)(\D*)(\d*)(.*)", name)
    if not match:
        return 99, name, 0, ""
    return int(match[1] or 99), match[2], int(match[3] or 0), match[4]
