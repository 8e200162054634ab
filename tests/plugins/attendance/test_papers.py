"""A doctor's note with a request: kept as what it is, opened by the family, by who decides for a stated purpose."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from core.files import service as files
from core.files.stores import LocalStore
from core.sdk.people import create_person
from plugins.attendance.models import Request
from plugins.attendance.personal import erase
from plugins.curriculum.services import courses, teachers
from tests.conftest import SignIn

from .conftest import World

PHOTO = b"\xff\xd8\xff\xe0 a photo of a note"


@pytest.fixture(autouse=True)
def _now(app: Flask, world: World, var: Path) -> None:
    app.extensions["truong"].clock = world.clock
    files.bind(LocalStore(var / "files"))


def test_a_doctors_note_goes_with_the_request_and_is_read_for_a_purpose(world: World, sign_in: SignIn) -> None:
    an = world.pupils[0]
    parent = sign_in(world.school, "parent", person_id=world.parent)
    form = {"csrf_token": parent.csrf, "first_day": "2026-10-06", "session": "0", "reason": "Cháu bị sốt"}  # type: ignore[attr-defined]
    here = f"/attendance/family/{an}/report"
    wrong = parent.post(here, data={**form, "paper": (io.BytesIO(b"MZ a program"), "giay.jpg")})
    assert wrong.status_code == 422 and "PDF" in wrong.text and "Cháu bị sốt" in wrong.text
    assert parent.post(here, data={**form, "paper": (io.BytesIO(PHOTO), "giay.jpg")}).status_code == 303
    with world.by(world.system) as ctx:
        asked = ctx.session.scalars(select(Request.id)).one()
        maths = next(line for line in courses.courses(ctx, class_id=world.first) if line.code == "nguvan")
        colleague = create_person(ctx, "Đỗ Thị Văn")
        teachers.make_teacher(ctx, colleague)
        courses.assign(ctx, maths.id, colleague)
    link = f"/attendance/requests/{asked}/paper"
    assert link in parent.get("/attendance/family").text and parent.get(link).data == PHOTO
    teacher = sign_in(world.school, "teacher", person_id=world.teacher)
    assert link in teacher.get("/attendance/requests").text
    closed = teacher.get(link)
    assert closed.status_code == 200 and PHOTO not in closed.data
    action = re.search(rf'action="([^"]*{an}[^"]*)"', closed.text)
    assert action
    stated = {"csrf_token": teacher.csrf, "purpose": "care", "next": link, "back": link, "person_id": str(an)}  # type: ignore[attr-defined]
    assert teacher.post(action[1], data=stated).status_code == 303
    opened = teacher.get(link)
    assert opened.data == PHOTO and opened.headers["X-Content-Type-Options"] == "nosniff"
    with world.by(world.system) as ctx:
        read = ctx.session.execute(text("SELECT person_id, data_class, purpose FROM core_access_log")).all()
        assert [tuple(row) for row in read] == [(an, "health", "care")], "the family's own reading is not written down"
    for person in (colleague, None):
        assert sign_in(world.school, "teacher", person_id=person).get(link).status_code == 404, "decides on nothing"
    assert sign_in(world.school, "accountant").get(link).status_code == 403
    with world.by(world.system) as ctx:
        assert erase(ctx, an, True).erased
        assert ctx.session.scalars(select(Request.file_id)).one() is None
    assert parent.get(link).status_code == 404
