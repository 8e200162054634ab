"""Telephone numbers of families, stored with the country code (E.164)."""

from __future__ import annotations

import re

from core.sdk.imports import Cell, clean

_FAST = re.compile(r"0[1-9]\d{8}")
_NATIONAL = re.compile(r"(?:\+84|0)([1-9]\d{8})")
_DROPPED = str.maketrans("", "", " .-'()\u2011\u2013")


def parse_phones(cell: Cell) -> tuple[list[str], str | None]:
    """The numbers in a cell, and N_PHONE_FORMAT or W_PHONE_INVALID if there is something to say.

    A number of nine digits that begins with 9 has lost its zero to a spreadsheet and gets it back.
    """
    if isinstance(cell, str):
        if not cell:
            return [], None
        if _FAST.fullmatch(cell):
            return ["+84" + cell[1:]], None
        text = clean(cell)
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        text = str(int(cell)) if cell == int(cell) else str(cell)
    else:
        text = clean(str(cell)) if cell is not None else ""
    if not text:
        return [], None
    numbers: list[str] = []
    invalid = False
    for part in text.split("/"):
        number = _one(part)
        if number is None:
            invalid = invalid or bool(part.strip())
        elif number not in numbers:
            numbers.append(number)
    return numbers, "W_PHONE_INVALID" if invalid or not numbers else "N_PHONE_FORMAT"


def _one(text: str) -> str | None:
    digits = text.translate(_DROPPED)
    if len(digits) == 9 and digits.isascii() and digits.isdigit() and digits[0] == "9":
        return "+84" + digits
    match = _NATIONAL.fullmatch(digits)
    return "+84" + match[1] if match and digits.isascii() else None
