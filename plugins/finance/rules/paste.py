"""A price table pasted from a worksheet: one row a class, one column an item."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from core.sdk import Message, _, fold
from core.sdk.imports import AmountUnreadable, read_amount

Level = Literal["warn", "refuse"]

SMALLEST = 1000
_THOUSANDS = re.compile(r"(\d+(?:[.,]\d{1,2})?)\s*k", re.IGNORECASE)
_FREE = frozenset({"-", "–", "0", "mien", "khong"})
_DAYS = re.compile(r"^(so )?(ngay|bua|luong|so luong)\b")


@dataclass(frozen=True, slots=True)
class ColumnItem:
    """An item that a column can stand for."""

    code: str
    labels: tuple[str, ...]
    unit: str
    kind: str
    refused: Message | None = None
    """Why the round may not collect it; its amounts are then remarks, never prices."""


@dataclass(frozen=True, slots=True)
class PastedPrice:
    class_name: str
    item_code: str
    unit_price: int
    quantity: int | None


@dataclass(frozen=True, slots=True)
class PasteNote:
    """A remark on a cell; `row` and `column` count from 1 as in the pasted text."""

    row: int
    column: int
    level: Level
    code: str
    message: Message


Columns = dict[int, ColumnItem | Literal["class", "days"]]
"""What each column of the pasted table holds."""


@dataclass(slots=True)
class Pasted:
    """What was understood, what needs a look, what was refused."""

    prices: list[PastedPrice] = field(default_factory=list)
    notes: list[PasteNote] = field(default_factory=list)

    def note(self, place: tuple[int, int], level: Level, code: str, message: Message) -> None:
        self.notes.append(PasteNote(*place, level, code, message))


def read_price(text: str) -> tuple[int | None, str | None]:
    """An amount in dong and the code of a remark, or None.

    `35.000`, `35,000 đ`, `35 000` and `35000` are 35,000; `35k` is taken with a warning; a number below
    1,000 has lost its thousands and is refused; other text too. `-`, `0`, `Miễn` are 0; empty is none.
    """
    if fold(text) in _FREE:
        return 0, None
    short = _THOUSANDS.fullmatch(text.strip())
    if short:
        return int(float(short[1].replace(",", ".")) * 1000), "W_AMOUNT_K"
    try:
        amount = read_amount(text)
    except AmountUnreadable:
        return None, "E_AMOUNT_UNREADABLE"
    if amount is None or amount == 0:
        return amount, None
    if amount < 0:
        return None, "E_AMOUNT_UNREADABLE"
    return (None, "E_AMOUNT_TOO_SMALL") if amount < SMALLEST else (amount, None)


_REMARKS: dict[str, tuple[Level, Message]] = {
    "W_AMOUNT_K": ("warn", _("“%(text)s” was read as thousands.")),
    "E_AMOUNT_UNREADABLE": ("refuse", _("“%(text)s” is not an amount.")),
    "E_AMOUNT_TOO_SMALL": ("refuse", _("“%(text)s” is below 1,000 dong: the thousands seem to be lost.")),
}


_REFUSED: dict[str, tuple[Level, str]] = {
    "donation": ("warn", "W_DONATION_AMOUNT"),
    "tuition": ("refuse", "E_TUITION_PUBLIC"),
}


def parse(text: str, items: Iterable[ColumnItem], classes: Iterable[str]) -> Pasted:
    """Read a pasted table. The first row that names a class column and an item is the header.

    Args:
        text: rows by line, cells by tab (from a worksheet) or semicolon.
        items: the items of the round and of the school's list.
        classes: names of the classes that are there.
    """
    result = Pasted()
    by_class = {_class_key(name): name for name in classes}
    columns: Columns | None = None
    known = list(items)
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [c.replace("\u00a0", " ").strip() for c in re.split(r"\t|;", line)]
        if not any(cells):
            continue
        if columns is None:
            columns = _header(cells, known)
            continue
        _row(result, number, cells, columns, by_class)
    if columns is None:
        message = _("The first row must name the class and the items.")
        result.note((1, 1), "refuse", "E_HEADER_MISSING", message)
    return result


def _header(cells: list[str], items: list[ColumnItem]) -> Columns | None:
    columns: Columns = {}
    for index, cell in enumerate(cells):
        name = fold(cell)
        if name in ("lop", "class", "ten lop"):
            columns[index] = "class"
        elif _DAYS.match(name):
            columns[index] = "days"
        elif item := _item(name, items):
            columns[index] = item
    names_items = any(isinstance(c, ColumnItem) for c in columns.values())
    return columns if "class" in columns.values() and names_items else None


def _item(name: str, items: list[ColumnItem]) -> ColumnItem | None:
    """The item with this code or label; else the one whose label begins the header (`Tiền ăn/ngày`)."""
    if not name:
        return None
    folded = [(item, [fold(label) for label in (item.code, *item.labels)]) for item in items]
    for item, labels in folded:
        if name in labels:
            return item
    starts = [(len(label), i) for i, (_any, labels) in enumerate(folded) for label in labels if _begins(name, label)]
    return folded[max(starts)[1]][0] if starts else None


def _begins(name: str, label: str) -> bool:
    first, bare = (re.split(r"\s*/\s*", text)[0] for text in (name, label))
    return bool(bare) and (first == bare or bare.startswith(first + " ") or first.startswith(bare + " "))


def _row(
    result: Pasted,
    number: int,
    cells: list[str],
    columns: Columns,
    by_class: dict[str, str],
) -> None:
    at = next(i for i, c in columns.items() if c == "class")
    typed = cells[at] if at < len(cells) else ""
    class_name = by_class.get(_class_key(typed))
    if class_name is None:
        message = _("There is no class “%(name)s”.", name=typed)
        result.note((number, at + 1), "refuse", "E_CLASS_UNKNOWN", message)
        return
    days = _days(result, number, cells, columns)
    for index, item in columns.items():
        if not isinstance(item, ColumnItem) or index >= len(cells):
            continue
        amount, code = read_price(cells[index])
        if code is not None:
            level, remark = _REMARKS[code]
            result.note((number, index + 1), level, code, Message(remark.msgid, {"text": cells[index]}))
        if amount is None:
            continue
        if item.refused is not None:
            if amount > 0:
                level, code = _REFUSED.get(item.kind, ("refuse", "E_ITEM_REFUSED"))
                result.note((number, index + 1), level, code, item.refused)
            continue
        result.prices.append(PastedPrice(class_name, item.code, amount, days if item.unit == "day" else None))


def _days(result: Pasted, number: int, cells: list[str], columns: Columns) -> int | None:
    for index, column in columns.items():
        if column == "days" and index < len(cells) and cells[index]:
            found = re.fullmatch(r"(\d{1,3})(?:[.,]0+)?", cells[index])
            if found:
                return int(found[1])
            message = _("“%(text)s” is not a number of days.", text=cells[index])
            result.note((number, index + 1), "refuse", "E_QUANTITY", message)
    return None


def _class_key(name: str) -> str:
    return re.sub(r"^lop", "", fold(name).replace(" ", ""))
