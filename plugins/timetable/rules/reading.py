"""Timetables in spreadsheets as schools draw them: where which class has what, cell by cell.

Two shapes are read, in any mixture of sheets: classes as columns, day and period in front (`Thứ | Tiết | 6A1 | 6A2`),
and a grid for each class with days as columns (`Tiết | Thứ 2 | Thứ 3`), its name above it or on the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from core.sdk import fold
from core.sdk.imports import Sheet, column_letter, text_of

_DAYS = {"hai": 1, "ba": 2, "tu": 3, "nam": 4, "sau": 5, "bay": 6, "chu nhat": 7, "cn": 7, "monday": 1, "tuesday": 2,
         "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 7}  # fmt: skip
_DAY = re.compile(r"(?:thu|t|ngay)?\.? ?([2-7]|hai|ba|tu|nam|sau|bay)\.?|(chu nhat|cn|[a-z]+day)")
_BARE_DAY = re.compile(r"[2-7]")
_PERIOD = re.compile(r"(?:tiet|t|period)?\.? ?(\d{1,2})\.?(?: ?\(.*\))?")
_SESSIONS = {"sang": "morning", "buoi sang": "morning", "morning": "morning", "s": "morning",
             "chieu": "afternoon", "buoi chieu": "afternoon", "afternoon": "afternoon", "c": "afternoon"}  # fmt: skip
_CLASS_BEFORE = re.compile(r"^(?:thoi khoa bieu|tkb)?[ :.-]*(?:lop|class)?[ :.-]*")
_TITLE_ROWS = 12


@dataclass(frozen=True, slots=True)
class CellRead:
    """A cell with a lesson. `session` is empty where the file does not say it."""

    sheet: str
    cell: str
    class_text: str
    weekday: int
    session: str
    number: int
    text: str


ClassOf = Callable[[str], bool]
Table = Mapping[tuple[int, int], str]


def weekday_of(text: str) -> int | None:
    """`Thứ 2`, `T.2`, `Thứ Hai`, `Hai`, `CN`, `Monday` as a day of the week, Monday is 1."""
    match = _DAY.fullmatch(fold(text))
    if match is None:
        return None
    word = match[1] or match[2]
    return int(word) - 1 if word.isdecimal() else _DAYS.get(word)


def class_text(text: str) -> str:
    """What a title says the class is: `THỜI KHÓA BIỂU LỚP 6A1` is 6a1."""
    found = _CLASS_BEFORE.sub("", fold(text))
    return found.split(" (", maxsplit=1)[0].strip()


def read_sheet(sheet: Sheet, is_class: ClassOf) -> list[CellRead]:
    """The lessons of a sheet, whichever its shape."""
    table, height, width = _table(sheet)
    found = list(_by_columns(sheet.name, table, height, width, is_class))
    return found or list(_by_grids(sheet.name, table, height, width, is_class))


def _table(sheet: Sheet) -> tuple[dict[tuple[int, int], str], int, int]:
    """Texts by row and column from nought; merged cells all have the text of their first."""
    table: dict[tuple[int, int], str] = {}
    height = width = 0
    for row in sheet.rows():
        for at, cell in enumerate(row.cells):
            raw = cell.strip() if isinstance(cell, str) else text_of(cell)
            if raw:
                table[row.number - 1, at] = raw
                height, width = max(height, row.number), max(width, at + 1)
    for merge in sheet.merges:
        text = table.get((merge.top, merge.left))
        if text:
            for row_at in range(merge.top, min(merge.bottom, merge.top + 200) + 1):
                for at in range(merge.left, min(merge.right, merge.left + 200) + 1):
                    table.setdefault((row_at, at), text)
                    width, height = max(width, at + 1), max(height, row_at + 1)
    return table, height, width


def _by_columns(name: str, table: Table, height: int, width: int, is_class: ClassOf) -> Iterator[CellRead]:
    head = next(
        (row for row in range(min(height, _TITLE_ROWS * 2)) if len(_classes(table, row, width, is_class)) >= 2), None
    )
    if head is None:
        return
    classes = _classes(table, head, width, is_class)
    front = range(min(classes))
    # A class that is unknown stands among the known ones: its lessons are read, and refused with a reason.
    last = max(classes)
    columns = {at: table[head, at] for at in range(min(classes), last + 1) if (head, at) in table}
    walk = _Walk(bare_days=True)
    for row in range(head + 1, height):
        if not walk.step([table.get((row, at), "") for at in front], [fold(table.get((head, at), "")) for at in front]):
            continue
        for at, title in columns.items():
            if text := table.get((row, at), ""):
                yield _read(name, row, at, title, walk, text)


def _classes(table: Table, row: int, width: int, is_class: ClassOf) -> dict[int, str]:
    return {at: text for at in range(width) if (text := table.get((row, at), "")) and is_class(class_text(text))}


class _Walk:
    """Day, session and period of the row that is read; day and session hold until the next one."""

    def __init__(self, *, bare_days: bool) -> None:
        self.day: int | None = None
        self.session, self.number = "", 0
        self._bare_days = bare_days

    def step(self, texts: list[str], heads: list[str]) -> bool:
        number: int | None = None
        day = self.day
        for at, text in enumerate(texts):
            words, head = fold(text), heads[at]
            if words in _SESSIONS:
                self.session = _SESSIONS[words]
            elif head.startswith("tiet") or (number is None and self._is_period(words, head)):
                match = _PERIOD.fullmatch(words)
                number = int(match[1]) if match else number
            elif (
                words and (found := weekday_of(text)) and (not _BARE_DAY.fullmatch(words) or not head.startswith("ti"))
            ):
                day = found
        if number is None:
            return False
        if day != self.day:
            self.day, self.number = day, 0
            if not any(fold(text) in _SESSIONS for text in texts):
                self.session = ""
        if self.number and number <= self.number and not any(fold(text) in _SESSIONS for text in texts):
            self.session = "afternoon" if self.session in ("", "morning") else self.session
        self.number = number
        return True

    @staticmethod
    def _is_period(words: str, head: str) -> bool:
        if head.startswith(("thu", "ngay", "buoi")):
            return False
        return bool(re.fullmatch(r"(?:tiet|period)\.? ?\d{1,2}.*|\d{1,2}", words))


def _by_grids(name: str, table: Table, height: int, width: int, is_class: ClassOf) -> Iterator[CellRead]:
    title = name if is_class(class_text(name)) else ""
    columns: dict[int, int] = {}
    walk = _Walk(bare_days=False)
    for row in range(height):
        days = {at: day for at in range(width) if (day := weekday_of(table.get((row, at), ""))) is not None}
        if len(days) >= 3 and len(set(days.values())) == len(days):
            columns, walk = days, _Walk(bare_days=False)
            continue
        here = next((text for at in range(width) if (text := _named(table.get((row, at), ""), is_class))), "")
        if here and (not columns or not walk.number or not _has_period(table, row, columns)):
            title = here
        if not columns:
            continue
        front = [table.get((row, at), "") for at in range(min(columns))]
        if walk.step(front, ["tiet" if _is_number(text) else "" for text in front]):
            for at, day in columns.items():
                if text := table.get((row, at), ""):
                    walk.day = day
                    yield _read(name, row, at, title or name, walk, text)
            walk.day = None


def _named(text: str, is_class: ClassOf) -> str:
    return text if text and is_class(class_text(text)) else ""


def _has_period(table: Table, row: int, columns: Mapping[int, int]) -> bool:
    return any(_is_number(table.get((row, at), "")) for at in range(min(columns)))


def _is_number(text: str) -> bool:
    return bool(_PERIOD.fullmatch(fold(text)))


def _read(sheet: str, row: int, at: int, title: str, walk: _Walk, text: str) -> CellRead:
    return CellRead(
        sheet, f"{column_letter(at)}{row + 1}", title, walk.day or 0, walk.session, walk.number, text
    )  # fmt: skip
