"""Lists of absences at former schools: which column is what, and what each row says. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.sdk import fold
from core.sdk.imports import Cell, Sheet, find_header, text_of
from core.sdk.imports import Row as SheetRow

_WORDS: dict[str, tuple[str, ...]] = {
    "code": ("ma hoc sinh", "ma hs", "ma dinh danh", "ma", "code"),
    "name": ("ho va ten", "ho ten", "hoc sinh", "ten hoc sinh", "name"),
    "term": ("hoc ky", "hoc ki", "ky", "hk", "term"),
    "excused": ("co phep", "nghi co phep", "vang co phep", "so buoi nghi co phep", "with leave"),
    "unexcused": ("khong phep", "nghi khong phep", "vang khong phep", "so buoi nghi khong phep", "without leave"),
    "school": ("truong cu", "truong chuyen den", "ten truong cu", "truong", "former school"),
    "paper": ("giay to", "can cu", "giay xac nhan", "so giay to", "paper"),
}
_NEEDED = frozenset({"code", "term", "excused", "unexcused", "school", "paper"})
_TERMS = {"1": 1, "i": 1, "2": 2, "ii": 2, "3": 3, "iii": 3, "4": 4, "iv": 4}


@dataclass(frozen=True, slots=True)
class FormerRow:
    """A row as it was read; -1 where a number cannot be read, term 0 where it is none."""

    number: int
    code: str
    name: str
    term: int
    excused: int
    unexcused: int
    school: str
    paper: str


def _field(texts: tuple[str, ...]) -> str | None:
    last = fold(texts[-1]).rstrip(" .:*()") if texts else ""
    return next((name for name, words in _WORDS.items() if last in words), None)


def read_former(sheet: Sheet) -> list[FormerRow] | None:
    """The rows of a sheet; None when it holds no such list."""
    rows = list(sheet.rows())
    header = find_header(rows, sheet.merges, sheet.hidden_columns, _field, _NEEDED.issubset)
    return list(_read(rows, header.fields(), header.rows[-1])) if header is not None else None


def _read(rows: Sequence[SheetRow], fields: dict[str, int], below: int) -> Iterator[FormerRow]:
    for row in rows:
        if row.number <= below:
            continue
        cell: dict[str, str] = {
            name: text_of(row.cells[at]) if at < len(row.cells) else "" for name, at in fields.items()
        }
        if not cell["code"] and not cell.get("name"):
            continue
        term = fold(cell["term"]).removeprefix("hoc ky ").removeprefix("hk").strip()
        yield FormerRow(
            row.number, cell["code"], cell.get("name", ""), _TERMS.get(term, 0), _number(cell["excused"]),
            _number(cell["unexcused"]), cell["school"], cell["paper"],
        )  # fmt: skip


def _number(text: Cell) -> int:
    """A whole number; an empty field is 0, since such lists leave it out. -1 for anything else."""
    digits = str(text or "0").removesuffix(".0")
    return int(digits) if digits.isdecimal() and len(digits) < 4 else -1
