"""Excel workbooks as tables: values by calamine, everything else by `packed`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from . import errors
from .cells import Cell
from .limits import DEFAULT, Limits
from .packed import SheetFacts, inspect
from .tables import Merge, Row, Sheet, Tables

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_LIMIT = 24 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """A sheet that calamine reads when its rows are asked for, and forgets afterwards."""

    book: CalamineWorkbook
    name: str
    visible: bool
    facts: SheetFacts
    merged: list[tuple[Merge, ...]] = field(default_factory=list)

    @property
    def hidden_columns(self) -> frozenset[int]:
        return self.facts.hidden_columns

    @property
    def merges(self) -> tuple[Merge, ...]:
        if not self.merged:
            ranges = self.book.get_sheet_by_name(self.name).merged_cell_ranges or []
            self.merged.append(tuple(Merge(a, b, c, d) for (a, b), (c, d) in ranges))
        return self.merged[0]

    def rows(self) -> Iterator[Row]:
        try:
            sheet = self.book.get_sheet_by_name(self.name)
        except CalamineError as error:
            raise errors.damaged() from error
        if sheet.start is None:
            return
        padding: list[Cell] = [""] * sheet.start[1]
        broken: dict[int, list[int]] = {}
        for row, column in self.facts.error_cells:
            broken.setdefault(row, []).append(column)
        for number, values in enumerate(sheet.iter_rows()):
            cells: list[Cell] = [*padding, *values] if padding else list(values)
            for column in broken.get(number, ()):
                if column < len(cells):
                    cells[column] = "#N/A"
            yield Row(number + 1, 0, cells)


def read_workbook(data: bytes, limits: Limits = DEFAULT) -> Tables:
    """Open an .xlsx (or old .xls) workbook.

    Raises:
        UnreadableFile: damaged, protected, or larger unpacked than `limits` allow.
    """
    if data.startswith(OLE_MAGIC) and len(data) > _OLE_LIMIT:
        raise errors.too_large(_OLE_LIMIT // (1024 * 1024))
    facts = inspect(data, limits) if data.startswith(ZIP_MAGIC) else {}
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise errors.locked() from error
    except (CalamineError, OSError, ValueError) as error:
        raise errors.damaged() from error
    sheets: list[Sheet] = [
        WorkbookSheet(book, meta.name, meta.visible == SheetVisibleEnum.Visible, facts.get(meta.name, SheetFacts()))
        for meta in book.sheets_metadata
        if meta.typ == SheetTypeEnum.WorkSheet
    ]
    return Tables("workbook", tuple(sheets))
