"""Every row of the shared marks file: pupil, cells, average, status and codes are those of the expected result."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from core.sdk.imports import column_letter, read_tables
from plugins.assessment.rules.marks import State
from plugins.assessment.rules.sheet import (
    CODES,
    MarksPlan,
    MarksRow,
    Pupil,
    ReadMark,
    SheetSubject,
    read_marks,
    written,
)
from plugins.assessment.rules.sheet.pupils import name_key

from .cases import secondary

NAMES = {
    "toan": ("Toán",),
    "nguvan": ("Ngữ văn",),
    "tienganh": ("Ngoại ngữ 1 (Tiếng Anh)",),
    "gdcd": ("Giáo dục công dân", "GDCD"),
    "lsdl": ("Lịch sử và Địa lí",),
    "khtn": ("Khoa học tự nhiên",),
    "congnghe": ("Công nghệ",),
    "tinhoc": ("Tin học",),
    "gdtc": ("Giáo dục thể chất",),
    "nghethuat": ("Nghệ thuật",),
    "gddp": ("Nội dung giáo dục của địa phương", "GDĐP"),
    "hdtn": ("Hoạt động trải nghiệm, hướng nghiệp",),
}


def _json(shared: Path, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((shared / "data" / "expected" / f"{name}.json").read_text())
    return loaded


def _roll(shared: Path, expected: dict[str, Any]) -> list[Pupil]:
    by_code = {
        row["value"]["mahocsinh"]: row["value"]
        for row in _json(shared, "learners-thcs")["rows"]
        if row["status"] != "refuse"
    }
    return [
        Pupil(code, code, one["hovaten"], one["phanbiet"], one["ngaysinh"])
        for code, one in ((code, by_code[code]) for code in expected["roll"])
    ]


@pytest.fixture
def expected(shared: Path) -> dict[str, Any]:
    return _json(shared, "marks-7A1-term1")


@pytest.fixture
def plan(shared: Path, expected: dict[str, Any]) -> MarksPlan:
    subjects = [
        SheetSubject(sheet["subject"], NAMES[sheet["subject"]], sheet["scored"], sheet["tx_required"])
        for sheet in expected["sheets"]
    ]
    tables = read_tables((shared / "data" / expected["file"]).read_bytes())
    return read_marks(tables, _roll(shared, expected), subjects, secondary().marks)


def _cell(one: ReadMark) -> object:
    if one.mark.state is State.REFUSED:
        return {"refuse": one.code, "raw": one.raw, "value": None}
    if one.code:
        return {"warn": one.code, "raw": one.raw, "value": written(one.mark)}
    return written(one.mark)


def _row(row: MarksRow, scored: bool) -> dict[str, object]:
    value = row.result.value
    result = "M" if row.result.exempt else None if value is None or row.refused else str(value)
    if isinstance(value, bool) and not row.refused:
        result = "Đ" if value else "CĐ"
    codes = sorted({finding.code for finding in row.findings})
    return {
        "status": row.status,
        "warnings": [code for code in codes if not code.startswith("E_PUPIL")],
        "errors": [code for code in codes if code.startswith("E_PUPIL")],
        "mahocsinh": row.pupil.code if row.pupil else None,
        "hovaten": name_key(row.written.name),
        "tx": [_cell(one) for one in row.regular],
        "gk": _cell(row.mid),
        "ck": _cell(row.end),
        "result": result,
        "why": row.why,
    }


def _wanted(row: dict[str, Any]) -> dict[str, object]:
    wanted: dict[str, object] = {key: row.get(key) for key in ("status", "mahocsinh", "tx", "gk", "ck", "why")}
    wanted["warnings"], wanted["errors"] = sorted(row.get("warnings", [])), row.get("errors", [])
    name = row["hovaten"].removesuffix(" (A)").removesuffix(" (B)")
    return wanted | {"hovaten": name_key(name), "result": row.get("dtbmhk", row.get("ketqua"))}


def test_every_row_is_as_expected(plan: MarksPlan, expected: dict[str, Any]) -> None:
    mine = {(sheet.name, row.row): _row(row, sheet.subject.scored) for sheet in plan.sheets for row in sheet.rows}
    theirs = {(row["sheet"], row["row"]): _wanted(row) for row in expected["rows"]}
    assert set(mine) == set(theirs)
    wrong = [(key, mine[key], row) for key, row in theirs.items() if mine[key] != row]
    assert wrong == []
    found = [finding.code for sheet in plan.sheets for row in sheet.rows for finding in row.findings]
    codes = Counter(found)
    assert codes == expected["summary"]["codes"]
    assert set(codes) <= set(CODES)


def test_layout_and_missing_pupils(plan: MarksPlan, expected: dict[str, Any]) -> None:
    assert plan.ignored == []
    for sheet, told in zip(plan.sheets, expected["sheets"], strict=True):
        letters = {name: column_letter(at) for name, at in sheet.layout.fields.items()}
        letters |= {f"tx{n}": column_letter(at) for n, at in enumerate(sheet.layout.regular, start=1)}
        assert (sheet.name, sheet.subject.code, letters) == (told["sheet"], told["subject"], told["columns"])
        assert list(sheet.layout.header_rows) == told["header_rows"]
        assert [pupil.code for pupil in sheet.missing] == told["missing_pupils"], sheet.name
        assert (sheet.about.class_name, sheet.about.term) == ("7A1", 1)
