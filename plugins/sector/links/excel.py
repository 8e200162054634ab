"""Excel files that a person uploads at the sector's database, and whose answer they bring back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO, Any

import xlsxwriter

from core.sdk import Message, _
from core.sdk.data import LOCAL_TZ
from core.sdk.errors import Invalid
from core.sdk.imports import read_tables

from ..port import Answer, Head, OutRow
from ..rules.answers import read_answer
from ..rules.shapes import KINDS, Kind, Shape

_WIDE = 28
_NARROW = 14


class ExcelLink:
    """The link of today."""

    name = "excel"
    label: Message = _("Excel file, uploaded by hand")
    by_hand = True

    def kinds(self) -> tuple[str, ...]:
        """All of them."""
        return KINDS

    def write(self, kind: Kind, shape: Shape, head: Head, rows: Iterable[OutRow], target: IO[bytes]) -> int:
        """Write the workbook: titles, header, a row a record. Every text is a string cell, so none becomes a formula
        and no number loses its zeros."""
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(target, {**options, "strings_to_numbers": False})
        book.set_properties({"title": kind.label, "created": head.made_at.replace(tzinfo=None)})
        page = book.add_worksheet(shape.sheet[:31])
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        top = _top(page, shape, head)
        for column, one in enumerate(shape.columns):
            known = kind.fields.get(one.field)
            page.set_column(column, column, _WIDE if known and known.most >= 100 else _NARROW)
            page.write_string(top, column, one.header, bold)
        count = 0
        for count, row in enumerate(rows, 1):
            _write_row(page, top + count, kind, shape, head, count, row)
        page.freeze_panes(top + 1, 0)
        book.close()
        return count

    def read(self, content: bytes) -> Answer:
        """Read the answer. Raises `Invalid` for a file that is none."""
        found = read_answer(read_tables(content))
        if found is None:
            raise Invalid(_("This file has no answer that can be read: no column says what became of the rows."))
        return found


def _top(page: Any, shape: Shape, head: Head) -> int:
    """The lines above the header; returns the row of the header, from 0."""
    told = {"{school}": head.school, "{year}": head.year, "{term}": str(head.term or "")}
    for line, title in enumerate(shape.titles):
        for place, text in told.items():
            title = title.replace(place, text)
        if title:
            page.write_string(line, 0, title)
    return max(len(shape.titles), shape.header_row - 1) if shape.header_row else len(shape.titles)


def _write_row(page: Any, line: int, kind: Kind, shape: Shape, head: Head, number: int, row: OutRow) -> None:
    own = _own(head, number, row)
    for column, one in enumerate(shape.columns):
        text = own[one.field] if one.field in own else row.values.get(one.field, "")
        if not text:
            continue
        field = kind.fields.get(one.field)
        counted = one.field == "stt" or (field is not None and field.form in ("number", "mark"))
        if counted and _is_number(text):
            page.write_number(line, column, float(text))
        else:
            page.write_string(line, column, text)


def _own(head: Head, number: int, row: OutRow) -> Mapping[str, str]:
    return {
        "stt": str(number),
        "idbanghi": str(row.row_id),
        "sukien": "UPDATE" if row.known else "NEW",
        "phienban": str(row.version),
        "thoigiancapnhat": head.made_at.astimezone(LOCAL_TZ).strftime("%Y-%m-%dT%H:%M:%S"),
    }


def _is_number(text: str) -> bool:
    return text.isascii() and text.replace(".", "", 1).isdecimal()
