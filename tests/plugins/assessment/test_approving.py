"""Who approves marks: the head, and whom the head has named; never who has asked to open them again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from core.data.session import Database
from core.sdk import Actor
from core.sdk.errors import Conflict, Forbidden, Invalid, NotFound
from plugins.assessment.access import APPROVE, EDIT, NAMED
from plugins.assessment.services import approving, books, locking
from tests.conftest import SignIn

from .conftest import Stage


def _named(stage: Stage) -> Actor:
    """Literature teacher Bình, as they sign in."""
    return stage.teacher(stage.binh, "Cô Bình").with_permissions(NAMED)


def test_heads_of_subject_groups_approve_their_subject_alone(db: Database, stage: Stage, system: Actor) -> None:
    maths, civics = stage.courses["toan"], stage.courses["gdcd"]
    with db.context(system, stage.school) as ctx:
        for course in (maths, civics):
            locking.lock(ctx, books.course_book(ctx, course, 1))
    with db.context(_named(stage), stage.school) as ctx:
        with pytest.raises(NotFound):
            books.course_book(ctx, maths, 1)
        with pytest.raises(Forbidden):
            approving.name_approver(ctx, stage.binh, "")
    with db.context(system, stage.school) as ctx:
        for person, subject in ((stage.stranger, ""), (stage.binh, "zz")):
            with pytest.raises(Invalid):
                approving.name_approver(ctx, person, subject)
        approving.name_approver(ctx, stage.binh, "toan")
    with db.context(_named(stage), stage.school) as ctx:
        book = books.course_book(ctx, maths, 1)
        assert not books.may_edit(ctx, book), "who approves does not enter"
        locking.approve(ctx, book)
        with pytest.raises(NotFound):
            books.course_book(ctx, civics, 1)
        with pytest.raises(NotFound):
            books.class_book(ctx, stage.klass, 1)
    with db.context(system, stage.school) as ctx:
        approving.name_approver(ctx, stage.binh, "")
        approving.take_from(ctx, stage.binh, "toan")
        with pytest.raises(NotFound):
            approving.take_from(ctx, stage.binh, "toan")
    with db.context(_named(stage), stage.school) as ctx:
        locking.approve(ctx, books.course_book(ctx, civics, 1))
        books.class_book(ctx, stage.klass, 1)
    with db.context(system, stage.school) as ctx:
        approving.take_from(ctx, stage.binh, "")
    with db.context(_named(stage), stage.school) as ctx, pytest.raises(NotFound):
        books.course_book(ctx, maths, 1)


def test_who_asks_does_not_decide(db: Database, stage: Stage, system: Actor) -> None:
    rights = frozenset({"assessment.mark.read", EDIT, APPROVE})
    head = Actor("account", "Cô Hiệu trưởng", account_id=stage.an, permissions=rights)
    deputy = replace(head, name="Thầy Hiệu phó", account_id=stage.binh)
    with db.context(head, stage.school) as ctx:
        book = books.course_book(ctx, stage.courses["toan"], 1)
        locking.lock(ctx, book)
        locking.ask_to_reopen(ctx, book, "Nhập nhầm")
        for approved in (True, False):
            with pytest.raises(Conflict):
                locking.decide(ctx, book, approved=approved)
    with db.context(deputy, stage.school) as ctx:
        assert locking.decide(ctx, book, approved=True) == 2
        [request] = locking.requests(ctx, books.course_book(ctx, stage.courses["toan"], 1).id)
        assert (request.asked_by, request.decided_by, request.decision) == (
            "Cô Hiệu trưởng",
            "Thầy Hiệu phó",
            "approved",
        )


def test_the_pages_of_approvers(stage: Stage, sign_in: SignIn, db: Database, system: Actor) -> None:
    head = cast("Any", sign_in(stage.school, "head", name="Cô Hiệu trưởng"))
    form = {"csrf_token": head.csrf}
    assert head.post("/assessment/approvers", data=form).status_code == 422
    assert (
        head.post("/assessment/approvers", data={**form, "person": str(stage.binh), "subject": "toan"}).status_code
        == 303
    )
    assert "Lê Thị Bình" in head.get("/assessment/approvers").text
    url = f"/assessment/courses/{stage.courses['toan']}/1"
    with db.context(system, stage.school) as ctx:
        locking.lock(ctx, books.course_book(ctx, stage.courses["toan"], 1))
    binh = cast("Any", sign_in(stage.school, "teacher", person_id=stage.binh, name="Cô Bình"))
    assert "7A1 · Toán" in binh.get("/assessment/?term=1").text and "Duyệt" in binh.get(url).text
    assert binh.get("/assessment/approvers").status_code == 403
    assert binh.post(f"{url}/approve", data={"csrf_token": binh.csrf}).status_code == 303
    an = cast("Any", sign_in(stage.school, "teacher", person_id=stage.an, name="Thầy An"))
    an.post(f"{url}/ask", data={"csrf_token": an.csrf, "reason": "Sai cột"})
    assert "Sai cột" in binh.get("/assessment/?term=1").text and "Sai cột" in binh.get("/").text
    binh.post(f"{url}/accept", data={"csrf_token": binh.csrf})
    assert "bản 2" in an.get(url).text
    gone = head.post(f"/assessment/approvers/{stage.binh}/remove", data={**form, "subject": "toan"})
    assert gone.status_code == 303 and binh.get(url).status_code == 404
