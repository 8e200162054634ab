"""Saving, clashes, windows, locks, versions and publishing, on the real database."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from core.data.session import Database
from core.sdk import Actor, Context
from core.sdk.data import local_date
from core.sdk.errors import Conflict, Forbidden, Invalid, NotFound
from plugins.assessment import public
from plugins.assessment.access import APPROVE, EDIT
from plugins.assessment.services import books, grid, locking, progress, publishing, saving, trail, windows
from plugins.assessment.services.saving import Entry
from plugins.learners.services.learners import create_learner

from .conftest import Stage, fill


def _save(ctx: Context, stage: Stage, *cells: tuple[int, str, str, str], code: str = "toan") -> saving.Saved:
    book = books.course_book(ctx, stage.courses[code], 1, EDIT)
    return saving.save(ctx, book, [Entry(stage.pupils[at], slot, value, seen) for at, slot, value, seen in cells])


FULL = [("tx1", "8"), ("tx2", "7,5"), ("tx3", "9"), ("tx4", "10"), ("gk", "6.5"), ("ck", "7")]


def test_a_teacher_enters_marks_and_sees_the_average_by_the_rules(db: Database, stage: Stage) -> None:
    with db.context(stage.teacher(stage.an, "Thầy An"), stage.school) as ctx:
        saved = _save(ctx, stage, *((0, slot, value, "") for slot, value in FULL), (1, "tx1", "v", ""))
        assert (len(saved.saved), saved.refused, saved.conflicts) == (7, (), ())
        results = {row.learner_id: (row.result, row.why) for row in saved.rows}
        assert results[stage.pupils[0]] == ("7.6", ""), "(34.5 + 2 × 6.5 + 3 × 7) / 9"
        assert results[stage.pupils[1]] == ("", "pending"), "never an average while something is pending"
    with db.context(stage.teacher(stage.an), stage.school) as ctx:
        seen = grid.grid(ctx, books.course_book(ctx, stage.courses["toan"], 1))
        assert seen.rows[0].cells == {"tx1": "8", "tx2": "7.5", "tx3": "9", "tx4": "10", "gk": "6.5", "ck": "7"}
        assert [slot.name for slot in seen.columns] == ["tx1", "tx2", "tx3", "tx4", "gk", "ck", "nx"]
        assert (seen.missing, seen.pending, seen.may_edit) == (6 * 3 - 1, 1, True)
        [change] = trail.changes(ctx, seen.book, learner_id=stage.pupils[1])
        assert (change.old, change.new, change.who, change.door) == ("", "v", "Thầy An", "grid")


def test_what_is_no_mark_is_refused_and_the_rest_saved(db: Database, stage: Stage, system: Actor) -> None:
    with db.context(system, stage.school) as ctx:
        saved = _save(
            ctx, stage, (0, "tx1", "11", ""), (0, "tx2", "8,25", ""), (0, "tx3", "Đ", ""), (0, "gk", "8-", ""),
            (0, "zz", "8", ""), (1, "tx1", "9", ""),
        )  # fmt: skip
        assert [(refusal.slot, refusal.value) for refusal in saved.refused] == [
            ("tx1", "11"), ("tx2", "8,25"), ("tx3", "Đ"), ("gk", "8-"), ("zz", "8"),
        ]  # fmt: skip
        assert len(saved.saved) == 1
        book = books.course_book(ctx, stage.courses["toan"], 1)
        stray = saving.save(ctx, book, [Entry(stage.stranger, "tx1", "8", "")])
        assert len(stray.refused) == 1 and not stray.saved, "a pupil of another class"
        passed = _save(ctx, stage, (0, "tx1", "đ", ""), (0, "tx2", "CĐ", ""), (0, "gk", "8", ""), code="nghethuat")
        assert [change.new and change.new.text for change in passed.saved] == ["D", "CD"]
        assert len(passed.refused) == 1, "a number in a comment subject"


def test_two_writers_lose_nothing(db: Database, stage: Stage) -> None:
    with db.context(stage.teacher(stage.an, "Thầy An"), stage.school) as ctx:
        _save(ctx, stage, (0, "tx1", "8", ""), (0, "tx2", "7", ""))
    with db.context(stage.teacher(stage.an, "Máy khác"), stage.school) as ctx:
        saved = _save(ctx, stage, (0, "tx1", "9", ""), (0, "tx2", "7", ""), (1, "tx1", "5", ""))
        [clash] = saved.conflicts
        assert (clash.mine, clash.theirs, clash.who) == ("9", "8", "Thầy An") and clash.at is not None
        assert len(saved.saved) == 1, "the other cell is saved, the same value is no clash"
        again = _save(ctx, stage, (0, "tx1", "9", "8,0"))
        assert len(again.saved) == 1 and not again.conflicts, "who has seen the other value may replace it"
        gone = _save(ctx, stage, (0, "tx1", "", "9"))
        assert gone.saved[0].new is None
        book = books.course_book(ctx, stage.courses["toan"], 1)
        told = trail.changes(ctx, book, learner_id=stage.pupils[0], slot="tx1")
        assert [(line.old, line.new) for line in told] == [("9", ""), ("8", "9"), ("", "8")]


def test_only_ones_own_subjects_and_class(db: Database, stage: Stage, other_school: UUID) -> None:
    with db.context(stage.teacher(stage.binh), stage.school) as ctx:
        for permission in ("assessment.mark.read", EDIT):
            with pytest.raises(NotFound):
                books.course_book(ctx, stage.courses["toan"], 1, permission)
        with pytest.raises(NotFound):
            books.class_book(ctx, stage.klass, 1)
        assert not _save(ctx, stage, (0, "tx1", "8", ""), code="nguvan").refused
    with db.context(stage.teacher(stage.an), stage.school) as ctx:
        seen = grid.grid(ctx, books.course_book(ctx, stage.courses["nguvan"], 1))
        assert not seen.may_edit, "who leads the class reads all subjects and writes their own"
        with pytest.raises(NotFound):
            books.course_book(ctx, stage.courses["nguvan"], 1, EDIT)
        with pytest.raises(NotFound):
            saving.save(ctx, seen.book, [Entry(stage.pupils[0], "tx1", "9", "8")])
        training = books.class_book(ctx, stage.klass, 1, EDIT)
        assert len(saving.save(ctx, training, [Entry(stage.pupils[0], "rl", "Khá", "")]).saved) == 1
        with pytest.raises(NotFound):
            books.class_book(ctx, stage.other_class, 1, EDIT)
    with db.context(stage.teacher(stage.an), other_school) as ctx, pytest.raises(NotFound):
        books.course_book(ctx, stage.courses["toan"], 1)


def test_windows_open_and_close(db: Database, stage: Stage, system: Actor) -> None:
    teacher = stage.teacher(stage.an)
    with db.context(system, stage.school) as ctx:
        today = local_date(ctx.now())
        windows.add_window(ctx, 1, ["tx"], today - timedelta(days=9), today - timedelta(days=2))
        windows.add_window(ctx, 1, ["gk"], today, today, grade=7)
        windows.add_window(ctx, 1, ["ck"], today + timedelta(days=3), today + timedelta(days=9))
        with pytest.raises(Invalid) as wrong:
            windows.add_window(ctx, 3, ["zz"], date(2026, 9, 2), date(2026, 9, 1), grade=13)
        assert set(wrong.value.fields) == {"term", "kinds", "grade", "last"}
    with db.context(teacher, stage.school) as ctx:
        saved = _save(ctx, stage, (0, "tx1", "8", ""), (0, "gk", "8", ""), (0, "ck", "8", ""), (0, "nx", "Ngoan", ""))
        assert [change.place[1] for change in saved.saved] == ["gk", "nx"], "a kind without a window is open"
        assert [refusal.slot for refusal in saved.refused] == ["tx1", "ck"]
        assert "over" in saved.refused[0].reason.msgid and "opens" in saved.refused[1].reason.msgid
        with pytest.raises(Forbidden):
            windows.add_window(ctx, 1, ["tx"], today, today)
    with db.context(system, stage.school) as ctx:
        closed = windows.windows(ctx)[0]
        windows.remove_window(ctx, closed.id)
        assert len(_save(ctx, stage, (0, "tx1", "8", "")).saved) == 1


def test_locked_versions_stay(db: Database, stage: Stage) -> None:
    teacher = stage.teacher(stage.an, "Thầy An")
    head = Actor("account", "Cô Hiệu trưởng", permissions=frozenset({"assessment.mark.read", EDIT, APPROVE}))
    with db.context(teacher, stage.school) as ctx:
        _save(ctx, stage, (0, "tx1", "8,5", ""), (1, "gk", "v", ""))
        book = books.course_book(ctx, stage.courses["toan"], 1, EDIT)
        with pytest.raises(Conflict):
            locking.ask_to_reopen(ctx, book, "nhầm")
        assert locking.lock(ctx, book) == 1
        with pytest.raises(Conflict):
            _save(ctx, stage, (0, "tx1", "9", "8.5"))
        with pytest.raises(Forbidden):
            locking.approve(ctx, book)
    with db.context(head, stage.school) as ctx:
        book = books.course_book(ctx, stage.courses["toan"], 1)
        locking.approve(ctx, book)
        with pytest.raises(Conflict):
            locking.approve(ctx, book)
    with db.context(teacher, stage.school) as ctx:
        with pytest.raises(Invalid):
            locking.ask_to_reopen(ctx, book, "  ")
        locking.ask_to_reopen(ctx, book, "Nhập nhầm điểm của Anh")
        with pytest.raises(Conflict):
            locking.ask_to_reopen(ctx, book, "lần nữa")
        with pytest.raises(Forbidden):
            locking.decide(ctx, book, approved=True)
    with db.context(head, stage.school) as ctx:
        assert [request.reason for request in locking.all_waiting(ctx)] == ["Nhập nhầm điểm của Anh"]
        assert locking.decide(ctx, book, approved=True) == 2
        assert locking.all_waiting(ctx) == []
    with db.context(teacher, stage.school) as ctx:
        _save(ctx, stage, (0, "tx1", "9", "8.5"))
        book = books.course_book(ctx, stage.courses["toan"], 1, EDIT)
        assert (book.state, book.version) == ("open", 2)
        assert locking.lock(ctx, book) == 2
        found = {line.version: line for line in locking.versions(ctx, book.id)}
        assert (found[1].approved_by, found[2].approved_by) == ("Cô Hiệu trưởng", "")
        first, pupil = locking.version_marks(ctx, book.id, 1), str(stage.pupils[0])
        assert first == {pupil: {"tx1": "8.5"}, str(stage.pupils[1]): {"gk": "v"}}
        assert locking.version_marks(ctx, book.id, 2)[pupil] == {"tx1": "9"}


def test_families_see_what_is_published_of_their_child_and_nothing_else(
    db: Database, stage: Stage, system: Actor
) -> None:
    own = frozenset({"assessment.mark.read.own"})
    parent = Actor("account", "Phụ huynh", person_id=stage.parent, permissions=own)
    with db.context(system, stage.school) as ctx:
        _save(ctx, stage, (0, "tx1", "8", ""), (1, "tx1", "3", ""))
    with db.context(parent, stage.school) as ctx:
        assert publishing.child_books(ctx, stage.pupils[0]) == [], "nothing before it is published"
        with pytest.raises(Forbidden):
            publishing.publish(ctx, [stage.klass], 1)
    with db.context(system, stage.school) as ctx:
        publishing.publish(ctx, [stage.klass], 1)
        _save(ctx, stage, (0, "tx1", "9", "8"))
        state = publishing.published(ctx)[stage.klass, 1]
        assert (state.books, state.changed_since) == (1, 1)
    with db.context(parent, stage.school) as ctx:
        [book] = publishing.child_books(ctx, stage.pupils[0])
        assert book.cells == {"tx1": "8"}, "as it was when it was published"
        for foreign in (stage.pupils[1], stage.stranger):
            with pytest.raises(NotFound):
                publishing.child_books(ctx, foreign)
    with db.context(stage.teacher(stage.binh), stage.school) as ctx, pytest.raises(Forbidden):
        publishing.child_books(ctx, stage.pupils[0])
    with db.context(system, stage.school) as ctx:
        publishing.withdraw(ctx, [stage.klass], 1)
    with db.context(parent, stage.school) as ctx:
        assert publishing.child_books(ctx, stage.pupils[0]) == []


def test_progress_counts_what_the_rules_want(db: Database, stage: Stage, system: Actor) -> None:
    with db.context(stage.teacher(stage.an), stage.school) as ctx:
        _save(ctx, stage, *((0, slot, value, "") for slot, value in FULL))
        mine = progress.my_books(ctx, 1)
        assert [(line.course and line.course.code, line.wanted, line.entered) for line in mine] == [
            ("toan", 24, 6), (None, 4, 0),
        ]  # fmt: skip
        assert mine[0].percent == 25
        assert len(progress.all_books(ctx, 1, stage.klass)) == 13
        with pytest.raises(NotFound):
            progress.all_books(ctx, 1, stage.other_class)
        with pytest.raises(Forbidden):
            progress.all_books(ctx, 1)
    with db.context(system, stage.school) as ctx:
        assert len(progress.all_books(ctx, 1)) == 26
        found = public.marks_of(ctx, stage.klass, 1)
        assert len(found) == 13 and found[-1].course is None
        maths = next(entry for entry in found if entry.course and entry.course.code == "toan")
        assert [str(mark.score) for mark in maths.term_marks(stage.pupils[0]).regular] == ["8", "7.5", "9", "10"]


def test_primary_levels_and_whole_marks(db: Database, other_school: UUID, system: Actor) -> None:
    with db.context(system, other_school) as ctx:
        stage = fill(ctx, other_school, ("4A1", "4A2"))
        book = books.course_book(ctx, stage.courses["toan"], 1, EDIT)
        assert [slot.name for slot in book.layout.slots] == ["ghk1_d", "ghk1", "chk1_d", "chk1", "nx"]
        one = stage.pupils[0]
        saved = saving.save(
            ctx, book, [Entry(one, "ghk1", "t", ""), Entry(one, "ghk1_d", "9", ""), Entry(one, "chk1_d", "8,5", "")]
        )
        assert (len(saved.saved), len(saved.refused)) == (2, 1), "whole marks only"
        own = books.class_book(ctx, stage.klass, 2, EDIT)
        assert len([slot for slot in own.layout.slots if slot.kind == "cn"]) == 15
        assert saving.save(ctx, own, [Entry(one, "nhanai_cn", "Đ", "")]).saved[0].new == public.Cell(1, None, "D")
        create_learner(ctx, {"hovaten": "Đỗ Ân", "gioitinh": 1, "ngaysinh": "2016-01-02", "lop": "4A1"})
        assert len(grid.grid(ctx, book).rows) == 5
