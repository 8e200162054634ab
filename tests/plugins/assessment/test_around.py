"""What hangs on the marks: the demo, the pupil's own data, the tab on the pupil's page, the start page."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from core.data.session import Database
from core.sdk import Actor
from core.sdk.errors import NotFound
from core.sdk.testing.fixtures import SignIn
from plugins.assessment import personal
from plugins.assessment.demo import fill as fill_demo
from plugins.assessment.models import Change, MarkCell
from plugins.assessment.services import books, grid, pupils

from .conftest import Stage, fill
from .test_saving import _save


def test_a_demo_school_has_marks_that_the_rules_take(
    db: Database, stage: Stage, other_school: UUID, system: Actor
) -> None:
    with db.context(system, stage.school) as ctx:
        fill_demo(ctx, {})
        seen = grid.grid(ctx, books.course_book(ctx, stage.courses["toan"], 1))
        assert 0 < seen.missing < 4 * 6
        kept = len(ctx.session.execute(select(MarkCell.slot)).all())
        assert kept == len(ctx.session.execute(select(Change.id)).all()) > 100
    with db.context(system, other_school) as ctx:
        primary = fill(ctx, other_school, ("4A1", "4A2"))
        fill_demo(ctx, {})
        seen = grid.grid(ctx, books.course_book(ctx, primary.courses["toan"], 1))
        assert {text for row in seen.rows for text in row.cells.values()} <= {"T", "H", "C"}


def test_teachers_see_of_a_pupil_what_they_may(db: Database, stage: Stage, system: Actor) -> None:
    with db.context(system, stage.school) as ctx:
        _save(ctx, stage, (0, "tx1", "8", ""))
        _save(ctx, stage, (0, "tx1", "7", ""), code="nguvan")
        assert len(pupils.pupil_books(ctx, stage.pupils[0])) == 2
        [held] = personal.show(ctx, stage.pupils[0])
        assert sorted(str(value) for _label, value in held.facts) == ["7", "8"]
        assert personal.erase(ctx, stage.pupils[0], True).kept and not personal.show(ctx, stage.pupils[1])
    with db.context(stage.teacher(stage.binh), stage.school) as ctx:
        [book] = pupils.pupil_books(ctx, stage.pupils[0])
        assert book.course is not None and book.course.code == "nguvan" and book.cells == {"tx1": "7"}
    with db.context(stage.teacher(stage.an), stage.school) as ctx:
        assert len(pupils.pupil_books(ctx, stage.pupils[0])) == 2, "who leads the class"
        with pytest.raises(NotFound):
            pupils.pupil_books(ctx, stage.stranger)


def test_the_start_page_says_what_is_missing(sign_in: SignIn, stage: Stage) -> None:
    teacher = sign_in(stage.school, "teacher", person_id=stage.an)
    start = teacher.get("/").text
    assert "7A1 · Toán" in start and 'href="/assessment/"' in start
    tab = teacher.get(f"/learners/{stage.pupils[0]}?tab=marks")
    assert tab.status_code == 200
