"""One cell of a table, whatever file it came from, and the plain text in it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

Cell = str | float | int | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
"""What a reader gives: text and numbers, dates where the spreadsheet keeps a date, `""` or None for nothing."""

ERROR_VALUES = frozenset(
    {"#N/A", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
"""Results of formulas that failed (ECMA-376 part 1, section 18.17.3)."""

_UNTIDY = re.compile(r"[^\S ]|[\u200b-\u200f\u2060\ufeff\u00ad]|  |\A | \Z")
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0x00AD])


def clean(text: str) -> str:
    """NFC, every kind of space a plain one, runs of spaces one, ends trimmed, invisible characters gone.

    >>> clean(" Lê\\u00a0 Văn  An ")
    'Lê Văn An'
    """
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if _UNTIDY.search(text):
        text = " ".join(text.translate(_INVISIBLE).split())
    return text


def text_of(cell: Cell) -> str:
    """The cell as clean text: whole numbers without a point, dates as dd/mm/yyyy, nothing as ''."""
    if isinstance(cell, str):
        return clean(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, (dt.date, dt.datetime)):
        return cell.strftime("%d/%m/%Y")
    return str(cell)


def is_date(cell: Cell) -> bool:
    """Whether the spreadsheet itself keeps this cell as a date or a time."""
    return isinstance(cell, (dt.date, dt.time, dt.timedelta))


def is_error(cell: Cell) -> bool:
    """Whether the cell holds the error value of a formula."""
    return isinstance(cell, str) and cell.startswith("#") and cell.strip() in ERROR_VALUES


def column_letter(index: int) -> str:
    """The name of a column as spreadsheets write it: 0 is A, 25 Z, 26 AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_index(letters: str) -> int:
    """The inverse of `column_letter`."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
