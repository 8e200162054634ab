"""One cell: what is stored, what people type, and what they see.

Stored text (history, snapshots): `8.5`, `v`, `v0`, `M`, `D`, `CD`, `T` ..., a comment; empty: not entered.
Shown and exchanged: the same with Đ and CĐ, and with a comma in Vietnamese.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from core.sdk import Message, _

from ..rules import marks

VALUE, PENDING, ZERO, EXEMPT = 1, 2, 3, 4
MOST_TEXT = 1000
_STATES = {PENDING: "v", ZERO: "v0", EXEMPT: "M"}
_WORDS = {"v": PENDING, "v0": ZERO, "0v": ZERO, "m": EXEMPT}
_NUMBER = re.compile(r"(\d{1,4})(?:[.,](\d{1,4}))?")
_PASSED = {"đ": "D", "d": "D", "đạt": "D", "cđ": "CD", "cd": "CD", "chưa đạt": "CD"}
_TRAINING = {"t": "T", "tốt": "T", "k": "K", "khá": "K", **_PASSED}
_LEVEL = {"t": "T", "h": "H", "c": "C"}
_QUALITY = {"t": "T", "đ": "D", "d": "D", "c": "C"}
CODES = {"passed": _PASSED, "training": _TRAINING, "level": _LEVEL, "quality": _QUALITY}
ALLOWED: dict[str, Message] = {
    "score": _("A mark from 0 to 10 with at most one decimal."),
    "whole": _("A whole mark from 0 to 10."),
    "whole_1": _("A whole mark from 1 to 10."),
    "passed": _("Đ or CĐ."),
    "training": _("T, K, Đ or CĐ."),
    "level": _("T, H or C."),
    "quality": _("T, Đ or C."),
    "text": _("At most 1,000 characters."),
}


ONE_OF = "one_of:"
"""Before the codes of a column whose levels are the rule set's own: `one_of:T,CG`."""


def allowed(accept: str) -> Message:
    """What the cells of a column take, in words."""
    if accept.startswith(ONE_OF):
        return _("One of: %(codes)s.", codes=accept.removeprefix(ONE_OF).replace(",", ", "))
    return ALLOWED[accept]


class Cell(NamedTuple):
    """A cell that holds something."""

    state: int
    tenths: int | None = None
    text: str | None = None


class Unreadable(Exception):
    """What was typed is no mark of this column."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.msgid)
        self.reason = reason


def stored(cell: Cell | None) -> str:
    """The one text of a cell."""
    if cell is None:
        return ""
    if cell.tenths is not None:
        whole, part = divmod(cell.tenths, 10)
        return f"{whole}.{part}" if part else str(whole)
    return cell.text if cell.text is not None else _STATES[cell.state]


def shown(text: str, accept: str, *, comma: bool = False) -> str:
    """The stored text as people write it."""
    if accept in ("passed", "training", "quality"):
        return {"D": "Đ", "CD": "CĐ"}.get(text, text)
    return text.replace(".", ",") if comma and accept in ("score", "whole", "whole_1") else text


def read(typed: str, accept: str) -> Cell | None:
    """What was typed as a cell; None for an empty one.

    Args:
        accept: what the column takes (`ALLOWED`, `ONE_OF`).

    Raises:
        Unreadable: it is no such thing; nothing is guessed or rounded.
    """
    text = " ".join(typed.split())
    if not text:
        return None
    if accept == "text":
        if len(text) > MOST_TEXT:
            raise Unreadable(ALLOWED[accept])
        return Cell(VALUE, text=text)
    small = text.casefold()
    if small in _WORDS:
        return Cell(_WORDS[small])
    if accept in CODES or accept.startswith(ONE_OF):
        code = _codes(accept).get(small)
        if code is None:
            raise Unreadable(allowed(accept))
        return Cell(VALUE, text=code)
    return Cell(VALUE, tenths=_tenths(text, accept))


def _codes(accept: str) -> dict[str, str]:
    return CODES.get(accept) or {code.casefold(): code for code in accept.removeprefix(ONE_OF).split(",")}


def _tenths(text: str, accept: str) -> int:
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise Unreadable(ALLOWED[accept])
    part = (found[2] or "").rstrip("0")
    if len(part) > (1 if accept == "score" else 0):
        raise Unreadable(ALLOWED[accept])
    tenths = int(found[1]) * 10 + int(part or 0)
    if tenths > 100 or (accept == "whole_1" and tenths < 10):
        raise Unreadable(ALLOWED[accept])
    return tenths


def parse_stored(text: str, accept: str) -> Cell | None:
    """The inverse of `stored`; also of what the rules took when it was entered, and take no longer."""
    if accept == "whole_1":
        return read(text, "whole")
    if accept == "text" or (accept.startswith(ONE_OF) and text.casefold() not in _WORDS):
        return Cell(VALUE, text=text) if text else None
    return read(text, accept)


def mark(cell: Cell | None) -> marks.Mark:
    """The cell as the rules know it."""
    if cell is None:
        return marks.MISSING
    if cell.state != VALUE:
        return {PENDING: marks.PENDING, ZERO: marks.ZERO, EXEMPT: marks.EXEMPT}[cell.state]
    if cell.tenths is not None:
        return marks.score(Decimal(cell.tenths) / 10)
    return marks.comment(cell.text == "D")
