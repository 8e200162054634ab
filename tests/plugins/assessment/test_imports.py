"""The real workbook of class 7A1: plan, refused cells, taking over, the way out and in again, taking back."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from core.data.session import Database
from core.sdk import Actor
from core.sdk.errors import Conflict, NotFound
from core.sdk.testing.fixtures import SignIn
from plugins.assessment import exchange
from plugins.assessment.access import EDIT
from plugins.assessment.services import books, grid, importing, saving
from plugins.curriculum.services import courses, plan, teachers
from plugins.learners import public as learners
from plugins.learners.services.classes import create_class
from plugins.learners.services.learners import create_learner

from .conftest import Stage

FILE = "marks-7A1-term1.xlsx"


@pytest.fixture
def hoa_phuong(db: Database, school: Any, system: Actor, shared: Path) -> Stage:
    """The roll of class 7A1 as the list of pupils has it."""
    roll = json.loads((shared / "data" / "expected" / "learners-thcs.json").read_text())["rows"]
    with db.context(system, school) as ctx:
        klass = create_class(ctx, "7A1")
        plan.take_over(ctx)
        for row in roll:
            if row["value"].get("lop") == "7A1" and row["status"] != "refuse":
                kept = ("mahocsinh", "hovaten", "phanbiet", "ngaysinh", "gioitinh", "lop")
                create_learner(ctx, {name: row["value"].get(name) for name in kept})
        lines = {line.code: line.id for line in courses.courses(ctx, class_id=klass)}
        an = teachers.add_teacher(ctx, "Nguyễn Văn An")
        courses.assign(ctx, lines["toan"], an)
        pupils = [member.id for member in learners.class_list(ctx, klass)]
        return Stage(school, klass, klass, lines, an, an, pupils, an, an)


def test_the_real_workbook(db: Database, hoa_phuong: Stage, system: Actor, shared: Path) -> None:
    content = (shared / "data" / FILE).read_bytes()
    truth = json.loads((shared / "data" / "expected" / "marks-7A1-term1.json").read_text())
    with db.context(system, hoa_phuong.school) as ctx:
        import_id = importing.start(ctx, hoa_phuong.klass, 1, FILE, content)
        read = importing.plan_of(importing.get_import(ctx, import_id))
        rows = Counter(row.status for sheet in read.sheets for row in sheet.rows)
        assert (len(read.sheets), rows) == (12, {"accept": 444, "warn": 20, "refuse": 3})
        assert sum(bool(row.result) for sheet in read.sheets for row in sheet.rows) == 447
        cells = sum(len(row.cells) for sheet in read.sheets for row in sheet.rows)
        assert all(sheet.usable for sheet in read.sheets) and cells == sum(sheet.changes for sheet in read.sheets)
        done = importing.confirm(ctx, import_id)
        assert (done.cells, done.skipped, done.sheets_left) == (cells, 0, ())
        with pytest.raises(Conflict):
            importing.confirm(ctx, import_id)
    expected = {(row["sheet"], row["row"]): row.get("dtbmhk") or row.get("ketqua") for row in truth["rows"]}
    with db.context(system, hoa_phuong.school) as ctx:
        seen = {
            sheet.name: {
                row.pupil.id: row.result.result
                for row in grid.grid(ctx, books.course_book(ctx, sheet.course_id, 1)).rows
            }
            for sheet in read.sheets
        }
        for sheet in read.sheets:
            for row in sheet.rows:
                wanted = expected[sheet.name, row.row] if row.pupil else None
                refused_cell = any(finding.code.startswith("E_") for finding in row.findings)
                if row.pupil and not refused_cell:
                    assert seen[sheet.name][row.pupil] == (wanted or ""), (sheet.name, row.row)
        wanted_books = [books.course_book(ctx, course, 1) for course in hoa_phuong.courses.values()]
        out = exchange.workbook(ctx, wanted_books, str).read()
        again = importing.start(ctx, hoa_phuong.klass, 1, "again.xlsx", out)
        back = importing.plan_of(importing.get_import(ctx, again))
        assert len(back.sheets) == 12 and sum(sheet.changes for sheet in back.sheets) == 0, "out and in: no change"
        assert sum(len(row.cells) for sheet in back.sheets for row in sheet.rows) == cells
    with db.context(system, hoa_phuong.school) as ctx:
        maths = books.course_book(ctx, hoa_phuong.courses["toan"], 1, EDIT)
        one = next(row for row in grid.grid(ctx, maths).rows if row.cells.get("tx1"))
        saving.save(ctx, maths, [saving.Entry(one.pupil.id, "tx1", "0", one.cells["tx1"])])
        undone = importing.undo(ctx, import_id)
        assert (undone.cells, undone.skipped) == (cells - 1, 1), "what somebody changed since stays"
        left = grid.grid(ctx, books.course_book(ctx, hoa_phuong.courses["toan"], 1))
        assert [dict(row.cells) for row in left.rows if row.cells] == [{"tx1": "0"}]
        with pytest.raises(Conflict):
            importing.undo(ctx, import_id)


def test_a_teacher_takes_over_their_own_sheets_by_the_pages(
    sign_in: SignIn, hoa_phuong: Stage, db: Database, shared: Path
) -> None:
    teacher = sign_in(hoa_phuong.school, "teacher", person_id=hoa_phuong.an)
    page = f"/assessment/workbooks/{hoa_phuong.klass}/1"
    assert teacher.get(page).status_code == 200

    def post(url: str, **form: object) -> Any:
        return teacher.post(url, data={"csrf_token": cast("Any", teacher).csrf, **form})

    sent = post(page, file=(io.BytesIO((shared / "data" / FILE).read_bytes()), FILE))
    shown = teacher.get(sent.location).text
    assert shown.count("Môn này do thầy cô khác dạy") == 11
    mended = load_workbook(io.BytesIO(teacher.get(f"{sent.location}/refused").data))
    assert "Toán" in mended.sheetnames and "Lý do chưa nhận" in str([*mended["Toán"].values])
    assert post(f"{sent.location}/confirm").status_code == 303
    with db.context(hoa_phuong.teacher(hoa_phuong.an), hoa_phuong.school) as ctx:
        assert grid.grid(ctx, books.course_book(ctx, hoa_phuong.courses["toan"], 1)).missing < 10
        with pytest.raises(NotFound):
            books.course_book(ctx, hoa_phuong.courses["khtn"], 1)
    other: FlaskClient = sign_in(hoa_phuong.school, "teacher", person_id=hoa_phuong.pupils[0])
    assert other.get(sent.location).status_code == 404, "another teacher's workbook"
    assert post(f"{sent.location}/undo").status_code == 303
    assert post(page, file=(io.BytesIO(b"nothing"), "x.xlsx")).status_code == 422
    assert post(page).status_code == 422
    third = post(page, file=(io.BytesIO((shared / "data" / FILE).read_bytes()), FILE))
    assert post(f"{third.location}/discard").status_code == 303
