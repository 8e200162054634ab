"""One cell of a marks sheet: a mark, or why it is none. Nothing is guessed; what is rounded is said."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import NamedTuple

from core.sdk.imports import Cell, clean, is_date, is_error, text_of

from ..marks import EXEMPT, MISSING, PENDING, REFUSED, Mark, State, comment, half_up, score
from ..ruleset import Scale

_NUMBER = re.compile(r"[+\-−]?\d+(?:[.,]\d+)?", re.ASCII)
_ABSENT = {"v", "vắng"}
_EXEMPT = {"m", "miễn"}
_LETTERS = {"đ": (True, ""), "đạt": (True, ""), "cđ": (False, ""), "chưa đạt": (False, ""),
            "d": (True, "W_MARK_LETTER"), "cd": (False, "W_MARK_LETTER")}  # fmt: skip


class ReadMark(NamedTuple):
    """A mark with what was found: `code` warns (W_) or refuses the cell (E_); `raw` is the cell as typed."""

    mark: Mark
    code: str = ""
    raw: str = ""
    proposal: str = ""


BLANK = ReadMark(MISSING)


def read_mark(cell: Cell, *, scored: bool, scale: Scale) -> ReadMark:
    """Read a cell of a column of marks.

    Args:
        scored: a scored subject; else one assessed by comment, which takes Đ and CĐ.
        scale: the numbers that a mark may be.
    """
    if cell is None or cell == "":
        return BLANK
    if is_date(cell):
        return _date(cell)
    if is_error(cell):
        return ReadMark(REFUSED, "E_CELL_ERROR", text_of(cell))
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _number(Decimal(f"{cell:.10g}"), text_of(cell), scored, scale)
    return _text(clean(str(cell)), scored, scale)


def _text(text: str, scored: bool, scale: Scale) -> ReadMark:
    if not text:
        return BLANK
    plain = text.replace("Ð", "Đ").casefold().replace("ð", "đ")
    if plain in _ABSENT:
        return ReadMark(PENDING, raw=text)
    if plain in _EXEMPT:
        return ReadMark(EXEMPT, raw=text)
    if plain in _LETTERS:
        passed, code = _LETTERS[plain]
        return ReadMark(REFUSED, "E_MARK_KIND", text) if scored else ReadMark(comment(passed), code, text)
    if _NUMBER.fullmatch(text):
        return _number(Decimal(text.replace(",", ".").replace("−", "-")), text, scored, scale)
    return ReadMark(REFUSED, "E_MARK_UNREADABLE", text)


def _number(number: Decimal, raw: str, scored: bool, scale: Scale) -> ReadMark:
    if not scored:
        return ReadMark(REFUSED, "E_MARK_KIND", raw)
    if not scale.minimum <= number <= scale.maximum:
        return ReadMark(REFUSED, "E_MARK_RANGE", raw)
    rounded = half_up(number, scale.decimals)
    return ReadMark(score(rounded), "" if rounded == number else "W_MARK_ROUNDED", raw)


def _date(cell: Cell) -> ReadMark:
    """A spreadsheet took 8.5 for the eighth of May: said with a proposal, never turned back silently."""
    if not isinstance(cell, dt.date):
        return ReadMark(REFUSED, "E_CELL_DATE", str(cell))
    day = cell.date() if isinstance(cell, dt.datetime) else cell
    proposal = f"{day.day}.{day.month}" if day.day <= 10 and day.month < 10 else ""
    return ReadMark(REFUSED, "E_CELL_DATE", day.isoformat(), proposal)


def written(mark: Mark) -> str:
    """The mark as exchange files write it: `8.5`, `Đ`, `CĐ`, `v`, `M`, empty."""
    if mark.state is State.VALUE:
        return f"{mark.score:f}" if mark.score is not None else ("Đ" if mark.passed else "CĐ")
    return {State.PENDING: "v", State.EXEMPT: "M", State.ZERO: "0"}.get(mark.state, "")
