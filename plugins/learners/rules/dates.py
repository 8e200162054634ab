"""Dates of birth: day first, always; nothing is exchanged to save an impossible one."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from core.sdk.imports import Cell, clean, is_error

_FAST = re.compile(r"(\d\d)/(\d\d)/((?:19|20)\d\d)")
_DMY = re.compile(r"(\d{1,2})\s*[/.\-, ]\s*(\d{1,2})\s*[/.\-, ]\s*(\d{4}|\d{2})")
_YMD = re.compile(r"(\d{4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.0+)?)?)?")
_MY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{4})")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORDS = re.compile(
    r"(?:ngày\s*)?(\d{1,2})\s*,?\s*(?:tháng|thg|th)\s*(\d{1,2})\s*,?\s*(?:năm\s*|,?\s*)(\d{4})", re.IGNORECASE
)
_DAYS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SERIAL_FROM, _SERIAL_TO = 25_569, 60_000  # 1970-01-01 and 2064-04-08 in the 1900 date system


class Birth(NamedTuple):
    """`iso` is `2015-03-07`, or only `2015-03` or `2015`; `year` also where the day is impossible."""

    iso: str | None
    year: int | None
    notes: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    proposal: str = ""


MISSING = Birth(None, None, (), ("E_BIRTH_MISSING",))


def parse_birth(cell: Cell, *, is_text_file: bool = False) -> Birth:
    """Read one cell with a date of birth.

    Args:
        cell: text, a date of the spreadsheet, or a number (a year).
        is_text_file: in a CSV dd/mm/yyyy is the normal way, in a workbook it is a date kept as text.
    """
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    if isinstance(cell, dt.date):
        return Birth(cell.isoformat(), cell.year)
    if cell is None or cell == "":
        return MISSING
    if isinstance(cell, (int, float)):
        return _number(float(cell))
    if not isinstance(cell, str):
        return Birth(None, None, (), ("E_DATE_INVALID",))
    match = _FAST.fullmatch(cell)
    if match:
        day, month, year = int(match[1]), int(match[2]), int(match[3])
        return _full(day, month, year, () if is_text_file else ("N_DATE_TEXT",))
    if is_error(cell):
        return Birth(None, None, (), ("E_CELL_ERROR",))
    return _text(cell)


def _text(raw: str) -> Birth:
    text = clean(raw).strip("'")
    if not text:
        return MISSING
    match = _DMY.fullmatch(text) or _WORDS.fullmatch(text)
    if match:
        short = len(match[3]) == 2
        year = 2000 + int(match[3]) if short else int(match[3])
        return _full(int(match[1]), int(match[2]), year, ("N_DATE_YY",) if short else ("N_DATE_TEXT",))
    match = _YMD.fullmatch(text)
    if match:
        return _full(int(match[3]), int(match[2]), int(match[1]), ("N_DATE_TEXT",))
    if _YEAR.fullmatch(text):
        return Birth(text, int(text), (), ("W_BIRTH_YEAR_ONLY",))
    match = _MY.fullmatch(text)
    if match and 1 <= int(match[1]) <= 12 and _YEAR.fullmatch(match[2]):
        return Birth(f"{match[2]}-{int(match[1]):02d}", int(match[2]), (), ("W_BIRTH_YEAR_ONLY",))
    return Birth(None, None, (), ("E_DATE_INVALID",))


def _number(number: float) -> Birth:
    if number.is_integer() and 1900 <= number <= 2100:
        return Birth(str(int(number)), int(number), (), ("W_BIRTH_YEAR_ONLY",))
    if _SERIAL_FROM <= number <= _SERIAL_TO:
        day = dt.date(1899, 12, 30) + dt.timedelta(days=int(number))
        return Birth(None, None, (), ("E_DATE_INVALID",), day.strftime("%d/%m/%Y"))
    return Birth(None, None, (), ("E_DATE_INVALID",))


def _full(day: int, month: int, year: int, notes: tuple[str, ...]) -> Birth:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    possible = 1 <= month <= 12 and 1 <= day <= _DAYS[month] and (day < 29 or month != 2 or leap)
    if not possible or not 1900 <= year <= 2100:
        return Birth(None, year if 1900 <= year <= 2100 else None, (), ("E_DATE_INVALID",))
    return Birth(f"{year:04d}-{month:02d}-{day:02d}", year, notes)


def parse_parts(day: Cell, month: Cell, year: Cell) -> Birth:
    """Read a date of birth kept in three columns; an empty day or month leaves a partial date."""
    texts = [_part(cell) for cell in (day, month, year)]
    if not any(texts):
        return MISSING
    if any(text and not text.isdigit() for text in texts):
        return Birth(None, None, (), ("E_CELL_ERROR" if any(map(is_error, (day, month, year))) else "E_DATE_INVALID",))
    if not texts[2] or len(texts[2]) not in (2, 4):
        return Birth(None, None, (), ("E_DATE_INVALID",))
    short = len(texts[2]) == 2
    number = 2000 + int(texts[2]) if short else int(texts[2])
    if texts[0] and texts[1]:
        return _full(int(texts[0]), int(texts[1]), number, ("N_DATE_TEXT", "N_DATE_YY") if short else ("N_DATE_TEXT",))
    if not 1900 <= number <= 2100 or texts[0]:
        return Birth(None, None, (), ("E_DATE_INVALID",))
    if texts[1]:
        valid = 1 <= int(texts[1]) <= 12
        iso = f"{number}-{int(texts[1]):02d}"
        return Birth(iso, number, (), ("W_BIRTH_YEAR_ONLY",)) if valid else Birth(None, number, (), ("E_DATE_INVALID",))
    return Birth(str(number), number, (), ("W_BIRTH_YEAR_ONLY",))


def _part(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return clean(str(cell)).strip("'") if cell is not None else ""


def parent_year(cell: Cell, *, is_text_file: bool = False) -> tuple[int | None, str | None]:
    """The birth year of a parent: four digits from 1930 to 2008, or out of a full date; else left out.

    Args:
        cell: text, number or date.
        is_text_file: in a CSV a year as text is the normal way.

    Returns:
        The year, and the code N_PARENT_FORMAT or W_PARENT_YEAR if there is something to say.
    """
    if cell is None or cell == "":
        return None, None
    if isinstance(cell, dt.date):
        return (cell.year, "N_PARENT_FORMAT") if 1930 <= cell.year <= 2008 else (None, "W_PARENT_YEAR")
    if isinstance(cell, (int, float)):
        return (int(cell), None) if cell == int(cell) and 1930 <= cell <= 2008 else (None, "W_PARENT_YEAR")
    text = clean(str(cell)).strip("'")
    if not text:
        return None, None
    if len(text) == 4 and text.isdigit():
        note = None if is_text_file else "N_PARENT_FORMAT"
        return (int(text), note) if 1930 <= int(text) <= 2008 else (None, "W_PARENT_YEAR")
    birth = _text(text)
    if (
        birth.iso
        and len(birth.iso) == 10
        and birth.year
        and 1930 <= birth.year <= 2008
        and "N_DATE_YY" not in birth.notes
    ):
        return birth.year, "N_PARENT_FORMAT"
    return None, "W_PARENT_YEAR"
