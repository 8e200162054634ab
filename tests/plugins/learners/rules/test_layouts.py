"""The same pupils in many layouts: other words and order, one or more columns, headings or cells, CSV or workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from core.data.imports import read_tables
from plugins.learners.demo import Generator
from plugins.learners.rules import ethnic, provinces
from plugins.learners.rules.planner import Expected, LearnerPlan, plan_learners

CLASSES = ("6A1", "6A2", "7A1")
Value = dict[str, Any]
Columns = dict[str, Callable[[Value], Any]]


def _pupils(count: int = 36) -> list[Value]:
    made = Generator(7, 2026, "01")
    pupils = [made.pupil(number + 1, CLASSES[number * 3 // count]) for number in range(count)]
    for pupil in pupils:
        pupil["bhyt"] = pupil["bhyt"] if pupil["gioitinh"] == 2 else None
    return pupils


def _phone(person: Value) -> str:
    return " / ".join("0" + phone[3:] for phone in person["sdt"])


def _date(value: Value) -> dt.date:
    return dt.date.fromisoformat(value["ngaysinh"])


PLAIN: Columns = {
    "Mã học sinh": lambda v: v["mahocsinh"],
    "Dân tộc": lambda v: ethnic.NAMES[v["dantoc"]],
    "CCCD/Mã định danh": lambda v: v["sodinhdanh"],
    "Nơi sinh": lambda v: provinces.NAMES[v["noisinh_tinh"]],
    "Họ tên bố": lambda v: v["cha"]["hovaten"],
    "Năm sinh bố": lambda v: v["cha"]["namsinh"],
    "Số ĐT bố": lambda v: _phone(v["cha"]),
    "Họ tên mẹ": lambda v: v["me"]["hovaten"],
    "Năm sinh của mẹ": lambda v: v["me"]["namsinh"],
    "Điện thoại mẹ": lambda v: _phone(v["me"]),
    "Diện ưu tiên": lambda v: v["doituongchinhsach"],
    "Số thẻ bảo hiểm y tế": lambda v: v["bhyt"],
}
NAME: list[Columns] = [
    {"Họ và tên": lambda v: v["hovaten"]},
    {"HỌ TÊN HỌC SINH": lambda v: v["hovaten"].upper()},
    {"Họ đệm": lambda v: v["hovaten"].rpartition(" ")[0], "Tên": lambda v: v["hovaten"].rpartition(" ")[2]},
    {"Họ và tên": lambda v: v["hovaten"].rpartition(" ")[0], "": lambda v: v["hovaten"].rpartition(" ")[2]},
]
BIRTH: list[Columns] = [
    {"Ngày sinh": _date},
    {"Ngày, tháng,\nnăm sinh": lambda v: f"{_date(v):%d/%m/%Y}"},
    {"Sinh ngày": lambda v: f"{_date(v).day}.{_date(v).month}.{_date(v).year}"},
    {"Ngày sinh": lambda v: _date(v).day, "Tháng sinh": lambda v: _date(v).month, "Năm sinh": lambda v: _date(v).year},
    {"Ngày": lambda v: _date(v).day, "Tháng": lambda v: _date(v).month, "Năm": lambda v: _date(v).year},
]
SEX: list[Columns] = [
    {"Giới tính": lambda v: "Nữ" if v["gioitinh"] == 2 else "Nam"},
    {"Phái": lambda v: "NỮ" if v["gioitinh"] == 2 else "nam"},
    {"Nữ": lambda v: "x" if v["gioitinh"] == 2 else ""},
    {"Nam": lambda v: "x" if v["gioitinh"] == 1 else "", "Nữ": lambda v: "x" if v["gioitinh"] == 2 else ""},
]
PLACE: list[Columns] = [
    {"Địa chỉ thường trú": lambda v: f"{v['noio']['chitiet']}, {v['noio']['xa']}, Hà Nội"},
    {
        "Số nhà, đường, thôn": lambda v: v["noio"]["chitiet"],
        "Phường/xã": lambda v: v["noio"]["xa"].replace("Phường ", "P."),
        "Tỉnh": lambda v: "TP Hà Nội",
    },
]
CLASS: list[Columns] = [{"Lớp": lambda v: v["lop"]}, {"Tên lớp": lambda v: f"Lớp {v['lop'].lower()}"}]


def _layout(seed: int, *, with_class: bool) -> list[tuple[str, Callable[[Value], Any]]]:
    pick = random.Random(seed)
    chosen = [pick.choice(NAME), pick.choice(BIRTH), pick.choice(SEX), pick.choice(PLACE)]
    if with_class:
        chosen.append(pick.choice(CLASS))
    groups = [list(columns.items()) for columns in chosen] + [[item] for item in PLAIN.items()]
    pick.shuffle(groups)
    return [("STT", lambda v: "")] + [item for group in groups for item in group]


def _check(plan: LearnerPlan, pupils: list[Value]) -> None:
    assert len(plan.rows) == len(pupils)
    wrong = []
    for row, pupil in zip(plan.rows, pupils, strict=True):
        value = json.loads(row.value)
        expected = {**dict.fromkeys(value), "quoctich": "VN", **pupil}
        if value != expected or row.errors or row.warnings:
            wrong.append(
                (row.row, row.findings, {k: (value[k], expected[k]) for k in value if value[k] != expected[k]})
            )
    assert wrong == []


@pytest.mark.parametrize("seed", range(24))
@pytest.mark.parametrize("headings", [False, True], ids=["class in cells", "class in headings"])
def test_workbooks(seed: int, headings: bool) -> None:
    pupils = _pupils()
    layout = _layout(seed, with_class=not headings)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["TRƯỜNG THCS HOA NẮNG"])
    sheet.append(["DANH SÁCH HỌC SINH NĂM HỌC 2026-2027"])
    sheet.append([])
    sheet.append([title for title, _read in layout])
    if seed % 3 == 0:
        sheet.append([f"({at + 1})" for at in range(len(layout))])
    present = None
    for number, pupil in enumerate(pupils):
        if headings and pupil["lop"] != present:
            present = pupil["lop"]
            sheet.append([f"Lớp {present} - GVCN: Trần Thị Mai"])
        sheet.append([number + 1, *(read(pupil) for _title, read in layout[1:])])
        if number == 20 and seed % 2 == 0:
            sheet.append([title for title, _read in layout])
    sheet.append(["", f"Tổng cộng: {len(pupils)} học sinh"])
    sheet.append([])
    sheet.append(["", "", "", "Hà Nội, ngày 5 tháng 9 năm 2026"])
    sheet.append(["", "NGƯỜI LẬP BIỂU", "", "HIỆU TRƯỞNG"])
    sheet.append([])
    sheet.append(["", "Nguyễn Thị Hoa", "", "Lê Văn Bình"])
    output = io.BytesIO()
    book.save(output)
    _check(plan_learners(read_tables(output.getvalue()), Expected(CLASSES)), pupils)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16")])
def test_csv_texts(seed: int, delimiter: str, encoding: str) -> None:
    pupils = _pupils()
    headings = seed % 2 == 1
    layout = _layout(seed, with_class=not headings)
    output = io.StringIO()
    writer = csv.writer(output, delimiter=delimiter)
    writer.writerow([title for title, _read in layout])
    present = None
    for number, pupil in enumerate(pupils):
        if headings and pupil["lop"] != present:
            present = pupil["lop"]
            writer.writerow([f"LỚP {present}", *[""] * (len(layout) - 1)])
        cells = [read(pupil) for _title, read in layout[1:]]
        writer.writerow([number + 1, *(f"{c:%d/%m/%Y}" if isinstance(c, dt.date) else c for c in cells)])
    writer.writerow(["", "Tổng số", str(len(pupils)), *[""] * (len(layout) - 3)])
    _check(plan_learners(read_tables(output.getvalue().encode(encoding)), Expected(CLASSES)), pupils)


def _small(rows: list[list[Any]], change: Callable[[Any], None] | None = None) -> LearnerPlan:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    output = io.BytesIO()
    book.save(output)
    return plan_learners(read_tables(output.getvalue()), Expected(CLASSES))


HEAD = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Lớp", "Mã học sinh", "Số định danh"]
AN = [1, "Lê Văn An", "07/03/2015", "Nam", "6A1", "2400000001", "001215000001"]
BINH = [2, "Trần Thị Bình", "08/04/2015", "Nữ", "6A1", "2400000002", "001315000002"]


def test_a_class_merged_over_its_rows_holds_for_each() -> None:
    def merge(sheet: Any) -> None:
        sheet["E3"] = None
        sheet.merge_cells("E2:E3")

    plan = _small([HEAD, AN, BINH], merge)
    assert [json.loads(row.value)["lop"] for row in plan.rows] == ["6A1", "6A1"]


def test_of_a_hidden_and_a_visible_column_the_visible_one_counts() -> None:
    def hide(sheet: Any) -> None:
        sheet.column_dimensions["B"].hidden = True

    plan = _small([[HEAD[0], "Họ và tên", *HEAD[1:]], [1, "Tên Cũ", *AN[1:]]], hide)
    assert json.loads(plan.rows[0].value)["hovaten"] == "Lê Văn An"


def test_a_class_that_became_a_date_is_only_proposed() -> None:
    plan = _small([HEAD, [*AN[:4], dt.date(2026, 1, 6), *AN[5:]], BINH])
    assert plan.rows[0].errors == ["E_CELL_DATE"]
    assert [finding.proposal for finding in plan.rows[0].findings] == ["6/1"]
    assert json.loads(plan.rows[0].value)["lop"] is None
    assert plan.rows[1].status == "accept"


@pytest.mark.parametrize("column", ["B", "C", "E"])
def test_an_error_value_in_a_required_cell_refuses_the_row(column: str) -> None:
    def spoil(sheet: Any) -> None:
        sheet[f"{column}2"] = "#N/A"
        sheet[f"{column}2"].data_type = "e"

    plan = _small([HEAD, AN, BINH], spoil)
    assert plan.rows[0].errors == ["E_CELL_ERROR"]
    assert plan.rows[1].status == "accept"


def test_two_header_rows_without_merged_cells() -> None:
    rows: list[list[Any]] = [
        ["STT", "Họ và tên", "Ngày sinh", "Lớp", "Cha", "", "", "Mẹ", "", ""],
        ["", "", "", "", "Họ tên", "Năm sinh", "SĐT", "Họ tên", "Năm sinh", "SĐT"],
        [1, "Lê Văn An", "07/03/2015", "6A1", "Lê Văn Ba", 1980, "0900000001", "Vũ Thị Tư", 1982, "0900000002"],
    ]
    value = json.loads(_small(rows).rows[0].value)
    assert value["cha"] == {"hovaten": "Lê Văn Ba", "namsinh": 1980, "sdt": ["+84900000001"]}
    assert value["me"] == {"hovaten": "Vũ Thị Tư", "namsinh": 1982, "sdt": ["+84900000002"]}


def test_pupils_without_a_single_usable_cell_are_refused_not_dropped() -> None:
    plan = _small([HEAD, [1, "Lê Văn An", None, None, None, None, None], BINH])
    assert plan.rows[0].errors == ["E_BIRTH_MISSING", "E_CLASS_MISSING"]


def test_numbered_rows_without_anything_else_are_blank() -> None:
    plan = _small([HEAD, AN, [2, None, None, None, None, None, None], BINH])
    assert len(plan.rows) == 2


def test_several_header_words_for_the_same_person_never_mix_up_parents() -> None:
    head = [*HEAD, "Họ tên cha", "SĐT cha", "Họ tên mẹ", "SĐT mẹ", "Họ tên người giám hộ", "SĐT phụ huynh"]
    plan = _small([head, [*AN, "Lê Ba", "0900000001", "Vũ Tư", "0900000002", "Bà Năm", "0900000003"]])
    value = json.loads(plan.rows[0].value)
    assert (value["cha"]["sdt"], value["me"]["sdt"]) == (["+84900000001"], ["+84900000002"])
    assert value["nguoigiamho"] == {"hovaten": "Bà Năm", "sdt": ["+84900000003"]}


def test_the_year_of_school_moves_the_usual_age() -> None:
    tables = _small([HEAD, AN])
    assert tables.rows[0].status == "accept"
    book = openpyxl.Workbook()
    for row in (HEAD, AN):
        book.worksheets[0].append(row)
    output = io.BytesIO()
    book.save(output)
    later = plan_learners(read_tables(output.getvalue()), Expected(CLASSES, first_year=2030))
    assert later.rows[0].warnings == ["W_AGE"]
