"""Timetables as schools draw them: two shapes, several ways to write a cell, reasons for what is not understood."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from uuid import UUID

import openpyxl
import pytest

from core.sdk.imports import read_tables
from plugins.timetable.rules.board import Slot
from plugins.timetable.rules.ical import Event, calendar
from plugins.timetable.rules.matching import Known, KnownCourse, Matcher, Meaning, SubjectName, TeacherName
from plugins.timetable.rules.reading import CellRead, class_text, read_sheet, weekday_of

from ..boards import hours

SUBJECTS = [("toan", "Toán", "Toán"), ("nguvan", "Ngữ văn", "Văn"), ("tienganh", "Ngoại ngữ 1 (Tiếng Anh)", "T.Anh"),
            ("hdtn", "Hoạt động trải nghiệm, hướng nghiệp", "HĐTN")]  # fmt: skip
CLASSES = [f"{grade}A{number}" for grade in (6, 7, 8, 9) for number in range(1, 8)]
STAFF = [("Trần Thị Hà", "GV012"), ("Lê Văn Hà", "GV013"), ("Nguyễn Thu Lan", "GV014"), ("Đỗ Mạnh Hùng", "")]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    subjects = [SubjectName(UUID(int=100 + at), code, names) for at, (code, *names) in enumerate(SUBJECTS)]  # type: ignore[arg-type]
    staff = [TeacherName(UUID(int=200 + at), name, code) for at, (name, code) in enumerate(STAFF)]
    classes = {class_text(name): UUID(int=300 + at) for at, name in enumerate(CLASSES)}
    courses = {
        (room, subject.id): KnownCourse(
            UUID(int=room.int * 1000 + subject.id.int), room, subject.id, (staff[min(at, 2)].id,)
        )
        for room in classes.values()
        for at, subject in enumerate(subjects)
    }
    return Matcher(Known(hours(), classes, subjects, staff, courses, (UUID(int=103),), {}))


def _cells(book: openpyxl.Workbook) -> list[CellRead]:
    target = io.BytesIO()
    book.save(target)
    known = {class_text(name) for name in CLASSES}
    return [cell for sheet in read_tables(target.getvalue()).sheets for cell in read_sheet(sheet, known.__contains__)]


def _understood(matcher: Matcher, cells: list[CellRead]) -> dict[tuple[UUID | None, Slot | None], Meaning]:
    found = {}
    for cell in cells:
        slot = matcher.slot(cell.weekday, cell.session, cell.number)
        meaning = matcher.read(class_text(cell.class_text), slot, cell.text)
        assert meaning is not None and not meaning.problem, (cell, meaning)
        found[meaning.class_id, meaning.slot] = meaning
    return found


def test_classes_as_columns_for_28_classes(matcher: Matcher) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["TRƯỜNG THCS HOA NẮNG"])
    sheet.append(["THỜI KHÓA BIỂU (áp dụng từ 08/9/2026)"])
    sheet.append(["Thứ", "Tiết", *CLASSES])
    for day in range(6):
        for period in range(1, 6):
            texts = [("Toán - Hà", "Văn\nGV013", "T.Anh (Lan)")[(day + period + at) % 3] for at in range(28)]
            sheet.append([f"Thứ {day + 2}" if period == 1 else None, period, *texts])
        sheet.merge_cells(start_row=4 + day * 5, end_row=8 + day * 5, start_column=1, end_column=1)
    sheet["C4"] = "CHÀO CỜ"
    sheet.merge_cells("C4:AD4")
    found = _understood(matcher, _cells(book))
    assert len(found) == 28 * 30
    first = found[UUID(int=300), Slot(1, 1)], found[UUID(int=327), Slot(1, 1)]
    assert [meaning.kind for meaning in first] == ["flag", "flag"]


def test_a_sheet_for_each_class_with_two_shapes_of_days(matcher: Matcher) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for at, name in enumerate(CLASSES):
        sheet = book.create_sheet(f"Lớp {name}" if at % 2 else f"TKB{at}")
        sheet.append([f"THỜI KHÓA BIỂU LỚP {name}"])
        sheet.append([])
        sheet.append(["Buổi", "Tiết", *(f"Thứ {day}" if at % 3 else f"T{day}" for day in range(2, 8))])
        for period in range(1, 6):
            sheet.append(["SÁNG" if period == 1 else None, f"Tiết {period}", *["Toán\nHà", "Ngữ văn"] * 3])
    assert len(_understood(matcher, _cells(book))) == 28 * 30


def _one(matcher: Matcher, text: str, of_class: str = "6a1") -> Meaning:
    found = matcher.read(of_class, Slot(2, 2), text)
    assert found is not None
    return found


def test_ways_to_write_a_cell(matcher: Matcher) -> None:
    maths = _one(matcher, "Toán")
    for text in ("Toán - Hà", "TOÁN (GV012)", "Toán\nTrần Thị Hà", "Toán-Hà", "Toán Hà", "Toán - TT.Hà"):
        assert _one(matcher, text) == maths, text
    assert _one(matcher, "Anh - Lan - P.12").room == "P.12"
    assert _one(matcher, "HĐTN-HN").course == _one(matcher, "HĐTN").course
    assert _one(matcher, "SHL").kind == "homeroom"
    assert matcher.read("6a1", Slot(1, 1), " - ") is None
    other = _one(matcher, "Toán - Hùng")
    assert (other.remark, other.teacher) == ("other_teacher", UUID(int=203))


def test_what_is_not_understood_says_why(matcher: Matcher) -> None:
    assert _one(matcher, "Phép thuật - Hà").problem == "subject"
    assert _one(matcher, "Toán - Snape").problem == "teacher"
    assert _one(matcher, "Toán", of_class="6z9").problem == "class"
    missing = matcher.read("6a1", None, "Toán")
    assert missing is not None and missing.problem == "slot"
    twice = _one(matcher, "T.Anh - Hà")
    assert twice.problem == "ambiguous" and "Lê Văn Hà" in twice.hint


def test_days_as_they_are_written() -> None:
    said = ["Thứ 2", "T.3", "Thứ Tư", "Năm", "6", "THỨ BẢY", "CN", "Monday", "Thứ tư "]
    assert [weekday_of(text) for text in said] == [1, 2, 3, 4, 5, 6, 7, 1, 3]
    assert weekday_of("Toán") is weekday_of("Tiết 2") is weekday_of("") is None


def test_a_calendar_is_folded_and_escaped() -> None:
    at = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    name = "Ngữ văn; lớp 6A1, phòng thí nghiệm hóa học số hai của khu nhà bên cạnh sân vận động"
    text = calendar("Hà", [Event("x@truong", at, at, name, cancelled=True)], stamp=at)
    lines = text.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    unfolded = text.decode().replace("\r\n ", "")
    assert "SUMMARY:Ngữ văn\\; lớp 6A1\\, phòng" in unfolded
    assert "DTSTART:20261123T000000Z" in unfolded and "STATUS:CANCELLED" in unfolded
