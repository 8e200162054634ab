"""Pupils who change class within the year or come from another school: what they were given elsewhere counts here."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

import pytest

from core.data.session import Database
from core.sdk import Actor, Context
from core.sdk.data import local_date
from core.sdk.errors import Forbidden, Invalid, NotFound
from core.sdk.school import current_year
from plugins.assessment import personal, public
from plugins.assessment.access import EDIT
from plugins.assessment.services import (
    books,
    brought,
    grid,
    printing,
    progress,
    publishing,
    pupils,
    results,
    saving,
)  # fmt: skip
from plugins.assessment.services.brought import Paper
from plugins.assessment.services.writing import Written, write
from plugins.curriculum.services import courses
from plugins.learners.services.movements import change_class
from tests.conftest import SignIn

from .conftest import Stage
from .test_printing import _text
from .test_results import marked as marked
from .test_saving import _save

FULL = {"tx1": "8", "tx2": "7.5", "tx3": "9", "tx4": "10", "gk": "6.5", "ck": "7"}
PAPER = Paper("Trường THCS Kim Đồng", "Bảng điểm số 12, ngày 10/11/2026")


def _move(ctx: Context, stage: Stage, learner: UUID, to: UUID) -> None:
    """Yesterday into another class of the grade."""
    change_class(ctx, learner, to, max(current_year(ctx).starts_on + timedelta(days=1), _day(ctx)))


def _day(ctx: Context) -> date:
    return local_date(ctx.now())


def _there(ctx: Context, stage: Stage, code: str = "toan") -> books.Book:
    """The book of the same subject in the other class."""
    [line] = [one for one in courses.courses(ctx, class_id=stage.other_class) if one.code == code]
    return books.course_book(ctx, line.id, 1, EDIT)


def test_marks_of_the_class_before_count_and_are_not_changed(db: Database, stage: Stage, system: Actor) -> None:
    one = stage.pupils[0]
    with db.context(system, stage.school) as ctx:
        _save(ctx, stage, (0, "tx1", "8", ""), (0, "tx2", "7,5", ""), (0, "nx", "Chăm", ""), (1, "tx1", "5", ""))
        before = {line.course.id: line.entered for line in progress.all_books(ctx, 1) if line.course}
        _move(ctx, stage, one, stage.other_class)
    with db.context(system, stage.school) as ctx:
        seen = grid.grid(ctx, _there(ctx, stage))
        [row] = [row for row in seen.rows if row.pupil.id == one]
        assert row.cells == {"tx1": "8", "tx2": "7.5"} and row.origins == {"tx1": "7A1", "tx2": "7A1"}
        assert row.beside == "7A1: Chăm", "the comment stays beside: the new teacher writes their own"
        tx1, tx3 = (seen.book.layout.slot(name) for name in ("tx1", "tx3"))
        assert tx1 and tx3 and not seen.editable_in(row, tx1) and seen.editable_in(row, tx3)
        wanted = [saving.Entry(one, slot, FULL[slot], "") for slot in ("tx3", "tx4", "gk", "ck")]
        saved = saving.save(ctx, seen.book, [saving.Entry(one, "tx1", "10", "8"), *wanted])
        assert [refusal.reason.params for refusal in saved.refused] == [{"origin": "7A1"}]
        assert [(row.result, row.why) for row in saved.rows] == [("7.6", "")], "all six count, as in one class"
        left = grid.grid(ctx, books.course_book(ctx, stage.courses["toan"], 1))
        assert one not in {row.pupil.id for row in left.rows}
        after = {line.course.id: line for line in progress.all_books(ctx, 1) if line.course}
        mine, theirs = after[stage.courses["toan"]], after[seen.book.course_id or one]
        assert (mine.entered, theirs.entered) == (1, 6) and before[stage.courses["toan"]] == 3
        [entry] = pupils.pupil_books(ctx, one)
        assert dict(entry.cells) == FULL and entry.origins == {"tx1": "7A1", "tx2": "7A1"}, "one row a subject"


def test_a_mark_of_each_class_keeps_its_place(db: Database, stage: Stage, system: Actor) -> None:
    one = stage.pupils[0]
    with db.context(system, stage.school) as ctx:
        _save(ctx, stage, (0, "tx1", "8", ""), (0, "gk", "9", ""))
        _move(ctx, stage, one, stage.other_class)
        there = _there(ctx, stage)
        held = books.held(ctx, there)[0]
        write(ctx, held, [Written((one, "tx1"), None, public.Cell(1, 70, None))], "import", 1)
        [row] = [row for row in grid.grid(ctx, _there(ctx, stage)).rows if row.pupil.id == one]
        assert row.cells == {"tx1": "7", "tx2": "8", "gk": "9"}, "nothing is lost where two marks meet"


def test_the_year_is_that_of_both_classes(
    db: Database, system: Actor, marked: Stage, sign_in: SignIn, tmp_path: Any
) -> None:
    """The first pupil has a whole good year in 7A1 and moves at its end: the results go along, in one row a subject."""
    good = marked.pupils[0]
    with db.context(system, marked.school) as ctx:
        for term in (1, 2):
            own = books.class_book(ctx, marked.klass, term, EDIT)
            saving.save(ctx, own, [saving.Entry(good, "nx", f"Ngoan, kì {term}", "")])
        _member, before = results.pupil_result(ctx, marked.klass, good)
        publishing.publish(ctx, [marked.klass], 1)
        publishing.publish(ctx, [marked.klass], 2)
        _move(ctx, marked, good, marked.other_class)
    with db.context(system, marked.school) as ctx:
        _member, after = results.pupil_result(ctx, marked.other_class, good)
        assert after.subjects == before.subjects and len({line.code for line in after.subjects}) == 12
        assert (after.promotion, after.learning, after.training) == ("PROMOTED", "T", "T")
        assert after.comments == ("Ngoan, kì 1", "Ngoan, kì 2"), "also what the former homeroom teacher wrote"
        with pytest.raises(NotFound):
            results.pupil_result(ctx, marked.klass, good)
        cards, _count = printing.class_cards(ctx, marked.other_class, only=good)
        told = _text(cards, tmp_path)
        assert "Ngoan, kì 2" in told and told.count("Toán") == 1
        book, _count = printing.class_book(ctx, marked.other_class, 1)
        assert "Ngoan, kì 1" in _text(book, tmp_path) and "Trần Bảo Anh" in _text(book, tmp_path)
    parent = sign_in(marked.school, "parent", person_id=marked.parent)
    page = parent.get(f"/assessment/family/{good}").text
    assert page.count(">Toán<") == 2 and "Ngoan, kì 1" in page, "once a term"
    assert "Được lên lớp" in parent.get(f"/assessment/family/{good}/results").text


def test_what_a_pupil_brings_from_another_school(db: Database, system: Actor, stage: Stage, sign_in: SignIn) -> None:
    one = stage.pupils[0]
    scored = {"toan": "7,9", "nguvan": "8"}
    with db.context(system, stage.school) as ctx:
        with pytest.raises(Invalid) as wrong:
            brought.enter(ctx, one, 1, {("toan", "tb"): "11", ("zz", "tb"): "8", ("nguvan", "tb"): "8"}, Paper("", ""))
        assert set(wrong.value.fields) == {"toan.tb", "zz.tb", "from_school", "document"}
        cells = {(code, "tb"): text for code, text in scored.items()} | {("gdcd", "tx1"): "9", ("", "rl"): "Khá"}
        brought.enter(ctx, one, 1, cells, PAPER)
        found = {line.code: line for line in _result(ctx, stage, one).subjects}
        assert (found["toan"].first, found["nguvan"].first, found["gdcd"].first) == ("7.9", "8.0", "")
        assert found["toan"].year == "" and _result(ctx, stage, one).promotion == "", "missing is undetermined"
        maths = grid.grid(ctx, books.course_book(ctx, stage.courses["toan"], 1))
        [row] = [row for row in maths.rows if row.pupil.id == one]
        assert row.result.result == "7.9" and row.origins == {"tb": PAPER.from_school}
        assert maths.missing == 3 * 6, "where the result is there, no mark is missing"
        civics = grid.grid(ctx, books.course_book(ctx, stage.courses["gdcd"], 1))
        assert [row.origins for row in civics.rows if row.pupil.id == one] == [{"tx1": PAPER.from_school}]
        held = personal.show(ctx, one)
        assert PAPER.from_school in str(held), "the pupil's own data name it"
        brought.enter(ctx, one, 1, {("toan", "tb"): "8,0"}, PAPER)
        now, before = brought.entered(ctx, one, 1)
        assert now.ended_at is None and before.ended_by == system.name and before.cells["nguvan"] == {"tb": "8"}
        assert brought.enter(ctx, one, 1, {}, PAPER) is None
        assert {line.first for line in _result(ctx, stage, one).subjects} == {""}
    with db.context(stage.teacher(stage.an), stage.school) as ctx:
        brought.enter(ctx, one, 2, {("toan", "gk"): "7"}, PAPER)
        with pytest.raises(NotFound):
            brought.enter(ctx, stage.stranger, 2, {("toan", "gk"): "7"}, PAPER)
    with db.context(stage.teacher(stage.binh), stage.school) as ctx, pytest.raises(NotFound):
        brought.entered(ctx, one, 2)
    parent = Actor("account", "Phụ huynh", person_id=stage.parent, permissions=frozenset({f"{READ}.own"}))
    with db.context(parent, stage.school) as ctx, pytest.raises(Forbidden):
        brought.enter(ctx, one, 2, {("toan", "gk"): "10"}, PAPER)


READ = "assessment.mark.read"


def _result(ctx: Context, stage: Stage, learner: UUID) -> results.PupilResult:
    return results.pupil_result(ctx, stage.klass, learner)[1]


def test_the_page_and_the_api_of_what_is_brought(stage: Stage, sign_in: SignIn) -> None:
    head = cast("Any", sign_in(stage.school, "head", name="Cô Hiệu trưởng"))
    one = stage.pupils[0]
    page = f"/assessment/brought/{one}/1"
    assert head.get(page).status_code == 200 and page in head.get(f"/learners/{one}?tab=marks").text
    form = {
        "csrf_token": head.csrf,
        "toan.tb": "7,9",
        "gdtc.tb": "Đ",
        "from_school": PAPER.from_school,
        "document": "x",
    }
    wrong = head.post(page, data={**form, "toan.gk": "mười"})
    assert wrong.status_code == 422 and "mười" in wrong.text and 'value="7,9"' in wrong.text
    scan = (io.BytesIO(b"%PDF-1.7 paper"), "bangdiem.pdf")
    assert head.post(page, data={**form, "file": scan}).status_code == 303
    shown = head.get(page).text
    assert 'value="7,9"' in shown and "Cô Hiệu trưởng" in shown
    paper = next(part for part in shown.split('"') if "/brought/papers/" in part)
    assert head.get(paper).data == b"%PDF-1.7 paper"
    assert head.post(page, data={**form, "file": (io.BytesIO(b"MZ"), "x.exe")}).status_code == 422
    book = head.get(f"/assessment/courses/{stage.courses['toan']}/1").text
    assert "7,9" in book and PAPER.from_school in book
    api, token = f"/api/v1/assessment/learners/{one}/terms/1/brought", {"X-CSRF-Token": head.csrf}
    assert head.get(api.replace("/terms/1/", "/terms/70000/")).status_code == 404
    assert head.get(api).json["items"][0]["from_school"] == PAPER.from_school
    body = {"from_school": "A", "document": "B", "cells": [{"subject": "toan", "slot": "tx1", "value": "6"}]}
    put = head.put(api, json=body, headers=token).json["items"]
    assert [cell["value"] for cell in put[0]["cells"]] == ["6"] and put[1]["ended_at"]
    stranger = cast("Any", sign_in(stage.school, "teacher", person_id=stage.binh))
    for url in (page, paper):
        assert stranger.get(url).status_code in (403, 404)
    assert stranger.put(api, json=body, headers={"X-CSRF-Token": stranger.csrf}).status_code in (403, 404)
