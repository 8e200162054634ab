"""Tables as files: XLSX and CSV, written row by row while they are read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core.types.contributions import Cell, Column
from core.types.message import Message, Translate

from .types import LOCAL_TZ

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
_FORMATS = {"money": "#,##0", "number": "#,##0.##", "date": "dd/mm/yyyy", "moment": "dd/mm/yyyy hh:mm"}
_WIDTHS = {"text": 24, "money": 16, "number": 12, "date": 12, "moment": 18}


def workbook(title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], say: Translate) -> IO[bytes]:
    """A workbook of one sheet, in constant memory; numbers and days stay numbers and days."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False, "remove_timezone": True})
    page = book.add_worksheet(_sheet_name(title))
    bold = book.add_format({"bold": True})
    formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
    for place, column in enumerate(columns):
        page.set_column(place, place, _WIDTHS[column.kind])
        page.write_string(0, place, column.label.render(say), bold)
    for line, row in enumerate(rows, start=1):
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            _write(page, line, place, value, formats.get(column.kind), say)
    page.freeze_panes(1, 0)
    book.close()
    target.seek(0)
    return target


def csv_pieces(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], say: Translate) -> Iterator[bytes]:
    """The table as text with a byte order mark, so that Excel shows Vietnamese letters; in pieces."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow([column.label.render(say) for column in columns])
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow([harmless(as_text(value, say)) for value in row])
        if buffer.tell() > 64 * 1024:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def as_text(value: Cell, say: Translate) -> str:
    """A cell as people read it in a file: days in ISO 8601, numbers without separators."""
    if value is None:
        return ""
    if isinstance(value, Message):
        return value.render(say)
    if isinstance(value, datetime):
        return value.astimezone(LOCAL_TZ).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def harmless(value: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe (CSV injection)."""
    formula = value[:1] in ("=", "@", "\t", "\r") or (value[:1] in ("+", "-") and not value[1:2].isdigit())
    return f"'{value}" if formula else value


def _write(page: Worksheet, line: int, place: int, value: Cell, form: Format | None, say: Translate) -> None:
    if value is None:
        return
    if isinstance(value, datetime):
        page.write_datetime(line, place, value.astimezone(LOCAL_TZ).replace(tzinfo=None), form)
    elif isinstance(value, date):
        page.write_datetime(line, place, datetime.combine(value, time()), form)
    elif isinstance(value, int | Decimal):
        page.write_number(line, place, value if isinstance(value, int) else float(value), form)
    else:
        page.write_string(line, place, as_text(value, say))


def _sheet_name(title: str) -> str:
    """Excel allows 31 characters and not all of them."""
    return "".join(c for c in title if c not in "[]:*?/\\")[:31].strip("'") or "1"
