"""Marks as workbooks: the grid in the layout that an import reads, and refused cells back with a remark."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from typing import IO, Any

import xlsxwriter

from core.sdk import Context
from core.sdk.imports import Cell, Sheet
from core.sdk.text import Message, Translate, _

from .grid.cells import shown
from .grid.slots import COMMENT_SLOT, Slot
from .services import books, grid

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REMARK = _("Reason for refusal")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_TERMS = {1: "I", 2: "II"}
_HEADS = {"gk": "ĐĐGgk", "ck": "ĐĐGck", COMMENT_SLOT: "Nhận xét"}
"""The words of the official sheets, in whatever language the reader is."""


def file_stem(book: books.Book) -> str:
    """`7A1-toan-HK1`."""
    return f"{book.klass.name}-{book.course.code if book.course else 'lop'}-HK{book.term}"


def workbook(ctx: Context, wanted: Sequence[books.Book], translate: Translate) -> IO[bytes]:
    """Books that the caller has opened, a sheet each; an import of the file changes nothing."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    formats = _formats(made)
    for book in wanted:
        name = book.course.short if book.course else "Lớp"
        _sheet(made.add_worksheet(_FORBIDDEN.sub(" ", name)[:31]), formats, grid.grid(ctx, book), translate)
    made.close()
    target.seek(0)
    return target


def _formats(made: Any) -> dict[str, Any]:
    line = {"border": 1, "valign": "vcenter"}
    return {
        "title": made.add_format({"bold": True, "align": "center"}),
        "head": made.add_format({**line, "bold": True, "align": "center", "text_wrap": True}),
        "cell": made.add_format(line),
        "mark": made.add_format({**line, "align": "center"}),
        "score": made.add_format({**line, "align": "center", "num_format": "0.0"}),
        "bad": made.add_format({**line, "bg_color": "#fde8e4"}),
        "remark": made.add_format({"font_color": "#b3261e", "text_wrap": True}),
        "date": made.add_format({"num_format": "dd/mm/yyyy"}),
    }


def _sheet(page: Any, formats: Mapping[str, Any], seen: grid.Grid, translate: Translate) -> None:
    book, columns = seen.book, [*seen.columns]
    subject = book.course.name_vi if book.course else "Lớp"
    averages = book.layout.averages
    titles = (
        f"BẢNG ĐIỂM MÔN {subject.upper()} - LỚP {book.klass.name}",
        f"HỌC KỲ {_TERMS[book.term]} - NĂM HỌC {book.klass.year_name}",
    )
    width = 3 + len(columns) + averages
    for line, title in enumerate(titles):
        page.merge_range(line, 0, line, width, title, formats["title"])
    top = len(titles) + 1
    for at, text in enumerate(("STT", "Mã HS", "Họ và tên", "Ngày sinh")):
        page.merge_range(top, at, top + 1, at, text, formats["head"])
    _mark_heads(page, formats, columns, top, translate)
    last = 4 + len(columns)
    if averages:
        text = "ĐTBmhk" if book.layout.assessed == "score" else "Kết quả HK"
        page.merge_range(top, last, top + 1, last, text, formats["head"])
    for number, row in enumerate(seen.rows, start=1):
        line = top + 1 + number
        birth = "/".join(reversed((row.pupil.birth or "").split("-")))
        name = " ".join(filter(None, (row.pupil.full_name, row.pupil.suffix)))
        page.write_number(line, 0, number, formats["cell"])
        for at, text in enumerate((row.pupil.code or "", name, birth), start=1):
            page.write_string(line, at, text, formats["cell"])
        for at, slot in enumerate(columns, start=4):
            _write_mark(page, line, at, row.cells.get(slot.name, ""), slot, formats)
        if averages:
            _write_text(page, line, last, row.result.result, formats)
    page.set_column(1, 1, 13)
    page.set_column(2, 2, 28)
    page.set_column(3, 3, 12)
    page.freeze_panes(top + 2, 3)


def _mark_heads(page: Any, formats: Mapping[str, Any], columns: Sequence[Slot], top: int, translate: Translate) -> None:
    regular = [at for at, slot in enumerate(columns, start=4) if slot.kind == "tx"]
    if len(regular) > 1:
        page.merge_range(top, regular[0], top, regular[-1], "ĐĐGtx", formats["head"])
    elif regular:
        page.write_string(top, regular[0], "ĐĐGtx", formats["head"])
    for at, slot in enumerate(columns, start=4):
        if slot.kind == "tx":
            page.write_string(top + 1, at, str(slot.short), formats["head"])
            continue
        text = _HEADS.get(slot.name)
        if text is None:
            parts = (slot.group, slot.label) if slot.group else (slot.label,)
            text = ", ".join(part.render(translate) for part in parts if part is not None)
        page.merge_range(top, at, top + 1, at, text, formats["head"])


def _write_mark(page: Any, line: int, at: int, text: str, slot: Slot, formats: Mapping[str, Any]) -> None:
    if slot.accept in ("score", "whole", "whole_1"):
        _write_text(page, line, at, text, formats)
    else:
        page.write_string(line, at, shown(text, slot.accept), formats["cell" if slot.accept == "text" else "mark"])


def _write_text(page: Any, line: int, at: int, text: str, formats: Mapping[str, Any]) -> None:
    """A number as a number, so that Excel can count with it; everything else as it is."""
    if text.replace(".", "", 1).isdigit():
        page.write_number(line, at, float(text), formats["score"])
    else:
        page.write_string(line, at, text, formats["mark"])


Remarks = Mapping[int, tuple[str, frozenset[int]]]
"""By row of the sheet: what is said, and which columns are marked."""


def refused(sheets: Sequence[tuple[Sheet, int, Remarks]], translate: Translate) -> IO[bytes]:
    """Rows that were refused in whole or in part, in the layout in which they came, with a remark behind them.

    Args:
        sheets: each with its last header row and its remarks.
    """
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    formats = _formats(made)
    title = Message(REMARK.msgid).render(translate)
    for sheet, last, remarks in sheets:
        page, line, width = made.add_worksheet(sheet.name[:31]), 0, 1
        rows = [row for row in sheet.rows() if row.number <= last or row.number in remarks]
        width = max(len(row.cells) for row in rows)
        for row in rows:
            line = row.number - 1 if row.number <= last else line + 1
            said, bad = remarks.get(row.number, ("", frozenset()))
            for at, cell in enumerate(row.cells):
                _write_cell(page, line, at, cell, formats, bad=at in bad)
            if row.number == last:
                page.write_string(line, width, title, formats["head"])
            elif said:
                page.write_string(line, width, said, formats["remark"])
        for merge in sheet.merges:
            if merge.bottom < last and (merge.bottom > merge.top or merge.right > merge.left):
                text = next((str(r.cells[merge.left]) for r in rows if r.number == merge.top + 1), "")
                page.merge_range(merge.top, merge.left, merge.bottom, merge.right, text, formats["head"])
        page.set_column(width, width, 60)
    made.close()
    target.seek(0)
    return target


def _write_cell(page: Any, line: int, at: int, cell: Cell, formats: Mapping[str, Any], *, bad: bool) -> None:
    style = formats["bad"] if bad else None
    if cell in ("", None):
        if bad:
            page.write_blank(line, at, None, style)
    elif isinstance(cell, dt.date):
        page.write_datetime(line, at, cell, style or formats["date"])
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        page.write_number(line, at, cell, style)
    else:
        page.write_string(line, at, str(cell), style)
