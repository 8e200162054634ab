"""Day files of payment services: what they took for the school, their fee, and what they pay out (payments.md, 13).

Every service names its columns in its own way, so they are found by the words of the header, or as a person has said
once and the school has kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.data.fold import fold
from core.data.imports.amounts import AmountUnreadable, read_amount
from core.data.imports.cells import Cell, text_of
from core.data.imports.reading import read_tables
from core.data.types import LOCAL_TZ
from core.types.errors import Invalid
from core.types.message import Message, _

COLUMNS: Final[dict[str, Message]] = {
    "transaction": _("Number of the transaction"),
    "order": _("Our reference"),
    "kind": _("Payment or refund"),
    "amount": _("Amount before the fee"),
    "fee": _("Fee of the service"),
    "net": _("Paid out"),
    "time": _("Day and time"),
}
"""What a person may name when the words of a header are not understood."""
ROLES: Final = tuple(COLUMNS)
NEEDED: Final = ("transaction", "amount", "time")
_WORDS: Final[dict[str, str]] = {
    "net": r"\bnet\b|thuc (nhan|tra)|con lai|tien (thanh toan|nhan) ve|payout",
    "fee": r"\bfee\b|\bphi\b",
    "kind": r"^(kind|type|loai)\b|loai giao dich|transaction type",
    "order": r"order|don hang|tham chieu|txn ?ref|app_?trans|merchant ref",
    "transaction": r"^transaction$|trans(action)?_? ?(id|no|number)|zp_?trans|(ma|so) (giao dich|gd)",
    "time": r"time|date|thoi gian|^ngay",
    "amount": r"amount|so tien|gross|gia tri",
}
_REFUND: Final = re.compile(r"refund|hoan")
_DAY_FIRST: Final = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$")
_LOOK: Final = 30
"""Rows in which the header must stand."""


@dataclass(frozen=True, slots=True)
class SettledLine:
    """One movement as the service tells it. Whole dong; a refund is negative."""

    row: int
    number: str
    reference: str
    refund: bool
    occurred_at: datetime
    amount: int
    fee: int


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be taken, and why."""

    row: int
    cells: tuple[str, ...]
    why: Message


@dataclass(frozen=True, slots=True)
class SettledFile:
    """A day file as read. `columns`: role to the header's own words."""

    lines: tuple[SettledLine, ...]
    faults: tuple[Fault, ...]
    columns: Mapping[str, str]
    header: tuple[str, ...]


def read_settlement(data: bytes, columns: Mapping[str, str] | None = None) -> SettledFile:
    """The lines of a day file, Excel or CSV.

    Args:
        columns: role to header, as a person has mapped them; roles that are missing there are found by words.

    Raises:
        Invalid: no row names the transaction, the amount and the time.
        UnreadableFile: no workbook and no CSV.
    """
    for sheet in read_tables(data).sheets:
        if not sheet.visible:
            continue
        rows = sheet.rows()
        for number, row in enumerate(rows):
            header = [text_of(cell) for cell in row.cells]
            if (places := _places(header, columns or {})) is not None:
                names = {role: header[place] for role, place in places.items()}
                return _read(((r.number, r.cells) for r in rows), places, names, tuple(header))
            if number >= _LOOK:
                break
    raise Invalid(
        _("No table with transaction number, amount and time was found. Is this a file of a payment service?")
    )


def _places(header: Sequence[str], columns: Mapping[str, str]) -> dict[str, int] | None:
    folded = [fold(text) for text in header]
    places = {role: folded.index(fold(name)) for role, name in columns.items() if fold(name) in folded}
    for role, words in _WORDS.items():
        if role not in places:
            free = (i for i, text in enumerate(folded) if i not in places.values() and re.search(words, text))
            if (found := next(free, None)) is not None:
                places[role] = found
    return places if all(role in places for role in NEEDED) else None


def _read(
    rows: Iterator[tuple[int, Sequence[Cell]]],
    places: Mapping[str, int],
    names: Mapping[str, str],
    header: tuple[str, ...],
) -> SettledFile:
    lines: list[SettledLine] = []
    faults: list[Fault] = []
    seen: set[tuple[bool, str]] = set()
    for number, cells in rows:
        cell = {role: cells[place] if place < len(cells) else None for role, place in places.items()}
        if not text_of(cell["transaction"]) and _moment(cell["time"]) is None:
            continue  # blank rows, totals, signatures
        made = _line(number, cell)
        if isinstance(made, SettledLine) and (made.refund, made.number) in seen:
            made = _("This transaction stands in the file twice.")
        if isinstance(made, Message):
            faults.append(Fault(number, tuple(text_of(one) for one in cells), made))
        else:
            seen.add((made.refund, made.number))
            lines.append(made)
    return SettledFile(tuple(lines), tuple(faults), dict(names), header)


def _line(row: int, cell: Mapping[str, Cell]) -> SettledLine | Message:
    number = text_of(cell["transaction"])
    moment = _moment(cell["time"])
    try:
        amount = read_amount(cell["amount"])
        fee = read_amount(cell["fee"]) if text_of(cell.get("fee")) else 0
        net = read_amount(cell["net"]) if text_of(cell.get("net")) else None
    except AmountUnreadable:
        return _("An amount cannot be read.")
    if not number:
        return _("The number of the transaction is missing.")
    if moment is None:
        return _("The time cannot be read.")
    if not amount:
        return _("The amount is missing.")
    refund = amount < 0 or bool(_REFUND.search(fold(text_of(cell.get("kind")))))
    amount = -abs(amount) if refund else amount
    if net is not None and net != amount - (fee or 0):
        return _("Amount less fee is not what is paid out.")
    return SettledLine(row, number, text_of(cell.get("order")), refund, moment, amount, fee or 0)


def _moment(cell: Cell) -> datetime | None:
    """A time of Viet Nam, as a date of the workbook or as text, year or day first; never exchanged."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=LOCAL_TZ)
    text = text_of(cell)
    try:
        if found := _DAY_FIRST.match(text):
            day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=LOCAL_TZ)
        made = datetime.fromisoformat(text)
    except ValueError:
        return None
    return made if made.tzinfo else made.replace(tzinfo=LOCAL_TZ)
