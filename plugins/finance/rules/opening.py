"""Lists of balances from an older system: which column is what, and what each row says. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.sdk import fold
from core.sdk.imports import AmountUnreadable, Cell, Sheet, find_header, read_amount, text_of
from core.sdk.imports import Row as SheetRow

_WORDS: dict[str, tuple[str, ...]] = {
    "code": ("ma hoc sinh", "ma hs", "ma dinh danh", "ma", "code"),
    "name": ("ho va ten", "ho ten", "hoc sinh", "ten hoc sinh", "name"),
    "class": ("lop", "class"),
    "owed": ("con no", "no", "con thieu", "nop thieu", "no dau ky", "owed"),
    "over": ("nop thua", "thua", "con thua", "du dau ky", "over"),
    "balance": ("so du", "so du dau ky", "balance"),
}
_ENOUGH = frozenset({"owed", "over", "balance"})


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """A row as it was read. `amount` in dong: above zero is the family's money, below zero is owed."""

    number: int
    code: str
    name: str
    class_name: str
    amount: int
    fault: str = ""


def _field(texts: tuple[str, ...]) -> str | None:
    last = fold(texts[-1]).rstrip(" .:*()") if texts else ""
    for name, words in _WORDS.items():
        if last in words:
            return name
    return None


def _is_table(fields: frozenset[str]) -> bool:
    return bool(fields & _ENOUGH) and bool(fields & {"code", "name"})


def read_rows(sheet: Sheet) -> list[OpeningRow] | None:
    """The rows of a sheet; None when it holds no list of balances."""
    rows = list(sheet.rows())
    header = find_header(rows, sheet.merges, sheet.hidden_columns, _field, _is_table)
    if header is None:
        return None
    fields = header.fields()
    return list(_read(rows, fields, header.rows[-1]))


def _read(rows: Sequence[SheetRow], fields: dict[str, int], below: int) -> Iterator[OpeningRow]:
    for row in rows:
        if row.number <= below:
            continue
        cell = {name: row.cells[at] if at < len(row.cells) else None for name, at in fields.items()}
        code, name = text_of(cell.get("code")), text_of(cell.get("name"))
        if not code and not name:
            continue
        amount, fault = _amount(cell)
        if amount or fault:
            yield OpeningRow(row.number, code, name, text_of(cell.get("class")), amount, fault)


def _amount(cell: dict[str, Cell]) -> tuple[int, str]:
    """Balance, or what was paid too much less what is owed; a fault instead of a guess."""
    try:
        balance, over, owed = (read_amount(cell.get(name)) or 0 for name in ("balance", "over", "owed"))
    except AmountUnreadable:
        return 0, "amount"
    return balance + over - abs(owed), ""
