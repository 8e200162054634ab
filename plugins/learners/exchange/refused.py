"""Refused rows back in the layout in which they came, with a remark."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import IO, Any
from uuid import UUID

import xlsxwriter
from sqlalchemy import select

from core.sdk import Context
from core.sdk.errors import NotFound
from core.sdk.imports import Cell, MergedCells, Sheet, read_tables
from core.sdk.text import Translate, _

from ..models import ImportRow
from ..rules.codes import message_of
from ..services.documents import kept_list
from ..services.planning import get_import
from ..services.plans import column_of
from .media import CSV, XLSX

REMARK = _("Reason for refusal")


def refused_rows(ctx: Context, import_id: UUID, translate: Translate) -> tuple[IO[bytes], str, str]:
    """The refused rows of an import as a file in the same layout, to be mended and uploaded again.

    Returns:
        The file, its name, its media type.

    Raises:
        NotFound: no such import, or no row was refused.
    """
    ctx.require("learners.import.run")
    batch = get_import(ctx, import_id)
    rows = ctx.session.execute(
        select(ImportRow.sheet, ImportRow.row, ImportRow.findings)
        .where(ImportRow.school_id == ctx.school_id, ImportRow.import_id == import_id, ImportRow.action == "refused")
        .order_by(ImportRow.number)
    ).all()
    if not rows:
        raise NotFound
    remarks: dict[str, dict[int, tuple[str, list[Any]]]] = {}
    for sheet, row, findings in rows:
        grave = [finding for finding in findings if finding[0].startswith("E_")]
        said = "; ".join(message_of(code, cell, hint).render(translate) for code, _field, cell, hint in grave)
        remarks.setdefault(sheet, {})[row] = (said, grave)
    tables = read_tables(kept_list(ctx, import_id))
    stem = batch.file_name.rpartition(".")[0] or batch.file_name
    title = translate(REMARK.msgid)
    layouts = {layout["sheet"]: layout for layout in batch.summary["layouts"]}
    if tables.kind == "csv":
        return _as_csv(tables.sheets[0], tables.delimiter, layouts[""], remarks[""], title), f"{stem}-refused.csv", CSV
    headings = {(sheet, number) for sheet, number in batch.summary["headings"]}
    sheets = [sheet for sheet in tables.sheets if sheet.name in remarks]
    return _as_workbook(sheets, layouts, remarks, headings, title), f"{stem}-refused.xlsx", XLSX


def _as_csv(
    sheet: Sheet, delimiter: str, layout: dict[str, Any], remarks: dict[int, tuple[str, list[Any]]], title: str
) -> IO[bytes]:
    output = io.StringIO()
    writer = csv.writer(output, delimiter=delimiter)
    last = layout["header_rows"][-1]
    for row in sheet.rows():
        if row.number <= last:
            writer.writerow([*row.cells, title if row.number == last else ""])
        elif row.number in remarks:
            writer.writerow([*row.cells, remarks[row.number][0]])
    return io.BytesIO(output.getvalue().encode("utf-8-sig"))


def _as_workbook(
    sheets: list[Sheet],
    layouts: dict[str, dict[str, Any]],
    remarks: dict[str, dict[int, tuple[str, list[Any]]]],
    headings: set[tuple[str, int]],
    title: str,
) -> IO[bytes]:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    formats = {
        "head": book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter"}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "bad": book.add_format({"bg_color": "#fde8e4"}),
        "bad_date": book.add_format({"bg_color": "#fde8e4", "num_format": "dd/mm/yyyy"}),
        "remark": book.add_format({"font_color": "#b3261e", "text_wrap": True}),
    }
    for sheet in sheets:
        _write_sheet(book, formats, sheet, layouts[sheet.name], remarks[sheet.name], headings, title)
    book.close()
    target.seek(0)
    return target


def _write_sheet(
    book: Any,
    formats: dict[str, Any],
    sheet: Sheet,
    layout: dict[str, Any],
    remarks: dict[int, tuple[str, list[Any]]],
    headings: set[tuple[str, int]],
    title: str,
) -> None:
    page = book.add_worksheet(sheet.name[:31])
    last = layout["header_rows"][-1]
    merged = MergedCells(sheet.merges, last)
    waiting: list[Cell] | None = None
    line, width = 0, max(layout["fields"].values()) + 1
    for row in sheet.rows():
        cells = row.cells
        width = max(width, len(cells))
        merged.fill(row.number, cells)
        if row.number <= last:
            line = row.number - 1
            _write_row(page, line, cells, formats, head=row.number in layout["header_rows"])
            if row.number == last:
                page.write_string(line, width, title, formats["head"])
        elif (sheet.name, row.number) in headings:
            waiting = list(cells)
        elif row.number in remarks:
            if waiting is not None:
                line += 1
                _write_row(page, line, waiting, formats)
                waiting = None
            line += 1
            said, findings = remarks[row.number]
            bad = {column_of(layout["fields"], field, code) for code, field, *_rest in findings}
            _write_row(page, line, cells, formats, bad=bad)
            page.write_string(line, width, said, formats["remark"])
    for merge in sheet.merges:
        if merge.bottom < last and (merge.bottom > merge.top or merge.right > merge.left):
            _merge_header(page, sheet, merge, formats)
    for column in sheet.hidden_columns:
        page.set_column(column, column, None, None, {"hidden": True})
    page.set_column(width, width, 60)
    page.freeze_panes(last, 0)


def _merge_header(page: Any, sheet: Sheet, merge: Any, formats: dict[str, Any]) -> None:
    top = next((row.cells for row in sheet.rows() if row.number == merge.top + 1), [])
    value = str(top[merge.left]) if merge.left < len(top) else ""
    page.merge_range(merge.top, merge.left, merge.bottom, merge.right, value, formats["head"])


def _write_row(
    page: Any, line: int, cells: list[Cell], formats: dict[str, Any], *, head: bool = False, bad: set[Any] | None = None
) -> None:
    for column, cell in enumerate(cells):
        marked = bad is not None and column in bad
        if cell in ("", None):
            if marked:
                page.write_blank(line, column, None, formats["bad"])
        elif isinstance(cell, (dt.date, dt.datetime)):
            page.write_datetime(line, column, cell, formats["bad_date" if marked else "date"])
        elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
            page.write_number(line, column, cell, formats["bad"] if marked else None)
        else:
            page.write_string(line, column, str(cell), formats["head"] if head else formats["bad"] if marked else None)
