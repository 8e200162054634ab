"""Refused rows back in the layout in which they came, with a remark; lists of pupils as XLSX and CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import IO, Any
from uuid import UUID

import xlsxwriter
from sqlalchemy import select, text

from core.sdk import Context
from core.sdk.errors import NotFound
from core.sdk.imports import Cell, MergedCells, Sheet, read_tables
from core.sdk.school import current_year
from core.sdk.text import Message, Translate, _

from . import sensitive
from .models import ImportRow
from .rules.codes import FIELDS, message_of
from .services.documents import kept_list
from .services.planning import get_import
from .services.plans import column_of
from .services.values import SOURCE, VALUE

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
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


_EXPORT: tuple[str, ...] = (
    "mahocsinh", "hovaten", "phanbiet", "ngaysinh", "gioitinh", "dantoc", "sodinhdanh", "lop", "noisinh",
    "noio_chitiet", "noio_xa", "noio_tinh", "cha_hovaten", "cha_namsinh", "cha_sdt", "me_hovaten", "me_namsinh",
    "me_sdt", "nguoigiamho_hovaten", "nguoigiamho_sdt", "doituongchinhsach", "khuyettat", "bhyt", "quoctich", "ghichu",
)  # fmt: skip
_LABELS: dict[str, Message] = {
    "noio_chitiet": _("House number, street, hamlet"),
    "noio_xa": _("Commune"),
    "noio_tinh": _("Province"),
    "cha_hovaten": _("Father's full name"),
    "cha_namsinh": _("Father's year of birth"),
    "cha_sdt": _("Father's telephone"),
    "me_hovaten": _("Mother's full name"),
    "me_namsinh": _("Mother's year of birth"),
    "me_sdt": _("Mother's telephone"),
    "nguoigiamho_hovaten": _("Guardian's full name"),
    "nguoigiamho_sdt": _("Guardian's telephone"),
}
_ROWS = f"SELECT {VALUE} AS value FROM {SOURCE} WHERE l.school_id = :school"  # noqa: S608
_IDS = f"SELECT l.id FROM {SOURCE} WHERE l.school_id = :school"  # noqa: S608
_ORDER = " ORDER BY k.grade, k.position, c.sort_key, l.id"


def _fields(full: bool) -> list[str]:
    """Columns of an export; sensitive ones only where they are asked for."""
    return [name for name in _EXPORT if full or name not in sensitive.FIELDS]


def export_headers(translate: Translate, *, full: bool = True) -> list[str]:
    """Header row of an export; the same words that an import recognises."""
    return [translate((_LABELS.get(name) or FIELDS[name]).msgid) for name in _fields(full)]


def export_ids(ctx: Context, class_id: UUID | None = None) -> list[UUID]:
    """Whose data an export holds."""
    ctx.require("learners.learner.export")
    parameters = {"school": ctx.school_id, "year": current_year(ctx).id, "class": class_id}
    statement = _IDS + (" AND e.class_id = :class" if class_id else "")
    return list(ctx.session.execute(text(statement), parameters).scalars())


def export_rows(
    ctx: Context, translate: Translate, class_id: UUID | None = None, *, full: bool = True
) -> Iterator[list[str]]:
    """All pupils, or those of one class, as rows of text; streamed from the database.

    Args:
        full: with the sensitive columns, which leave the school with a second person's agreement only.
    """
    ctx.require("learners.learner.export")
    parameters = {"school": ctx.school_id, "year": current_year(ctx).id, "class": class_id}
    statement = _ROWS + (" AND e.class_id = :class" if class_id else "") + _ORDER
    result = ctx.session.execute(
        text(statement), parameters, execution_options={"stream_results": True, "yield_per": 1000}
    )
    for row in result:
        yield _flat(row.value, translate, _fields(full))


def _flat(value: dict[str, Any], translate: Translate, names: list[str]) -> list[str]:
    from .rules import ethnic, provinces

    address = value.get("noio") or {}
    commune = address.get("xa") or address.get("goc")
    flat: dict[str, Any] = {
        **value,
        "ngaysinh": _day(value.get("ngaysinh")),
        "gioitinh": {1: translate("Male"), 2: translate("Female")}.get(value.get("gioitinh") or 0, ""),
        "dantoc": ethnic.NAMES.get(value.get("dantoc") or "", ""),
        "noisinh": provinces.NAMES.get(value.get("noisinh_tinh") or "", ""),
        "sodinhdanh": value.get("sodinhdanh") or (value.get("giayto") or {}).get("so"),
        "noio_chitiet": address.get("chitiet"),
        "noio_xa": commune,
        "noio_tinh": provinces.NAMES.get(address.get("tinh") or "", ""),
    }
    for who in ("cha", "me", "nguoigiamho"):
        person = value.get(who) or {}
        flat[f"{who}_hovaten"] = person.get("hovaten")
        flat[f"{who}_namsinh"] = person.get("namsinh")
        flat[f"{who}_sdt"] = " / ".join("0" + phone[3:] for phone in person.get("sdt") or ())
    return ["" if flat.get(name) is None else str(flat[name]) for name in names]


def _day(birth: str | None) -> str:
    parts = (birth or "").split("-")
    return "/".join(reversed(parts))


def export_csv(
    ctx: Context, translate: Translate, class_id: UUID | None = None, *, full: bool = True
) -> Iterator[bytes]:
    """The list as CSV with a byte order mark, so that Excel shows Vietnamese letters; in pieces."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(export_headers(translate, full=full))
    yield b"\xef\xbb\xbf"
    for row in export_rows(ctx, translate, class_id, full=full):
        writer.writerow(map(_harmless, row))
        if buffer.tell() > 64 * 1024:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def export_workbook(
    ctx: Context, translate: Translate, class_id: UUID | None = None, *, full: bool = True
) -> IO[bytes]:
    """The list as a workbook, written row by row in constant memory."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet(translate("Pupils"))
    bold = book.add_format({"bold": True})
    for column, title in enumerate(export_headers(translate, full=full)):
        page.write_string(0, column, title, bold)
    for line, row in enumerate(export_rows(ctx, translate, class_id, full=full), start=1):
        for column, value in enumerate(row):
            if value:
                page.write_string(line, column, value)
    page.freeze_panes(1, 2)
    book.close()
    target.seek(0)
    return target


def _harmless(value: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe (CSV injection)."""
    return (
        f"'{value}"
        if value[:1] in ("=", "@", "\t", "\r") or (value[:1] in ("+", "-") and not value[1:2].isdigit())
        else value
    )
