"""Amounts of money as people and banks write them, in whole dong."""

from __future__ import annotations

import re

from .cells import Cell, clean, is_error

_CURRENCY = re.compile(r"(?:\s*(?:đồng|dong|vnđ|vnd|đ|₫|d)\.?)$|^(?:vnđ|vnd|₫)\s*", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?P<whole>\d+|\d{1,3}(?P<group>[., '’])\d{3}(?:(?P=group)\d{3})*)(?:(?P<point>[.,])0{1,2})?", re.ASCII
)
_SIGNS = {"+": 1, "-": -1, "−": -1, "–": -1}


class AmountUnreadable(ValueError):
    """The cell holds something, but no amount in whole dong. The text itself is not in the message."""


def read_amount(cell: Cell) -> int | None:
    """The amount of a cell in dong; None for an empty cell.

    Thousands may be set apart by points, commas, blanks or apostrophes; decimals may only be zeros, the dong has none:
    `35.000`, `35,000 đ`, `35 000`, `35.000,00`, `793,800.00`, `35000`, `-35.000`, `(35.000)`. Never a
    guess: `1.3O8.800`,
    `35.00.000`, `12,5` and dates are unreadable.

    Raises:
        AmountUnreadable: when the cell is no such amount.

    >>> read_amount("1.658.800 đ"), read_amount("793,800.00"), read_amount(793800.0), read_amount(" ")
    (1658800, 793800, 793800, None)
    """
    if cell is None or isinstance(cell, str):
        return _from_text(clean(cell or ""))
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise AmountUnreadable("not an amount")
    if isinstance(cell, float) and not cell.is_integer():
        raise AmountUnreadable("not in whole dong")
    return int(cell)


def _from_text(text: str) -> int | None:
    if not text:
        return None
    if is_error(text):
        raise AmountUnreadable("the error value of a formula")
    sign = 1
    if text.startswith("(") and text.endswith(")"):
        sign, text = -1, text[1:-1].strip()
    bare = _CURRENCY.sub("", text).strip()
    if bare and bare[0] in _SIGNS:
        sign, bare = sign * _SIGNS[bare[0]], bare[1:].strip()
    elif bare and bare[-1] in _SIGNS:  # some banks write 793.800-
        sign, bare = sign * _SIGNS[bare[-1]], bare[:-1].strip()
    found = _NUMBER.fullmatch(bare)
    if found is None or (found["point"] and found["point"] == found["group"]):
        raise AmountUnreadable("not an amount")
    return sign * int(re.sub(r"\D", "", found["whole"]))
