"""The columns of a statement by the words of its header, Vietnamese, English or both; one or two rows."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from core.sdk import fold
from core.sdk.statements import Cell, text_of
from core.sdk.text import Message, _


class Role(enum.StrEnum):
    """What a column holds."""

    RUNNING = "running"  # 1, 2, 3 ...: not used
    DATE = "date"
    CLOCK = "clock"
    VALUE_DATE = "value_date"
    NUMBER = "number"
    TEXT = "text"
    NOTE = "note"  # second choice for the text
    DEBIT = "debit"
    CREDIT = "credit"
    AMOUNT = "amount"  # one column for both, with a sign or a column of directions
    DIRECTION = "direction"
    BALANCE = "balance"
    PAYER = "payer"
    PAYER_ACCOUNT = "payer_account"


# Words of folded headers; the first role of which a pattern fits decides, so the order counts.
_PATTERNS: dict[Role, tuple[str, ...]] = {
    Role.RUNNING: (r"^stt\b", r"^(tt|so tt|so thu tu|no\.|#)$", r"^seq"),
    Role.VALUE_DATE: ("hieu luc", "value date", "ngay gia tri"),
    Role.CLOCK: (r"^gio\b", r"^time$"),
    Role.DATE: (r"^ngay\b", "^thoi gian", "^thoi diem", r"\bdate\b", "date/time"),
    Role.BALANCE: ("so du", "balance", "luy ke"),
    Role.DIRECTION: (
        r"^no ?[/-] ?co\b",
        r"^co ?[/-] ?no\b",
        r"^(d/c|dr/cr|c/d|\+ ?/ ?-)$",
        r"^(loai|chieu|dau)( gd| giao dich)?$",
        r"^(transaction )?type$",
        r"^thu ?/ ?chi\b",
    ),
    Role.PAYER_ACCOUNT: (
        r"^(so|stk|ma)\b.*(doi ung|doi tac|nguoi)",
        r"^(tai khoan|tk) doi ung",
        "counter ?account",
    ),
    Role.PAYER: (
        r"^ten\b",
        r"nguoi (chuyen|nop|gui|thuc hien)",
        "doi ung|doi tac|don vi chuyen",
        "remitter|payer|counter ?party",
    ),
    Role.DEBIT: (
        r"\b(ghi|phat sinh|ps|tien) no\b",
        "debit|withdraw|paid out",
        "tien ra|rut ra|chi ra",
        "^no$|^no ?/|^(so tien )?chi$",
    ),
    Role.CREDIT: (
        r"\b(ghi|phat sinh|ps|tien) co\b",
        "credit|deposit|paid in",
        "tien vao|gui vao|nop vao|thu vao",
        "^co$|^co ?/|^(so tien )?thu$",
    ),
    Role.NUMBER: (
        r"\b(so|ma) (chung tu|ct|but toan|tham chieu|giao dich|gd|ref)\b",
        r"\bref",
        r"\btrans\w*\.? ?(no|id|num|code)",
        r"^txn|\bdoc\w*\.? no",
    ),
    Role.TEXT: ("noi dung|dien giai|mo ta|chi tiet", "descri|detail|narrative|particular"),
    Role.NOTE: ("ghi chu|remark|memo|note",),
    Role.AMOUNT: ("so tien|gia tri|phat sinh|amount",),
}
COLUMNS: dict[str, Message] = {
    Role.DATE.value: _("Day of the movement"),
    Role.NUMBER.value: _("Number of the movement"),
    Role.TEXT.value: _("Text of the bank"),
    Role.CREDIT.value: _("Money in"),
    Role.DEBIT.value: _("Money out"),
    Role.AMOUNT.value: _("Amount, in and out in one column"),
    Role.DIRECTION.value: _("In or out"),
    Role.BALANCE.value: _("Running balance"),
    Role.PAYER.value: _("Name of the payer"),
}
"""What a person may name when the words of a header are not understood."""
Mapped = Mapping[str, Role]
"""Folded words of a header that a person has named, and what stands below them."""
_WORDS = {role: re.compile("|".join(patterns)) for role, patterns in _PATTERNS.items()}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each role stands; `rows` is how many rows the header takes."""

    place: dict[Role, int]
    labels: dict[Role, str]
    rows: int = 1

    def cell(self, cells: Sequence[Cell], role: Role) -> Cell:
        index = self.place.get(role)
        return cells[index] if index is not None and index < len(cells) else None


def named(columns: Mapping[str, str]) -> Mapped:
    """A person's map, role to header, as the search for layouts takes it."""
    return {fold(header): Role(role) for role, header in columns.items() if role in COLUMNS and fold(header)}


def find_layout(
    row: Sequence[Cell], below: Sequence[Cell], hidden: frozenset[int], mapped: Mapped = MappingProxyType({})
) -> Layout | None:
    """The layout if this row is a header, alone or together with the row below it (merged groups)."""
    if sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) < 2:
        return None
    single = _layout(_texts(row), hidden, 1, mapped)
    if single and {Role.DEBIT, Role.CREDIT} <= single.place.keys():
        return single
    if any(isinstance(cell, int | float) for cell in below) or _layout(_texts(below), hidden, 1, mapped):
        return single  # the row below is a line, or a header by itself
    double = _layout(_joined(row, below), hidden, 2, mapped)
    if double and (single is None or {Role.DEBIT, Role.CREDIT} <= double.place.keys()):
        return double
    return single


def _layout(labels: Sequence[str], hidden: frozenset[int], rows: int, mapped: Mapped) -> Layout | None:
    place = {role: index for index, label in enumerate(labels) if (role := mapped.get(fold(label)))}
    free = set(range(len(labels))) - set(place.values())
    visible = [index for index in range(len(labels)) if index not in hidden]
    for index in (*visible, *sorted(hidden)):  # a visible column counts before a hidden one
        if index in free and (role := _role(labels[index])):
            place.setdefault(role, index)
    if Role.TEXT not in place and Role.NOTE in place:
        place[Role.TEXT] = place[Role.NOTE]
    if Role.DATE not in place and Role.VALUE_DATE in place:
        place[Role.DATE] = place[Role.VALUE_DATE]
    if not ({Role.DATE, Role.TEXT} <= place.keys() and place.keys() & {Role.CREDIT, Role.AMOUNT}):
        return None
    return Layout(place, {role: labels[index] for role, index in place.items()}, rows)


def _role(label: str) -> Role | None:
    folded = fold(label)
    if not folded or len(folded) > 80:
        return None
    return next((role for role, words in _WORDS.items() if words.search(folded)), None)


def _texts(row: Sequence[Cell]) -> list[str]:
    return [text_of(cell) for cell in row]


def _joined(row: Sequence[Cell], below: Sequence[Cell]) -> list[str]:
    """Labels of a header of two rows: a group stands over the columns to its right that have no label above."""
    labels: list[str] = []
    group = ""
    for index in range(max(len(row), len(below))):
        upper = text_of(row[index]) if index < len(row) else ""
        lower = text_of(below[index]) if index < len(below) else ""
        group = upper or (group if lower else "")
        own = _role(lower)
        labels.append(lower if own else f"{group} {lower}".strip())
    return labels
