"""The rows of one table of pupils: which are data, and what the others tell (headings, subtotals, signatures)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from core.sdk.imports import (
    Cell,
    Header,
    IgnoredRow,
    MergedCells,
    Row,
    Sheet,
    filled,
    first_text,
    is_column_numbers,
    is_header_again,
    is_signature,
    texts_at,
    total_kind,
)

from .classes import counted_class, heading_class, sheet_grade

_SPARSE = 4
_TELLING = ("ngaysinh", "ngay", "sodinhdanh", "mahocsinh", "dantoc", "cha_hovaten", "me_hovaten", "noio", "noio_xa")


class TableReader:
    """Sorts the rows of a sheet. `heading` is the class of the block that is being read."""

    def __init__(self, sheet: Sheet, header: Header, top: Sequence[Row]) -> None:
        self._sheet = sheet
        self._header = header
        self.fields = _complete(header)
        self.width = max(self.fields.values()) + 1
        self.field_count = len(header.columns)
        self.heading: str | None = None
        self.named_classes: set[str] = set()
        self.ignored: list[IgnoredRow] = []
        self._texts = header.texts()
        self._name = self.fields.get("hovaten", self.fields.get("ten", 0))
        self._telling = [self.fields[name] for name in _TELLING if name in self.fields]
        self._ended = False
        titles = [first_text(row.cells) for row in top if row.number < header.rows[0]]
        self.grade = sheet_grade(sheet.name) or next(filter(None, map(sheet_grade, reversed(titles))), None)
        if "lop" not in self.fields:
            named = [heading_class(text) for text in (sheet.name, *reversed(titles))]
            self.heading = next(filter(None, named), None)
            if self.heading:
                self.named_classes.add(self.heading)

    def titles(self) -> dict[str, str]:
        """Header text of each field, as the school wrote it."""
        by_column = {column.index: column.title for column in self._header.columns}
        return {name: by_column.get(column, "") for name, column in self.fields.items()}

    def unmapped(self) -> tuple[tuple[int, str], ...]:
        """Columns with a header that are not taken over."""
        used = set(self.fields.values())
        return tuple((c.index, c.title) for c in self._header.columns if c.index not in used and c.title)

    def data_rows(self, rows: Iterable[Row]) -> Iterator[tuple[Row, tuple[int, ...]]]:
        """Rows that are data, filled up from merged cells, with the columns that a merge has filled."""
        first, last = self._header.rows[0], self._header.rows[-1]
        merged = MergedCells(self._sheet.merges, last)
        keep_blank: list[IgnoredRow] = []
        for row in rows:
            if row.number <= last:
                self._above(row, first)
                continue
            cells = row.cells
            if len(cells) < self.width and self._sheet.name:
                cells.extend([""] * (self.width - len(cells)))
            touched = merged.fill(row.number, cells) if merged else ()
            kind = self._kind(cells)
            if kind is None:
                self.ignored.extend(keep_blank)
                keep_blank.clear()
                yield row, touched
            elif kind == "blank":
                if not self._ended:
                    keep_blank.append(IgnoredRow(self._sheet.name, row.number, row.line, kind))
            else:
                self.ignored.extend(keep_blank)
                keep_blank.clear()
                self.ignored.append(IgnoredRow(self._sheet.name, row.number, row.line, kind, first_text(cells)))

    def _above(self, row: Row, first: int) -> None:
        kind = "header" if row.number >= first else "title"
        if kind == "header" and self._sheet.name == "":
            return
        if filled(row.cells):
            self.ignored.append(IgnoredRow(self._sheet.name, row.number, row.line, kind, first_text(row.cells)))

    def _kind(self, cells: Sequence[Cell]) -> str | None:
        """None for a data row, else what the row is."""
        name = cells[self._name] if self._name < len(cells) else ""
        if isinstance(name, str) and name[:1].isalpha() and name.casefold() not in self._texts:
            known = 0
            for column in self._telling:
                if column < len(cells) and cells[column]:
                    known += 1
            if known > 2:
                return None
        return self._slow_kind(cells, filled(cells))

    def _slow_kind(self, cells: Sequence[Cell], positions: list[int]) -> str | None:
        running = self.fields.get("stt")
        if not positions or (running is not None and positions == [running] and _is_number(cells[running])):
            return "blank"
        texts = texts_at(cells, positions)
        if is_column_numbers(texts):
            return "column_numbers"
        if is_header_again(texts, self._texts):
            return "header_repeated"
        if len(positions) > _SPARSE + 2:
            return None
        total = total_kind(texts if running is None or positions[0] != running else texts[1:] or texts)
        if total and not self._has_person(cells):
            return self._total(total, texts)
        heading = heading_class(texts[0]) if len(positions) <= 3 and not self._has_person(cells) else None
        if heading:
            self.heading = heading
            self.named_classes.add(heading)
            self._ended = False
            return "class_heading"
        if is_signature(texts) and not self._has_person(cells):
            self._ended = True
            return "signature"
        if self._ended and len(positions) <= _SPARSE and not self._has_person(cells):
            return "signature"
        return None if self._is_data(positions, texts) else "remark"

    def _total(self, kind: str, texts: Sequence[str]) -> str:
        counted = next(filter(None, map(counted_class, texts)), None)
        if counted:
            self.named_classes.add(counted)
            if self.heading == counted:
                self.heading = None
            return "subtotal"
        self._ended = self._ended or kind == "total"
        return kind

    def _has_person(self, cells: Sequence[Cell]) -> bool:
        """Whether a sparse row has what only a pupil has: a date of birth, a personal ID or a code beside a name."""
        for field in ("ngaysinh", "sodinhdanh"):
            column = self.fields.get(field)
            if column is not None and column < len(cells) and _person_like(cells[column]):
                return True
        return False

    def _is_data(self, positions: Sequence[int], texts: Sequence[str]) -> bool:
        """One text outside the columns of names is a remark between the rows; anything else is shown to a person."""
        if len(positions) > 1:
            return True
        if len(texts[0].split()) > 7 or (positions[0] == self._name and any(char.isdigit() for char in texts[0])):
            return False
        named = {
            self.fields[name] for name in ("hovaten", "ten", "hodem", "sodinhdanh", "mahocsinh") if name in self.fields
        }
        return positions[0] in named


def _person_like(cell: Cell) -> bool:
    if isinstance(cell, str):
        return sum(char.isdigit() for char in cell) >= 6
    return not isinstance(cell, (int, float)) or cell > 9999


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, (int, float)) or (isinstance(cell, str) and cell.strip().rstrip(".").isdigit())


def _complete(header: Header) -> dict[str, int]:
    """The columns of the fields; a name or a birth date spread over two columns under one title is told apart."""
    fields = header.fields()
    visible = [column for column in header.columns if not column.hidden]
    names = [column.index for column in visible if column.field == "hovaten"]
    whole = fields.get("hovaten")
    if whole is not None and "ten" not in fields:
        following = next((column for column in visible if column.index == whole + 1), None)
        second = len(names) > 1 and names[1] == names[0] + 1
        if second or (following is not None and not following.texts):
            fields |= {"hodem": whole, "ten": whole + 1}
            del fields["hovaten"]
    elif whole is not None and "hodem" not in fields and "ten" in fields:
        fields["hodem"] = fields.pop("hovaten")
    if "hovaten" in fields:
        fields.pop("hodem", None)
        fields.pop("ten", None)
    if "ngay" in fields and "thang" in fields and "nam" in fields:
        fields.pop("ngaysinh", None)
    elif "thang" in fields and "nam" in fields and "ngaysinh" in fields:
        fields["ngay"] = fields.pop("ngaysinh")
    return fields
