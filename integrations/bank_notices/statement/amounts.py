"""Credit and debit of a row, from two columns or from one with a sign or a direction."""

from __future__ import annotations

from collections.abc import Sequence

from core.sdk import fold
from core.sdk.statements import AmountUnreadable, Cell, read_amount

from .columns import Layout, Role

_NOTHING = frozenset({"-", "–", "--", "."})
_OUT = frozenset({"d", "dr", "debit", "no", "ghi no", "-", "chi", "out", "ra", "rut", "tien ra"})
_IN = frozenset({"c", "cr", "credit", "co", "ghi co", "+", "thu", "in", "vao", "nop", "tien vao"})
_NUMBERS = (Role.CREDIT, Role.DEBIT, Role.AMOUNT)

Pair = tuple[int | None, int | None]
"""Credit and debit in dong, not negative; None for the one that cannot be read."""


def has_amount(layout: Layout, cells: Sequence[Cell]) -> bool:
    """Whether anything stands in a column of amounts."""
    return any(not _blank(layout.cell(cells, role)) for role in _NUMBERS)


def read_balance(layout: Layout, cells: Sequence[Cell]) -> int | None:
    """The running balance; None where there is none or it cannot be read."""
    try:
        return _amount(layout.cell(cells, Role.BALANCE))
    except AmountUnreadable:
        return None


def read_pair(layout: Layout, cells: Sequence[Cell]) -> Pair:
    """Credit and debit of a row. No amount at all, or both at once, is unreadable on both sides."""
    if not has_amount(layout, cells):
        return None, None
    if {Role.CREDIT, Role.DEBIT} <= layout.place.keys() or Role.AMOUNT not in layout.place:
        return _two_columns(layout.cell(cells, Role.CREDIT), layout.cell(cells, Role.DEBIT))
    return _one_column(layout.cell(cells, Role.AMOUNT), layout.cell(cells, Role.DIRECTION))


def _two_columns(credit_cell: Cell, debit_cell: Cell) -> Pair:
    """Debits are shown as negative numbers by some banks; a negative credit takes money away."""
    try:
        credit = _amount(credit_cell) or 0
    except AmountUnreadable:
        return None, 0
    try:
        debit = abs(_amount(debit_cell) or 0)
    except AmountUnreadable:
        return 0, None
    if credit < 0:
        credit, debit = 0, debit - credit
    return (None, None) if credit and debit else (credit, debit)


def _one_column(cell: Cell, direction: Cell) -> Pair:
    word = fold(direction) if isinstance(direction, str) else ""
    try:
        amount = _amount(cell) or 0
    except AmountUnreadable:
        return (0, None) if word in _OUT else (None, 0)
    if word in _OUT:
        return 0, abs(amount)
    if word in _IN:
        return abs(amount), 0
    return (amount, 0) if amount >= 0 else (0, -amount)


def _amount(cell: Cell) -> int | None:
    return None if _blank(cell) else read_amount(cell)


def _blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and (not cell.strip() or cell.strip() in _NOTHING))
