"""A demo school has sent the records of two classes: most were taken, a few refused; a third batch waits."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import xlsxwriter
from sqlalchemy import select

from core.sdk import Context, Demo
from plugins.learners import public as learners

from .models import Line
from .services import answering, batches, writing
from .services.checking import get_batch

_HEADS = ("STT", "Mã dòng", "Mã định danh Bộ GD&ĐT", "Trạng thái xử lý", "Nội dung lỗi")
_REFUSED_EVERY = 12
_REASON = "Học sinh đang có hồ sơ ở trường khác"


def fill(ctx: Context, options: Mapping[str, Any]) -> None:
    """Two classes were sent and answered, one is handed over, one is checked and waits."""
    classes = [row.class_id for row in ctx.session.execute(learners.classes(ctx))][:3]
    if not classes:
        return
    for number, class_id in enumerate(classes):
        batch_id = batches.make_batch(ctx, "profiles", class_id=class_id)
        if number == len(classes) - 1:
            return
        if get_batch(ctx, batch_id).counts.get("error"):
            batches.leave_out(ctx, batch_id, None)
        if not get_batch(ctx, batch_id).counts.get("ready"):
            continue
        writing.ask_file(ctx, batch_id)
        batches.hand_over(ctx, batch_id, "Nộp lần 1")
        if number == 0:
            answering.read_answer(ctx, batch_id, "ket-qua.xlsx", _answer(ctx, batch_id))


def _answer(ctx: Context, batch_id: UUID) -> bytes:
    """What a sector's database would say: codes, and every twelfth pupil refused."""
    query = select(Line.file_number, Line.row_id).where(
        Line.school_id == ctx.school_id, Line.batch_id == batch_id, Line.file_number.is_not(None)
    )
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet("KetQua")
    page.write_row(0, 0, _HEADS)
    for at, (number, row_id) in enumerate(ctx.session.execute(query.order_by(Line.file_number)), 1):
        refused = at % _REFUSED_EVERY == 0
        told = ("", "Lỗi", _REASON) if refused else (f"23{str(row_id.int)[-8:]}", "Thành công", "")
        page.write_row(at, 0, (number, str(row_id), *told))
    book.close()
    return target.getvalue()


DEMO = [Demo("sector", 60, fill)]
