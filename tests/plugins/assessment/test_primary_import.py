"""A workbook of a primary class: plan, taking over, what is refused, taking back."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from core.data.session import Database
from core.sdk import Actor
from plugins.assessment.access import EDIT
from plugins.assessment.services import books, grid, importing, saving
from tests.fixtures.primary_marks import workbook

from .conftest import fill

MATHS = [
    ["", "Trần Bảo Anh", "05/03/2014", "T", 9, "Hoàn thành tốt", 10, "Tính toán nhanh, cẩn thận."],
    ["", "LÊ MINH CHÂU", "05/03/2014", "H", 7, "H", "8,5", "Cần rèn thêm phép chia."],
    ["", "Phạm Thu Dungg", "05/03/2014", "T", "9", "T", 9, ""],
    ["", "Hoàng Gia Đạt", "05/03/2014", "Khá", 11, "C", dt.date(2026, 5, 8), None],
    ["", "Người Lạ", "05/03/2014", "T", 9, "T", 9, ""],
]
ETHICS = [["", "Trần Bảo Anh", "05/03/2014", "T", None, "T", 9, "Lễ phép."]]


def test_levels_tests_and_comments_of_a_class(db: Database, other_school: UUID, system: Actor) -> None:
    with db.context(system, other_school) as ctx:
        stage = fill(ctx, other_school, ("4A1", "4A2"))
        content = workbook("4A1", {"Toán": ("Toán", MATHS), "ĐĐ": ("Đạo đức", ETHICS), "Bìa": ("Bóng đá", ETHICS)})
        import_id = importing.start(ctx, stage.klass, 1, "4A1-HK1.xlsx", content)
        plan = importing.plan_of(importing.get_import(ctx, import_id))
        assert [sheet.name for sheet in plan.sheets] == ["Toán", "ĐĐ"] and [*plan.ignored] == ["Bìa"]
        maths, ethics = plan.sheets
        assert [row.status for row in maths.rows] == ["accept", "warn", "warn", "warn", "refuse"]
        assert [[(f.code, f.raw) for f in row.findings] for row in maths.rows[1:4]] == [
            [("E_MARK_UNREADABLE", "8,5")],
            [("W_NAME_FUZZY", "Phạm Thu Dungg")],
            [("E_MARK_UNREADABLE", "Khá"), ("E_MARK_UNREADABLE", "11"), ("E_CELL_DATE", maths.rows[3].findings[2].raw)],
        ]
        assert [f.code for f in ethics.rows[0].findings] == ["E_TEST_NONE"], "ethics has no test"
        assert len(maths.missing) == 0 and len(ethics.missing) == 3
        done = importing.confirm(ctx, import_id)
        assert (done.skipped, done.sheets_left) == (0, ())
        seen = grid.grid(ctx, books.course_book(ctx, stage.courses["toan"], 1))
        by_name = {row.pupil.full_name: dict(row.cells) for row in seen.rows}
        assert by_name["Trần Bảo Anh"] == {
            "ghk1": "T", "ghk1_d": "9", "chk1": "T", "chk1_d": "10", "nx": "Tính toán nhanh, cẩn thận.",
        }  # fmt: skip
        assert by_name["Lê Minh Châu"]["chk1"] == "H" and "chk1_d" not in by_name["Lê Minh Châu"]
        assert by_name["Hoàng Gia Đạt"] == {"chk1": "C"}
        again = importing.start(ctx, stage.klass, 1, "again.xlsx", content)
        assert sum(s.changes for s in importing.plan_of(importing.get_import(ctx, again)).sheets) == 0
        maths_book = books.course_book(ctx, stage.courses["toan"], 1, EDIT)
        changed = next(row.pupil.id for row in seen.rows if row.pupil.full_name == "Trần Bảo Anh")
        saving.save(ctx, maths_book, [saving.Entry(changed, "ghk1", "H", "T")])
        undone = importing.undo(ctx, import_id)
        assert undone.skipped == 1, "what somebody changed since stays"
        left = grid.grid(ctx, books.course_book(ctx, stage.courses["toan"], 1))
        assert [dict(row.cells) for row in left.rows if row.cells] == [{"ghk1": "H"}]
