"""The personal ID (12 digits, Law on Identification), papers of foreigners, and the codes of schools."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.sdk.imports import Cell, clean, is_error

FORMER_PROVINCES = frozenset(
    [
        "001",
        "002",
        "004",
        "006",
        "008",
        "010",
        "011",
        "012",
        "014",
        "015",
        "017",
        "019",
        "020",
        "022",
        "024",
        "025",
        "026",
        "027",
        "030",
        "031",
        "033",
        "034",
        "035",
        "036",
        "037",
        "038",
        "040",
        "042",
        "044",
        "045",
        "046",
        "048",
        "049",
        "051",
        "052",
        "054",
        "056",
        "058",
        "060",
        "062",
        "064",
        "066",
        "067",
        "068",
        "070",
        "072",
        "074",
        "075",
        "077",
        "079",
        "080",
        "082",
        "083",
        "084",
        "086",
        "087",
        "089",
        "091",
        "092",
        "093",
        "094",
        "095",
        "096",
    ]
)
"""The 63 codes in front of a personal ID; they stay valid after the merger of 1 July 2025."""

_DROPPED = str.maketrans("", "", " .'’‘`ʼ")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
_PASSPORT = re.compile(r"[A-Z]\d{7,8}")
PASSPORT = 6
"""Code of the kind of paper in the national dictionary."""


class PersonalId(NamedTuple):
    """`number` or `passport`, and what there is to say about the cell."""

    number: str | None
    passport: str | None = None
    notes: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


MISSING = PersonalId(None, None, (), ("W_ID_MISSING",))


def parse_id(cell: Cell, sex: int, year: int | None) -> PersonalId:
    """Read the personal ID and compare it with what else is known.

    Args:
        cell: the cell as it was read.
        sex: 1 male, 2 female, 0 unknown (then the sex digit is not compared).
        year: year of birth, None if unknown (then the year digits are not compared).
    """
    if isinstance(cell, str) and len(cell) == 12 and cell.isascii() and cell.isdigit():
        return PersonalId(cell, None, (), _disagreements(cell, sex, year))
    if cell is None or cell == "":
        return MISSING
    return _untidy(cell, sex, year)


def _untidy(cell: Cell, sex: int, year: int | None) -> PersonalId:
    if isinstance(cell, bool) or is_error(cell):
        return MISSING
    notes: tuple[str, ...] = ()
    if isinstance(cell, (int, float)):
        digits = str(int(cell)) if cell == int(cell) and cell > 0 else str(cell)
    else:
        text = clean(str(cell))
        if not text:
            return MISSING
        if _SCIENTIFIC.fullmatch(text.translate(str.maketrans("", "", " '"))):
            return PersonalId(None, None, (), ("E_ID_SCIENTIFIC",))
        digits = text.translate(_DROPPED)
        notes = ("N_ID_FORMAT",) if digits != str(cell) else ()
    if not digits:
        return MISSING
    if _PASSPORT.fullmatch(digits):
        return PersonalId(None, digits, notes, ("W_FOREIGN_PAPER",))
    if not (digits.isascii() and digits.isdigit()):
        return PersonalId(None, None, notes, ("E_ID_CHARS",))
    if len(digits) == 12:
        return PersonalId(digits, None, notes, _disagreements(digits, sex, year))
    if len(digits) in (10, 11) and year is not None:
        full = digits.zfill(12)
        if not _disagreements(full, sex, year):
            return PersonalId(full, None, notes, ("W_ID_ZERO_RESTORED",))
    return PersonalId(None, None, notes, ("E_ID_LENGTH",))


def _disagreements(number: str, sex: int, year: int | None) -> tuple[str, ...]:
    """Province, sex digit and year digits that do not fit: warnings only, late registration explains many."""
    century = ord(number[3]) - 48
    sex_fits = not sex or century % 2 == sex - 1
    year_fits = year is None or (19 + century // 2) * 100 + int(number[4:6]) == year
    if sex_fits and year_fits and number[:3] in FORMER_PROVINCES:
        return ()
    codes: tuple[str, ...] = () if number[:3] in FORMER_PROVINCES else ("W_ID_PROVINCE",)
    codes += () if sex_fits else ("W_ID_SEX",)
    return codes + (() if year_fits else ("W_ID_YEAR",))


def parse_code(cell: Cell) -> tuple[str | None, str | None]:
    """The code of a pupil in the sector's database.

    Returns:
        The code or None, and N_CODE_NUMBER or W_CODE_MISSING if there is something to say.
    """
    if isinstance(cell, str):
        if cell.isalnum() and cell.isascii():
            return cell, None
        text = clean(cell)
        if is_error(cell) or _SCIENTIFIC.fullmatch(text):
            return None, "W_CODE_MISSING"
        text = text.translate(_DROPPED)
        if not text:
            return None, "W_CODE_MISSING"
        return text[:35], None
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == int(cell) and cell > 0:
        return str(int(cell)), "N_CODE_NUMBER"
    return None, "W_CODE_MISSING"


_CARD = re.compile(r"HS4\d{12}")


def parse_insurance(cell: Cell) -> tuple[str | None, str | None]:
    """The number of a pupil's health insurance card: `HS4` and 12 digits.

    Returns:
        The number or None, and N_BHYT_FORMAT or W_BHYT_FORMAT if there is something to say.
    """
    if cell is None or cell == "":
        return None, None
    raw = str(cell)
    if _CARD.fullmatch(raw):
        return raw, None
    text = clean(raw).replace(" ", "").upper()
    if not text:
        return None, None
    return (text, "N_BHYT_FORMAT") if _CARD.fullmatch(text) else (None, "W_BHYT_FORMAT")
