"""What a statement says of itself outside its lines: account, opening and closing balance, totals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from core.sdk import fold
from core.sdk.statements import AmountUnreadable, Cell, Declared, read_amount

from .columns import Layout, Role

_OPENING = re.compile(r"so du dau|dau ky|opening balance|brought forward|so du ky truoc|so du truoc ky")
_CLOSING = re.compile(r"so du cuoi|cuoi ky|closing balance|carried forward|so du hien tai")
_TOTAL = re.compile(
    r"^(tong\b(?! cong ty)|cong( phat sinh| cong| trang| ngay| thang| so|:|$)|total|sub ?total|"
    r"so phat sinh|doanh so|phat sinh trong|luy ke|so du)"
)
_LABEL = re.compile(
    r"^(tong (cong|so|phat sinh|ghi|tien|no|co)|tong:?$|cong phat sinh|so du (dau|cuoi|ky|truoc|hien)|total|"
    r"(opening|closing) balance)"
)
_ACCOUNT = re.compile(r"(?:so (?:tai khoan|tk)|tai khoan so|account (?:no|number))[^\d]{0,24}(\d[\d .-]{5,30}\d)")
_DATE = re.compile(r"\d{1,4}[/-]\d{1,2}[/-]\d{1,4}")
_AMOUNT = re.compile(r"[^\d]{0,40}?(-?\d[\d.,]*)")


def is_total(cells: Sequence[Cell]) -> bool:
    """Whether a row without date and number is a total, by a label in any of its texts."""
    return any(_TOTAL.search(text) or _OPENING.search(text) or _CLOSING.search(text) for text in _folded(cells))


def is_label(text: str) -> bool:
    """Whether a text alone is the label of a total, and not the continuation of the text above it."""
    return bool(_LABEL.search(fold(text)))


def read_account(cells: Sequence[Cell]) -> str:
    """The digits of the account number, or nothing."""
    found = _ACCOUNT.search(" ".join(_folded(cells)))
    return re.sub(r"\D", "", found[1]) if found else ""


def read_declared(declared: Declared, cells: Sequence[Cell], layout: Layout | None) -> Declared:
    """What this row adds to what the statement declares: the first opening counts, the last of the rest."""
    opening, closing = _beside(_OPENING, cells), _beside(_CLOSING, cells)
    if opening is not None and declared.opening is None:
        declared = replace(declared, opening=opening)
    if closing is not None:
        declared = replace(declared, closing=closing)
    if layout is None or not any(_TOTAL.search(text) for text in _folded(cells)):
        return declared
    if any(_OPENING.search(text) or _CLOSING.search(text) for text in _folded(cells)):
        return declared
    debit = _number(layout.cell(cells, Role.DEBIT))
    credit = _number(layout.cell(cells, Role.CREDIT))
    return replace(
        declared,
        debit=abs(debit) if debit is not None else declared.debit,
        credit=credit if credit is not None else declared.credit,
    )


def _beside(label: re.Pattern[str], cells: Sequence[Cell]) -> int | None:
    """The amount of a label: behind it in its cell, else in another cell, those to the right first."""
    for place, cell in enumerate(cells):
        text = _DATE.sub(" ", fold(cell)) if isinstance(cell, str) else ""
        if not (found := label.search(text)):
            continue
        if (inside := _AMOUNT.match(text, found.end())) and (amount := _number(inside[1])) is not None:
            return amount
        others = (*cells[place + 1 :], *cells[:place])
        return next((amount for other in others if (amount := _number(other)) is not None), None)
    return None


def _number(cell: Cell) -> int | None:
    try:
        return read_amount(cell)
    except AmountUnreadable:
        return None


def _folded(cells: Sequence[Cell]) -> list[str]:
    return [fold(cell) for cell in cells if isinstance(cell, str) and cell.strip()]
