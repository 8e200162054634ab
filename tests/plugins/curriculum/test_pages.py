"""Pages and the API of the teaching plan."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from core.data.session import Database
from core.sdk import Actor
from plugins.curriculum.services import courses, teachers
from plugins.learners.services.classes import create_class
from tests.conftest import SignIn


@pytest.fixture
def class_id(db: Database, system: Actor, school: UUID) -> UUID:
    with db.context(system, school) as ctx:
        return create_class(ctx, "7A1")


def test_from_the_programme_to_the_teachers_of_a_class(
    db: Database, system: Actor, school: UUID, class_id: UUID, sign_in: SignIn
) -> None:
    client = sign_in(school, "office")
    csrf = {"csrf_token": client.csrf}  # type: ignore[attr-defined]
    assert "Lấy chương trình quốc gia" in client.get("/curriculum/").text
    assert client.post("/curriculum/take-over", data=csrf).status_code == 303
    plan = client.get("/curriculum/")
    assert "12 môn học" in plan.text and "Khoa học tự nhiên" in plan.text
    edit = re.search(r'href="(/curriculum/subjects/[^"]+/7)"', plan.text)
    assert edit and client.get(edit[1]).status_code == 200
    wrong = client.post(edit[1], data={**csrf, "periods": "x", "assessed": "score"})
    assert wrong.status_code == 422 and "Nhập số tiết cả năm" in wrong.text
    assert client.post(edit[1], data={**csrf, "periods": "120", "assessed": "score"}).status_code == 303
    assert client.post("/curriculum/teachers", data={**csrf, "full_name": "Nguyễn Văn An"}).status_code == 303
    with db.context(system, school) as ctx:
        teacher, lines = teachers.teachers(ctx)[0].id, courses.courses(ctx)
    page = client.get(f"/curriculum/classes/{class_id}")
    assert "Giáo viên môn Toán" in page.text
    given = {f"teacher_{line.id}": str(teacher) for line in lines[:3]}
    assert (
        client.post(f"/curriculum/classes/{class_id}", data={**csrf, **given, "homeroom": str(teacher)}).status_code
        == 303
    )
    overview = client.get("/curriculum/teaching")
    assert "4 phân công" in overview.text and "Nguyễn Văn An" in overview.text
    answer = client.get("/api/v1/curriculum/courses", query_string={"class_id": str(class_id)})
    assert sum(bool(item["teachers"]) for item in answer.get_json()["items"]) == 3


def test_who_may_not_change_sees_no_way_to(school: UUID, class_id: UUID, sign_in: SignIn) -> None:
    teacher = sign_in(school, "teacher")
    csrf = {"csrf_token": teacher.csrf}  # type: ignore[attr-defined]
    assert teacher.get("/curriculum/").status_code == 200
    assert "Lấy chương trình" not in teacher.get("/curriculum/").text
    for address in ("take-over", "subjects", "teachers", f"classes/{class_id}", f"classes/{class_id}/courses"):
        assert teacher.post(f"/curriculum/{address}", data=csrf).status_code == 403, address
    parent = sign_in(school, "parent")
    for address in ("", "teaching", f"classes/{class_id}"):
        assert parent.get(f"/curriculum/{address}").status_code == 403, address
    for address in ("subjects", "plan", "courses", "teachers"):
        assert parent.get(f"/api/v1/curriculum/{address}").status_code == 403, address


def test_another_school_has_no_such_class(other_school: UUID, class_id: UUID, sign_in: SignIn) -> None:
    stranger = sign_in(other_school, "office")
    assert stranger.get(f"/curriculum/classes/{class_id}").status_code == 404
    answer = stranger.get("/api/v1/curriculum/courses", query_string={"class_id": str(class_id)})
    assert answer.get_json()["items"] == []
