"""Who sees which page and endpoint, and the ways of the office through them."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from core.data.session import Database
from core.people.models import Relation
from core.sdk import Actor
from core.sdk.data import local_date
from core.sdk.people import create_person
from plugins.curriculum.services import courses, teachers
from plugins.learners.services.learners import create_learner
from plugins.timetable.services.days import between, monday
from tests.conftest import SignIn

from .conftest import Stand

OFFICE = ("", "?by=teacher", "?by=room", "?paper=1", "versions", "setup", "make", "imports", "substitutions",
          "substitutions/totals")  # fmt: skip


def test_the_office_walks_through_all_pages(stand: Stand, sign_in: SignIn) -> None:
    client = sign_in(stand.school, "office")
    csrf = {"csrf_token": client.csrf}  # type: ignore[attr-defined]
    for address in OFFICE:
        assert client.get(f"/timetable/{address}").status_code == 200, address
    made = client.post("/timetable/versions", data={**csrf, "name": "Nháp", "source": str(stand.version)})
    draft = made.headers["Location"]
    page = client.get(draft)
    assert page.status_code == 200 and "Không có lỗi" in page.text
    table = client.get(f"{draft}/classes/{stand.classes['6A1']}").text
    lesson = re.findall(r'href="(/timetable/versions/[^"]+/lessons/[^"]+)"', table)[-1]
    choices = client.get(lesson)
    swap = re.search(r'name="with" value="([^"]+)"', choices.text)
    assert choices.status_code == 200 and swap
    done = client.post(lesson, data={**csrf, "do": "swap", "with": swap[1], "revision": "1"})
    assert done.status_code == 303 and "/classes/" in done.headers["Location"]
    old = client.post(lesson, data={**csrf, "do": "remove", "revision": "1"})
    assert "/lessons/" in old.headers["Location"], "back to the lesson: nothing was changed"
    wrong = client.post(f"{draft}/in-force", data={**csrf, "starts_on": "x"})
    assert wrong.status_code == 422
    for shape in ("classes", "sheets", "teachers"):
        assert client.get(f"{draft}/file?shape={shape}").data.startswith(b"PK")
    for address in ("periods", "lessons", "versions", f"versions/{stand.version}/findings"):
        assert client.get(f"/api/v1/timetable/{address}").status_code == 200, address


def test_a_teacher_sees_their_week_and_their_classes_only(
    db: Database, system: Actor, stand: Stand, sign_in: SignIn
) -> None:
    with db.context(system, stand.school) as ctx:
        fresh = create_person(ctx, "Vũ Thị Mai")
        teachers.make_teacher(ctx, fresh)
        line = next(o for o in courses.courses(ctx, class_id=stand.classes["6A1"]) if o.code == "gdcd")
        courses.assign(ctx, line.id, fresh)
        week = monday(local_date(ctx.now())) + timedelta(days=7)
        assert between(ctx, week, week + timedelta(days=5)).of_teacher(fresh)
    client = sign_in(stand.school, "teacher", person_id=fresh)
    mine = client.get(f"/timetable/mine?day={week.isoformat()}")
    assert mine.status_code == 200 and "6A1" in mine.text
    assert client.get(f"/timetable/classes/{stand.classes['6A1']}").status_code == 200
    assert client.get(f"/timetable/classes/{stand.classes['7A1']}").status_code == 404
    assert client.get(f"/timetable/?of={stand.classes['7A1']}").status_code == 404
    lessons = "/api/v1/timetable/lessons"
    assert client.get(lessons).status_code == 403
    assert client.get(lessons, query_string={"class_id": str(stand.classes["7A1"])}).status_code == 404
    assert client.get(lessons, query_string={"teacher_id": str(line.teachers[0])}).status_code == 404
    assert client.get(lessons, query_string={"teacher_id": str(fresh)}).status_code == 200
    csrf = {"csrf_token": client.csrf}  # type: ignore[attr-defined]
    for address in ("versions", "setup", "make", "imports", "substitutions"):
        assert client.get(f"/timetable/{address}").status_code == 403, address
    for address in ("versions", "setup/hours", "make", "absences", f"lessons/{fresh}"):
        assert client.post(f"/timetable/{address}", data=csrf).status_code == 403, address
    assert client.post("/timetable/calendar", data=csrf).status_code == 303
    found = re.search(r"(/timetable/calendar-feed/[^<]+\.ics)", client.get("/timetable/mine").text)
    assert found
    calendar = sign_in(stand.school).get(found[1])
    assert calendar.status_code == 200 and calendar.text.count("BEGIN:VEVENT") >= 6 and "6A1" in calendar.text
    wrong = found[1][:-6] + ("A" if found[1][-6] != "A" else "B") + found[1][-5:]
    assert client.get(wrong).status_code == 404
    feed = re.search(r"/timetable/calendar/([^/]+)/withdraw", client.get("/timetable/mine").text)
    assert feed and client.post(f"/timetable/calendar/{feed[1]}/withdraw", data=csrf).status_code == 303
    assert client.get(found[1]).status_code == 404


def test_a_parent_sees_the_class_of_their_child_only(
    db: Database, system: Actor, stand: Stand, sign_in: SignIn
) -> None:
    with db.context(system, stand.school) as ctx:
        parent = create_person(ctx, "Nguyễn Văn Bố")
        child = create_learner(ctx, {"hovaten": "Nguyễn Thị Con", "lop": "6A1"})
        ctx.session.add(Relation(school_id=stand.school, person_id=parent, related_id=child, kind="father"))
    client = sign_in(stand.school, "parent", person_id=parent)
    page = client.get("/timetable/family")
    assert page.status_code == 200 and "6A1" in page.text
    assert client.get(f"/timetable/family?child={stand.classes['6A1']}").status_code == 404
    assert client.get(f"/timetable/classes/{stand.classes['6A1']}").status_code == 200
    assert client.get(f"/timetable/classes/{stand.classes['7A1']}").status_code == 404
    lessons = "/api/v1/timetable/lessons"
    assert client.get(lessons, query_string={"class_id": str(stand.classes["6A1"])}).status_code == 200
    assert client.get(lessons, query_string={"class_id": str(stand.classes["7A1"])}).status_code == 404
    for address in ("mine", "versions", "substitutions"):
        assert client.get(f"/timetable/{address}").status_code == 403, address
    stranger = sign_in(stand.school, "parent")
    assert stranger.get(f"/timetable/classes/{stand.classes['6A1']}").status_code == 404
    with db.context(system, stand.school) as ctx:
        ctx.session.execute(update(Relation).where(Relation.person_id == parent).values(may_access=False))
    assert client.get(f"/timetable/classes/{stand.classes['6A1']}").status_code == 404, "a court has decided"


def test_another_school_knows_nothing(stand: Stand, other_school: UUID, sign_in: SignIn) -> None:
    stranger = sign_in(other_school, "office")
    csrf = {"csrf_token": stranger.csrf}  # type: ignore[attr-defined]
    version, room = stand.version, stand.classes["6A1"]
    for address in (f"classes/{room}", f"versions/{version}", f"versions/{version}/classes/{room}",
                    f"versions/{version}/file"):  # fmt: skip
        assert stranger.get(f"/timetable/{address}").status_code == 404, address
    for address in (f"versions/{version}/delete", f"versions/{version}/classes/{room}"):
        answer = stranger.post(f"/timetable/{address}", data={**csrf, "slot": "1-1", "course_id": str(room)})
        assert answer.status_code == 404, address
    assert stranger.get(f"/api/v1/timetable/versions/{version}/findings").status_code == 404
