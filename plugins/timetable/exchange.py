"""The timetable as a workbook, in the shapes that schools draw and that the import reads back."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable
from typing import IO
from uuid import UUID

import xlsxwriter

from core.sdk import Context, Exporter, Importer, _

from .access import EDIT
from .rules.board import Board, Placed, Slot
from .services.editing import opened
from .services.frame import Frame
from .services.versions import version

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHAPES = ("classes", "sheets", "teachers")
_DAYS = {1: "Thứ 2", 2: "Thứ 3", 3: "Thứ 4", 4: "Thứ 5", 5: "Thứ 6", 6: "Thứ 7", 7: "Chủ nhật"}
_SESSIONS = {"morning": "Sáng", "afternoon": "Chiều"}
_KINDS = {"flag": "Chào cờ", "homeroom": "Sinh hoạt lớp"}


def export(ctx: Context, version_id: UUID, shape: str) -> tuple[IO[bytes], str, str]:
    """A version as a workbook: file, name, media type.

    Args:
        shape: `classes` (classes as columns), `sheets` (a sheet for each class) or `teachers` (teachers as columns).

    Raises:
        NotFound: no such version.
    """
    ctx.require(EDIT)
    found, board = opened(ctx, version_id)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    writer = _Writer(book, found, board)
    if shape == "sheets":
        writer.sheets()
    elif shape == "teachers":
        writer.teachers()
    else:
        writer.classes()
    book.close()
    target.seek(0)
    return target, f"tkb-{version(ctx, version_id).name}.xlsx".replace("/", "-"), XLSX


def cell_text(found: Frame, lesson: Placed, *, with_class: bool = False) -> str:
    """What stands in a cell: `Toán - Hà`; a code instead of a given name that two teachers have."""
    course = found.courses.get(lesson.course)
    subject = _KINDS.get(lesson.kind) or (course.short if course else "")
    if with_class:
        return f"{found.classes.get(lesson.class_id, '')} - {subject}"
    if lesson.kind == "flag" or lesson.teacher is None:
        return subject
    short = found.short_teacher(lesson.teacher)
    alike = sum(name.rpartition(" ")[2] == short for name in found.teachers.values())
    teacher = short if alike == 1 else found.teacher_name(lesson.teacher)
    return " - ".join(part for part in (subject, teacher, f"P.{_room(lesson.room)}" if lesson.room else "") if part)


def _room(room: str) -> str:
    return room.removeprefix("P.").strip()


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook, found: Frame, board: Board) -> None:
        self.book, self.found, self.board = book, found, board
        frame = {"border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
        self.head = book.add_format({**frame, "bold": True, "bg_color": "#e8efe9"})
        self.cell = book.add_format({**frame, "font_size": 10})
        self.title = book.add_format({"bold": True, "font_size": 14})

    def classes(self) -> None:
        columns = [(id, name) for id, name in self.found.classes.items()]
        self._columns("TKB", columns, lambda lesson: lesson.class_id, with_class=False)

    def teachers(self) -> None:
        mine = {lesson.teacher for lesson in self.board.lessons}
        columns = [(id, name) for id, name in self.found.teachers.items() if id in mine]
        self._columns("Giáo viên", columns, lambda lesson: lesson.teacher, with_class=True)

    def _columns(
        self, name: str, columns: list[tuple[UUID, str]], key: Callable[[Placed], UUID | None], *, with_class: bool
    ) -> None:  # fmt: skip
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 3)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.set_column(0, 1, 8)
        sheet.set_column(3, 3 + len(columns), 14)
        for at, text in enumerate(["Thứ", "Buổi", "Tiết", *(text for _id, text in columns)]):
            sheet.write_string(0, at, text, self.head)
        lessons: dict[tuple[UUID | None, Slot], list[Placed]] = defaultdict(list)
        for lesson in self.board.lessons:
            lessons[key(lesson), lesson.slot].append(lesson)
        row = 1
        for slot in self.board.hours.slots():
            period = self.board.hours.periods[slot.period - 1]
            sheet.write_string(row, 0, _DAYS[slot.weekday], self.head)
            sheet.write_string(row, 1, _SESSIONS[period.session], self.head)
            sheet.write_number(row, 2, period.number, self.head)
            for at, (id, _text) in enumerate(columns, start=3):
                here = [cell_text(self.found, lesson, with_class=with_class) for lesson in lessons[id, slot]]
                sheet.write_string(row, at, "; ".join(here), self.cell)
            row += 1

    def sheets(self) -> None:
        by_class: dict[UUID, dict[Slot, Placed]] = defaultdict(dict)
        for lesson in self.board.lessons:
            by_class[lesson.class_id][lesson.slot] = lesson
        for class_id, name in self.found.classes.items():
            sheet = self.book.add_worksheet(name[:31].replace("/", "-"))
            sheet.set_landscape()
            sheet.set_column(0, 1, 7)
            sheet.set_column(2, 9, 18)
            sheet.write_string(0, 0, f"THỜI KHÓA BIỂU LỚP {name}", self.title)
            for at, text in enumerate(["Buổi", "Tiết", *(_DAYS[day] for day in self.board.hours.days)]):
                sheet.write_string(2, at, text, self.head)
            for number, period in enumerate(self.board.hours.periods, start=1):
                sheet.write_string(2 + number, 0, _SESSIONS[period.session], self.head)
                sheet.write_number(2 + number, 1, period.number, self.head)
                for at, day in enumerate(self.board.hours.days, start=2):
                    here = by_class[class_id].get(Slot(day, number))
                    text = cell_text(self.found, here).replace(" - ", "\n") if here else ""
                    sheet.write_string(2 + number, at, text, self.cell)


IMPORTERS = [
    Importer(
        "timetable.file", _("Timetable from a file"),
        _("Classes as columns, or a sheet for each class; nothing changes before you confirm."), EDIT,
        "timetable.imports", ("xlsx", "xls", "csv"),
    )
]  # fmt: skip
EXPORTERS = [
    Exporter(
        "timetable.file", _("Timetable as a workbook"), _("By class or by teacher, for printing and for changing."),
        EDIT,
        "timetable.versions",
    )
]  # fmt: skip
