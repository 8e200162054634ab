"""Lists of pupils as XLSX and CSV, in the words that an import recognises."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import IO, Any
from uuid import UUID

import xlsxwriter
from sqlalchemy import text

from core.sdk import Context
from core.sdk.school import current_year
from core.sdk.text import Message, Translate, _

from .. import sensitive
from ..rules import ethnic, provinces
from ..rules.codes import FIELDS
from ..services.values import SOURCE, VALUE

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
