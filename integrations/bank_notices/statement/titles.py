"""What a statement says of itself outside its lines: account, opening and closing balance, totals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from core.sdk import fold
from core.sdk.statements import AmountUnreadable, Cell, Declared, read_amount, text_of

from .amounts import read_balance
from .columns import Layout, Role

_OPENING = re.compile(r"so du dau|dau ky|opening balance|brought forward|so du ky truoc|so du truoc ky")
_CLOSING = re.compile(r"so du cuoi|cuoi ky|closing balance|carried forward|so du hien tai")
_TOTAL = re.compile(
    r"^(tong\b(?! cong ty)|cong( phat sinh| cong|:|$)|total|sub ?total|so phat sinh|doanh so|"
    r"phat sinh trong|luy ke|so du)"
)
_LABEL = re.compile(
    r"^(tong (cong|so|phat sinh|ghi|tien|no|co)|tong:?$|cong phat sinh|so du (dau|cuoi|ky|truoc|hien)|total|"
    r"(opening|closing) balance)"
)
_ACCOUNT = re.compile(
    r"(?:so (?:tai khoan|tk)|tai khoan so|account (?:no|number))[^\d]{0,24}(\d[\d .-]{5,30}\d)"
)
_AMOUNT_AT_END = re.compile(r"[-(]?\d[\d., ]*\)?\s*(?:vnd|đ|đồng|dong)?$", re.IGNORECASE)


def is_total(cells: Sequence[Cell]) -> bool:
    """Whether a row without date and number is a total, by a label in any of its texts."""
    return any(
        _TOTAL.search(text) or _OPENING.search(text) or _CLOSING.search(text) for text in _folded(cells)
    )


def is_label(text: str) -> bool:
    """Whether a text alone is the label of a total, and not the continuation of the text above it."""
    return bool(_LABEL.search(fold(text)))


def read_account(cells: Sequence[Cell]) -> str:
    """The digits of the account number, or nothing."""
    found = _ACCOUNT.search(" ".join(_folded(cells)))
    return re.sub(r"\D", "", found[1]) if found else ""


def read_declared(declared: Declared, cells: Sequence[Cell], layout: Layout | None) -> Declared:
    """What this row adds to the declared balances and totals."""
    text = " ".join(_folded(cells))
    if _OPENING.search(text):
        return replace(declared, opening=_one_amount(cells, layout)) if declared.opening is None else declared
    if _CLOSING.search(text):
        return replace(declared, closing=_one_amount(cells, layout))
    if layout is None or not _TOTAL.search(text):
        return declared
    debit = _number(layout.cell(cells, Role.DEBIT))
    credit = _number(layout.cell(cells, Role.CREDIT))
    return replace(
        declared,
        debit=abs(debit) if debit is not None else declared.debit,
        credit=credit if credit is not None else declared.credit,
    )


def _one_amount(cells: Sequence[Cell], layout: Layout | None) -> int | None:
    """The amount beside a label: in the column of balances, in another cell, or behind the label in its
    cell.
    """
    if layout and (balance := read_balance(layout, cells)) is not None:
        return balance
    amounts = [amount for cell in reversed(cells) if (amount := _number(cell)) is not None]
    if amounts:
        return amounts[0]
    for cell in cells:
        _, colon, rest = text_of(cell).partition(":")
        if colon and (found := _AMOUNT_AT_END.search(rest.strip())):
            return _number(found[0])
    return None


def _number(cell: Cell) -> int | None:
    try:
        return read_amount(cell)
    except AmountUnreadable:
        return None


def _folded(cells: Sequence[Cell]) -> list[str]:
    return [fold(cell) for cell in cells if isinstance(cell, str) and cell.strip()]
