"""Other layouts of the same information, cells in every state, and rows that could hit the wrong pupil."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from collections.abc import Sequence
from typing import Any

import pytest
import xlsxwriter

from core.sdk.imports import UnreadableFile, read_tables
from plugins.assessment.rules.sheet import MarksPlan, MarksRow, Pupil, SheetSubject, read_mark, read_marks, written
from plugins.assessment.rules.sheet.pupils import name_key

from .cases import secondary

TOAN = SheetSubject("toan", ("Toán",), True, 2)
GDTC = SheetSubject("gdtc", ("Giáo dục thể chất", "GDTC"), False, 2)
ROLL = [
    Pupil("an", "001", "Nguyễn Văn An", birth="2014-03-01"),
    Pupil("binh", "002", "Lê Thị Bình", birth="2014-04-02"),
    Pupil("hoa", "003", "Trần Thị Hòa", birth="2014-05-03"),
    Pupil("ma", "004", "Phạm Minh Anh", "A", birth="2014-06-04"),
    Pupil("mb", "005", "Phạm Minh Anh", "B", birth="2014-07-05"),
]


def _csv(text: str, subjects: Sequence[SheetSubject] = (TOAN,)) -> MarksPlan:
    return read_marks(read_tables(text.encode()), ROLL, subjects, secondary().marks)


def _rows(text: str) -> list[MarksRow]:
    return _csv("Môn: Toán - Lớp 7A1;;;;;;\n" + text).sheets[0].rows


def _codes(row: MarksRow) -> list[str]:
    return [finding.code for finding in row.findings]


@pytest.mark.parametrize(
    "header",
    [
        "STT;Họ và tên;TX1;TX2;GK;CK;TBM",
        "TT;Họ tên học sinh;ĐĐGtx1;ĐĐGtx2;ĐĐGgk;ĐĐGck;ĐTBmhk",
        "#;HỌ VÀ TÊN;Điểm TX (lần 1);Điểm TX (lần 2);Giữa kỳ;Cuối kỳ;Trung bình",
        "Số TT;Học sinh;KTTX 1;KTTX 2;KT giữa kì;KT cuối kì;TB môn",
        "STT;Họ và tên;Đánh giá thường xuyên;;ĐGGK;ĐGCK;TB HK I",
    ],
)
def test_headers_of_other_schools(header: str) -> None:
    (row,) = _rows(f"{header}\n1;Nguyễn Văn An;8;9;7;8;7,9\n")
    assert (row.status, row.pupil and row.pupil.ref, str(row.result.value)) == ("accept", "an", "7.9")


def test_columns_in_another_order_and_numbered_rows() -> None:
    (row,) = _rows("CK;GK;TX;TX;Mã HS;Tên\n1;2;3;4;5;6\n8;7;8;9;001;An\nTổng: 1;;;;;\n;;;;;Người lập biểu\n")
    assert (row.pupil and row.pupil.ref, str(row.result.value)) == ("an", "7.9")


def _workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, dt.datetime):
                        sheet.write_datetime(at, column, cell, book.add_format({"num_format": "d.m"}))
                    else:
                        sheet.write(at, column, cell)
            if name == "Nháp":
                sheet.hide()
    return buffer.getvalue()


def test_hidden_and_foreign_sheets_are_no_data() -> None:
    head = ["Họ và tên", "TX1", "TX2", "GK", "CK"]
    book = _workbook(
        {
            "Toán": [
                head,
                [
                    "Nguyễn Văn An",
                    8,
                    9,
                    7,
                    dt.datetime(2026, 5, 8),  # noqa: DTZ001
                ],
            ],
            "Nháp": [head, ["Nguyễn Văn An", 1, 1, 1, 1]],
            "Lịch sử": [head, ["Nguyễn Văn An", 1, 1, 1, 1]],
            "GDTC": [["HỌC KỲ II - LỚP 7A2"], head, ["Nguyễn Văn An", "Đ", "đ", "Đạt", "Đ"]],
            "Ghi chú": [["Không có gì"]],
        }
    )
    plan = read_marks(read_tables(book), ROLL, [TOAN, GDTC], secondary().marks)
    assert [sheet.subject.code for sheet in plan.sheets] == ["toan", "gdtc"]
    assert plan.ignored == ["Nháp", "Lịch sử", "Ghi chú"]
    (finding,) = plan.sheets[0].rows[0].findings
    assert (finding.code, finding.cell, finding.proposal) == ("E_CELL_DATE", "2026-05-08", "8.5")
    assert (plan.sheets[1].about.class_name, plan.sheets[1].about.term) == ("7A2", 2)
    assert [pupil.ref for pupil in plan.sheets[0].missing] == ["binh", "hoa", "ma", "mb"]


def test_a_file_without_a_table_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        _csv("Môn: Toán\nKhông có gì\n")


HEAD = "Mã HS;Họ và tên;Ngày sinh;TX1;TX2;GK;CK\n"


@pytest.mark.parametrize(
    ("row", "found", "code"),
    [
        ("001;;;", "an", ""),
        (";nguyễn văn an;;", "an", ""),
        (";" + unicodedata.normalize("NFD", "NGUYỄN  VĂN AN") + ";;", "an", ""),
        (";Trần Thị Hoà;;", "hoa", ""),
        (";Trần Thị Hoa;;", "hoa", "W_NAME_FUZZY"),
        ("001;Nguyễn Văn Ân;;", "an", ""),
        ("001;Lê Thị Bình;;", None, "E_CODE_NAME_CONFLICT"),
        ("999;Lê Thị Bình;;", "binh", ""),
        (";Lê Thị Bình;01/01/2013;", None, "E_PUPIL_UNKNOWN"),
        (";Phạm Minh Anh;;", None, "E_PUPIL_AMBIGUOUS"),
        (";Phạm Minh Anh (b);;", "mb", ""),
        (";Phạm Minh Anh;4/6/2014;", "ma", ""),
        (";Phạm Minh Ánh;;", None, "E_PUPIL_AMBIGUOUS"),
        (";Hoàng Văn Xuân;;", None, "E_PUPIL_UNKNOWN"),
    ],
)
def test_whose_row_it_is(row: str, found: str | None, code: str) -> None:
    (read,) = _rows(f"{HEAD}{row}8;9;7;8\n")
    assert (read.pupil and read.pupil.ref, _codes(read)) == (found, [code] if code else [])
    assert read.status == ("refuse" if found is None else "warn" if code else "accept")


def test_nobody_is_found_twice() -> None:
    """A misspelt name is never given to a pupil who has a row of the right name, wherever that stands."""
    first, again, near = _rows(f"{HEAD};Nguyễn Văn Ann;;1;1;1;1\n;Nguyễn Văn An;;8;9;7;8\n001;;;2;2;2;2\n")
    assert (first.pupil, _codes(first)) == (None, ["E_PUPIL_UNKNOWN"])
    assert again.pupil is not None
    assert (near.pupil, _codes(near)) == (None, ["E_DUPLICATE"])


@pytest.mark.parametrize(
    ("cell", "scored", "value", "code"),
    [
        (8, True, "8.0", ""),
        (7.300000000000001, True, "7.3", ""),
        ("8,50", True, "8.5", ""),
        ("8,25", True, "8.3", "W_MARK_ROUNDED"),
        (8.45, True, "8.5", "W_MARK_ROUNDED"),
        ("10,0", True, "10.0", ""),
        (10.04, True, "", "E_MARK_RANGE"),
        ("-1", True, "", "E_MARK_RANGE"),
        ("8..5", True, "", "E_MARK_UNREADABLE"),
        ("8-", True, "", "E_MARK_UNREADABLE"),
        ("٨", True, "", "E_MARK_UNREADABLE"),
        (True, True, "", "E_MARK_UNREADABLE"),
        ("#DIV/0!", True, "", "E_CELL_ERROR"),
        (dt.time(8, 5), True, "", "E_CELL_DATE"),
        ("Đ", True, "", "E_MARK_KIND"),
        ("8", False, "", "E_MARK_KIND"),
        (8.0, False, "", "E_MARK_KIND"),
        ("Chưa  đạt", False, "CĐ", ""),
        ("CÐ", False, "CĐ", ""),
        ("D", False, "Đ", "W_MARK_LETTER"),
        ("cd", False, "CĐ", "W_MARK_LETTER"),
        (" V ", True, "v", ""),
        ("m", False, "M", ""),
        (" \u00a0", True, "", ""),
    ],
)
def test_cells(cell: Any, scored: bool, value: str, code: str) -> None:
    found = read_mark(cell, scored=scored, scale=secondary().marks.scale)
    assert (written(found.mark), found.code) == (value, code)


def test_typed_averages_are_compared_never_taken() -> None:
    head = "Họ và tên;TX1;TX2;TX3;TX4;GK;CK;TBM\n"
    text = "Nguyễn Văn An;8;;9;;7;8;8,0\nLê Thị Bình;8;9;;;7;;7,5\nTrần Thị Hòa;M;M;;;M;M;M\n"
    differs, pending, exempt = _rows(head + text)
    assert (_codes(differs), str(differs.result.value), differs.typed) == (["W_AVG_DIFFERS"], "7.9", "8,0")
    assert (_codes(pending), pending.result.value, pending.why) == (["W_AVG_PENDING"], None, "missing")
    assert (exempt.status, exempt.result.exempt, len(exempt.regular)) == ("accept", True, 2)
    assert exempt.why is None


def test_names_compare_by_accents_but_not_by_case_or_place_of_the_tone() -> None:
    assert name_key("HOÀ") == name_key("hòa")
    assert name_key("Minh Anh") != name_key("Minh Ánh")
    assert name_key("Ðào") == name_key("Đào")
