"""A statement file as typed lines: which rows are lines, which continue a line, which are something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from core.sdk.statements import (
    Cell,
    Declared,
    IgnoredKind,
    IgnoredRow,
    Line,
    Origin,
    Row,
    Sheet,
    Statement,
    UnreadableFile,
    clean,
    read_tables,
    text_of,
)
from core.sdk.text import _

from .amounts import has_amount, read_balance, read_pair
from .columns import Layout, Mapped, Role, find_layout, named
from .moments import read_moment
from .titles import is_label, is_total, read_account, read_declared


def read_statement(data: bytes, columns: Mapping[str, str] = MappingProxyType({})) -> Statement:
    """Read a bank statement, Excel workbook or CSV.

    Nothing is judged here: duplicates stay in, an amount that cannot be read is None, gaps are left as they are.

    Args:
        columns: role to header, as a person has named them; what is missing there is found by the words of the header.

    Raises:
        UnreadableFile: no workbook and no CSV, or no header with date, text and amounts anywhere in it.
    """
    statement = Statement(())
    sheets = [sheet for sheet in read_tables(data).sheets if sheet.visible]
    found = False
    for sheet in sheets:
        reading = _SheetReading(sheet, named(columns))
        if reading.run():
            found = True
            statement = reading.add_to(statement)
    if not found:
        raise UnreadableFile(
            _("No table with date, description and amounts was found. Is this a bank statement?"),
            code="no_header",
        )
    return statement


@dataclass(slots=True)
class _SheetReading:
    """The state while the rows of one sheet go by."""

    sheet: Sheet
    mapped: Mapped
    layout: Layout | None = None
    lines: list[Line] = field(default_factory=list)
    ignored: list[IgnoredRow] = field(default_factory=list)
    declared: Declared = field(default_factory=Declared)
    account: str = ""
    open_line: bool = False
    """Whether the row above belongs to a line, so that a text may continue it."""

    def run(self) -> bool:
        """Read all rows; whether the sheet has a table of movements."""
        rows = list(self.sheet.rows())
        skip = 0
        for place, row in enumerate(rows):
            if skip:
                skip -= 1
                continue
            below = rows[place + 1].cells if place + 1 < len(rows) else []
            skip = self._take(row, below)
        return self.layout is not None

    def add_to(self, statement: Statement) -> Statement:
        layout = self.layout
        columns = {role.value: label for role, label in layout.labels.items()} if layout else {}
        before, mine = statement.declared, self.declared
        declared = Declared(
            opening=before.opening if before.opening is not None else mine.opening,
            debit=_plus(before.debit, mine.debit),
            credit=_plus(before.credit, mine.credit),
            closing=mine.closing if mine.closing is not None else before.closing,
        )
        return Statement(
            lines=(*statement.lines, *(replace(line, text=clean(line.text)) for line in self.lines)),
            declared=declared,
            ignored=(*statement.ignored, *self.ignored),
            account=statement.account or self.account,
            columns={**statement.columns, self.sheet.name: columns},
        )

    def _take(self, row: Row, below: Sequence[Cell]) -> int:
        """Take one row; how many rows below it are taken with it."""
        cells = row.cells
        if all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells):
            self.open_line = False
            return 0
        origin = Origin(self.sheet.name, row.number)
        if self.layout and self._take_line(self.layout, cells, origin):
            return 0
        if layout := find_layout(cells, below, self.sheet.hidden_columns, self.mapped):
            return self._take_header(layout, origin)
        if self.layout is None:
            self.account = self.account or read_account(cells)
            self.declared = read_declared(self.declared, cells, None)
        else:
            self._take_other(self.layout, cells, origin)
        return 0

    def _take_header(self, layout: Layout, origin: Origin) -> int:
        """A header may come again, even with other columns where two exports were pasted together."""
        if self.layout:
            for number in range(origin.row, origin.row + layout.rows):
                self.ignored.append(IgnoredRow(Origin(origin.sheet, number), IgnoredKind.HEADER))
        self.layout = layout
        self.open_line = False
        return layout.rows - 1

    def _take_line(self, layout: Layout, cells: Sequence[Cell], origin: Origin) -> bool:
        """A row with a date, or with a number and an amount, is a line."""
        moment = read_moment(layout.cell(cells, Role.DATE), layout.cell(cells, Role.CLOCK))
        number = text_of(layout.cell(cells, Role.NUMBER))
        number = "" if number in {"-", "–", "0"} else number
        amount = has_amount(layout, cells)
        text = _raw(layout.cell(cells, Role.TEXT))
        if moment is None:
            moment = read_moment(layout.cell(cells, Role.VALUE_DATE))
        if moment is None and amount:
            moment = self._merged_date(layout, origin)
        if not (amount or number) or (not number and is_label(text)):
            return False
        if moment is None and (not number or not amount or _column_numbers(cells) or is_total(cells)):
            return False
        credit, debit = read_pair(layout, cells)
        self.lines.append(
            Line(
                origin,
                moment,
                number,
                text,
                credit,
                debit,
                read_balance(layout, cells),
                text_of(layout.cell(cells, Role.PAYER)),
            )
        )
        self.open_line = True
        return True

    def _merged_date(self, layout: Layout, origin: Origin) -> datetime | None:
        """The date of a merged cell that spans this row; amounts of one day may share it."""
        column, row = layout.place[Role.DATE], origin.row - 1
        for merge in self.sheet.merges:
            if merge.left <= column <= merge.right and merge.top < row <= merge.bottom:
                above = [line for line in self.lines if line.origin.row == merge.top + 1]
                return above[0].booked_at if above else None
        return None

    def _take_other(self, layout: Layout, cells: Sequence[Cell], origin: Origin) -> None:
        text = _raw(layout.cell(cells, Role.TEXT))
        alone = bool(text.strip()) and sum(bool(text_of(cell)) for cell in cells) == 1
        if self.open_line and alone and not is_label(text):
            last = self.lines[-1]
            self.lines[-1] = replace(last, text=last.text + text)  # no space is lost or added where it was cut
            self.ignored.append(IgnoredRow(origin, IgnoredKind.CONTINUATION, last.origin))
            return
        self.open_line = False
        if _column_numbers(cells):
            kind = IgnoredKind.COLUMN_NUMBERS
        elif is_total(cells):
            kind = IgnoredKind.TOTAL
            self.declared = read_declared(self.declared, cells, layout)
        else:
            kind = IgnoredKind.NOT_UNDERSTOOD if has_amount(layout, cells) else IgnoredKind.SIGNATURE
        self.ignored.append(IgnoredRow(origin, kind))


def _raw(cell: Cell) -> str:
    """A text with all its blanks."""
    return cell if isinstance(cell, str) else text_of(cell)


def _column_numbers(cells: Sequence[Cell]) -> bool:
    """Whether the row is (1) (2) (3) ... under the header."""
    texts = [text_of(cell).strip("() ") for cell in cells if text_of(cell)]
    if len(texts) < 3 or not all(text.isdecimal() and len(text) < 3 for text in texts):
        return False
    return [int(text) for text in texts] == list(range(int(texts[0]), int(texts[0]) + len(texts)))


def _plus(first: int | None, second: int | None) -> int | None:
    return (first or 0) + second if second is not None else first
