"""Pages and the API: who reaches what, at this school and at another, and what a click writes."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from plugins.attendance.models import Mark, Request, TypedTotal
from plugins.attendance.rules.merge import Value
from plugins.attendance.services import registers, requests
from plugins.attendance.services.registers import Key
from tests.conftest import SignIn

from .conftest import MONDAY, World

API = "/api/v1/attendance"


@pytest.fixture(autouse=True)
def _now(app: Flask, world: World) -> None:
    app.extensions["truong"].clock = world.clock


def _paths(world: World, class_id: UUID) -> dict[str, str]:
    return {
        "register": f"/attendance/classes/{class_id}/{MONDAY}/1",
        "month": f"/attendance/classes/{class_id}/month",
        "totals": f"/attendance/classes/{class_id}/totals",
        "api": f"{API}/classes/{class_id}/registers/{MONDAY}/1",
        "api totals": f"{API}/totals?class={class_id}",
    }


def _codes(client: FlaskClient, paths: dict[str, str]) -> dict[str, int]:
    return {name: client.get(path).status_code for name, path in paths.items()}


def test_who_reaches_what(world: World, other_school: UUID, sign_in: SignIn) -> None:
    mine, others = _paths(world, world.first), _paths(world, world.second)
    teacher = sign_in(world.school, "teacher", person_id=world.teacher)
    assert set(_codes(teacher, mine).values()) == {200}
    assert set(_codes(teacher, others).values()) == {404}, "a class that one does not teach"
    for role, code in (("office", 200), ("head", 200), ("accountant", 403), ("parent", 403)):
        assert set(_codes(sign_in(world.school, role), mine).values()) == {code}, role
    stranger = sign_in(other_school, "head", "office")
    assert set(_codes(stranger, mine).values()) == {404}, "another school"
    token = {"csrf_token": stranger.csrf}  # type: ignore[attr-defined]
    for path in ("register", "totals"):
        assert stranger.post(mine[path], data=token).status_code == 404
    lists = ("/attendance/", "/attendance/requests", f"{API}/requests", "/attendance/device.json")
    assert [teacher.get(path).status_code for path in lists] == [200] * 4
    assert [sign_in(world.school, "parent").get(path).status_code for path in lists] == [403] * 4
    assert teacher.get(f"{API}/totals").status_code == 403
    assert teacher.get("/attendance/now").headers["Location"].endswith(mine["register"])
    assert teacher.get(f"/attendance/classes/{world.first}/yesterday/1").status_code == 404
    assert teacher.get(f"{mine['register']}?period=77").status_code == 422


def test_a_family_sees_and_reports_its_own_child_only(world: World, other_school: UUID, sign_in: SignIn) -> None:
    an, binh = world.pupils[:2]
    with world.by(world.system) as ctx:
        marks = {an: Value("unexcused"), binh: Value("unexcused")}
        registers.save(ctx, Key(world.first, MONDAY, 1), marks, base=0)
    parent = sign_in(world.school, "parent", person_id=world.parent)
    shown = parent.get("/attendance/family").text
    assert "Nguyễn Văn An" in shown and "Trần Thị Bình" not in shown and "Vắng không phép" in shown
    form = {"csrf_token": parent.csrf, "first_day": "2026-10-06", "session": "0", "reason": "Cháu bị sốt"}  # type: ignore[attr-defined]
    path = "/attendance/family/{}/report"
    assert parent.get(path.format(binh)).status_code == 404
    assert parent.post(path.format(binh), data=form).status_code == 404
    assert parent.post(path.format(an), data={**form, "reason": ""}).status_code == 422
    assert parent.post(path.format(an), data=form).status_code == 303
    with world.by(world.system) as ctx:
        asked = ctx.session.scalars(select(Request.id)).one()
    stranger = sign_in(other_school, "parent", "office", "head")
    token = {"csrf_token": stranger.csrf, "do": "accept"}  # type: ignore[attr-defined]
    assert stranger.post(f"/attendance/requests/{asked}", data=token).status_code == 404
    assert stranger.post(f"/attendance/family/requests/{asked}/withdraw", data=token).status_code == 404
    assert parent.post(f"/attendance/requests/{asked}", data={**form, "do": "accept"}).status_code == 403
    assert parent.get(f"{API}/totals?learner={binh}").status_code == 404
    assert parent.get(f"{API}/totals?learner={an}").json["items"][0]["unexcused"] == 1  # type: ignore[index]
    body = {"learner_id": str(binh), "first_day": "2026-10-06", "last_day": "2026-10-06", "reason": "Cháu bị sốt"}
    headers = {"X-CSRF-Token": parent.csrf}  # type: ignore[attr-defined]
    assert parent.post(f"{API}/requests", json=body, headers=headers).status_code == 404
    other = {**body, "learner_id": str(an), "session": 1}
    assert parent.post(f"{API}/requests", json=other, headers=headers).status_code == 201
    teacher = sign_in(world.school, "teacher", person_id=world.teacher)
    token = {"csrf_token": teacher.csrf, "do": "accept"}  # type: ignore[attr-defined]
    assert "Cháu bị sốt" in teacher.get("/attendance/requests").text
    assert teacher.post(f"/attendance/requests/{asked}", data=token).status_code == 303
    with world.by(world.system) as ctx:
        assert ctx.session.get_one(Request, asked).state == "accepted"
        outsider = requests.report(ctx, world.others[0], first_day=MONDAY, last_day=MONDAY, reason="Việc nhà")
    assert teacher.post(f"/attendance/requests/{outsider}", data=token).status_code == 404, "not of the homeroom class"
    answer = teacher.put(f"{API}/requests/{outsider}/decision", json={"accept": True},
                         headers={"X-CSRF-Token": teacher.csrf})  # type: ignore[attr-defined]  # fmt: skip
    assert answer.status_code == 404


def test_a_register_without_javascript_and_by_the_api(world: World, sign_in: SignIn) -> None:
    an = world.pupils[0]
    teacher = sign_in(world.school, "teacher", person_id=world.teacher)
    path = _paths(world, world.first)
    form = {"csrf_token": teacher.csrf, "base": "0", f"mark_{an}": "late", f"minutes_{an}": "15"}  # type: ignore[attr-defined]
    assert teacher.post(path["register"], data=form).status_code == 303
    with world.by(world.system) as ctx:
        assert ctx.session.execute(select(Mark.kind, Mark.minutes)).one() == ("late", 15)
    read = teacher.get(path["api"])
    assert read.json["version"] == 1 and len(read.json["pupils"]) == 4  # type: ignore[index]
    headers = {"X-CSRF-Token": teacher.csrf}  # type: ignore[attr-defined]
    body = {"marks": [{"learner_id": str(an), "kind": "excused"}]}
    assert teacher.put(path["api"], json=body, headers=headers).status_code == 428
    matched = {**headers, "If-Match": read.headers["ETag"]}
    assert teacher.put(path["api"], json=body, headers=matched).json["version"] == 2  # type: ignore[index]
    assert teacher.put(path["api"], json=body, headers=matched).status_code == 412
    foreign = {"marks": [{"learner_id": str(world.others[0]), "kind": "excused"}]}
    fresh = {**headers, "If-Match": teacher.get(path["api"]).headers["ETag"]}
    assert teacher.put(path["api"], json=foreign, headers=fresh).status_code == 422
    typed = {"csrf_token": teacher.csrf, "term": "1", f"excused_{an}": "12", f"unexcused_{an}": ""}  # type: ignore[attr-defined]
    assert teacher.post(path["totals"], data={**typed, f"excused_{an}": "x"}).status_code == 422
    assert teacher.post(path["totals"], data=typed).status_code == 303
    with world.by(world.system) as ctx:
        assert ctx.session.scalar(select(TypedTotal.excused)) == 12
    assert teacher.get("/").status_code == 200


def test_what_a_device_sends_later_is_merged(world: World, sign_in: SignIn) -> None:
    an, binh, *_rest = world.pupils
    teacher = sign_in(world.school, "teacher", person_id=world.teacher)
    token = teacher.get("/attendance/device.json").json
    assert token is not None and token["registers"] == [], "no names unless they are asked for"
    kept = teacher.get("/attendance/device.json?names=1").json
    assert kept is not None and [len(one["lines"]) for one in kept["registers"]] == [4]
    with world.by(world.actor("office")) as ctx:
        registers.save(ctx, Key(world.first, MONDAY, 1), {binh: Value("late")}, base=0)
    body = {"class_id": str(world.first), "day": MONDAY.isoformat(), "session": 1, "base": 0,
            "marks": [{"id": str(an), "kind": "unexcused"}, {"id": str(binh), "kind": "excused"}]}  # fmt: skip
    assert "csrf" in teacher.post("/attendance/sync", json=body, headers={"Accept": "application/json"}).text
    headers = {"X-CSRF-Token": token["csrf"]}
    answer = teacher.post("/attendance/sync", json=body, headers=headers)
    assert [clash["name"] for clash in answer.json["clashes"]] == ["Nguyễn Văn An", "Trần Thị Bình"]  # type: ignore[index]
    assert (
        teacher.post("/attendance/sync", json={**body, "class_id": str(world.second)}, headers=headers).status_code
        == 404
    )
    assert teacher.post("/attendance/sync", json={}, headers=headers).status_code == 422


@pytest.mark.parametrize("page", ["register", "month", "totals", "today"])
def test_pages_ask_a_bounded_number_of_queries(world: World, sign_in: SignIn, page: str) -> None:
    office = sign_in(world.school, "office")
    path = "/attendance/" if page == "today" else _paths(world, world.first)[page]
    statements: list[str] = []
    office.get(path)  # what is read once for the process is read
    event.listen(world.db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert office.get(path).status_code == 200
    first = len(statements)
    with world.by(world.system) as ctx:
        from tests.plugins.finance.conftest import add_pupils

        more = add_pupils(ctx, [(f"N{n}", f"Nguyễn Văn {n}", world.first) for n in range(40)])
        for session in (1, 2):
            absent = {pupil: Value("unexcused") for pupil in more}
            registers.save(ctx, Key(world.first, MONDAY, session), absent, base=0)
        assert ctx.session.scalar(select(func.count()).select_from(Mark)) == 80
    statements.clear()
    assert office.get(path).status_code == 200
    assert len(statements) <= first + 1 and first < 25, (first, statements)
