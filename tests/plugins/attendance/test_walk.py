"""Every page and endpoint of attendance, for people who have no business with the class and the pupil."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from core.people.services import create_person, relate
from plugins.attendance.services import requests
from plugins.curriculum.services import teachers
from tests.conftest import SignIn
from tests.plugins import walking

from .conftest import MONDAY, World

VIEWS = ("attendance.", "api-attendance.")
OFFLINE = {"attendance.device": "an empty page"}
OF_TEACHERS = {
    **OFFLINE,
    "attendance.index": "one's own classes",
    "attendance.now": "one's own class",
    "attendance.requests": "of one's homeroom class",
    "attendance.former_list": "of one's homeroom class",
    "attendance.device_data": "one's own classes",
    "attendance.lesson": "leads to the register, which asks",
    "api-attendance.list_requests": "of one's homeroom class",
}
OF_PARENTS = {
    **OFFLINE,
    "attendance.family": "one's own children",
}


@pytest.fixture(autouse=True)
def _now(app: Flask, world: World) -> None:
    app.extensions["truong"].clock = world.clock


def test_nobody_walks_in(app: Flask, world: World, other_school: UUID, sign_in: SignIn) -> None:
    an = world.pupils[0]
    with world.by(world.system) as ctx:
        asked = requests.report(ctx, an, first_day=MONDAY, last_day=MONDAY, reason="Cháu bị sốt xuất huyết")
        stranger, mother = create_person(ctx, "Đỗ Thị Lạ"), create_person(ctx, "Mai Thị Khác")
        teachers.make_teacher(ctx, stranger)
        relate(ctx, mother, world.others[1], "mother")
    about = {
        "class_id": world.first, "learner_id": an, "child_id": an, "request_id": asked, "day": MONDAY.isoformat(),
        "session": 1, "lesson": f"{world.first}.{MONDAY}.1.1", "filename": "register.css",
    }  # fmt: skip
    day = MONDAY.isoformat()
    bodies: dict[str, dict[str, object]] = {
        "api-attendance.put_register": {"marks": []},
        "api-attendance.put_decision": {"accept": True},
        "api-attendance.put_former": {
            "terms": [{"term": 1, "excused": 1, "unexcused": 0}], "from_school": "Trường cũ", "document": "Số 1",
        },
        "api-attendance.post_request": {
            "learner_id": str(an), "first_day": day, "last_day": day, "reason": "Cháu bị sốt xuất huyết",
        },
        "attendance.sync": {"class_id": str(world.first), "day": day, "session": 1, "base": 0, "marks": []},
    }  # fmt: skip
    found = [step for step in walking.steps(app, VIEWS, about, bodies) if not step.endpoint.endswith(".static")]
    assert len(found) > 20
    secrets = ("Nguyễn Văn An", "sốt xuất huyết")
    foreign = {
        "teacher": (sign_in(world.school, "teacher", person_id=stranger), OF_TEACHERS),
        "parent": (sign_in(world.school, "parent", person_id=mother), OF_PARENTS),
        "accountant": (sign_in(world.school, "accountant"), OFFLINE),
    }
    for who, (client, own) in foreign.items():
        assert walking.open_doors(client, found, own, secrets) == [], who
    elsewhere = sign_in(other_school, "head", "office")
    theirs = {step.endpoint: "their own school's" for step in found if about.keys().isdisjoint(_arguments(app, step))}
    assert walking.open_doors(elsewhere, found, {**theirs, "attendance.lesson": "the register asks"}, secrets) == []
    nobody = app.test_client()
    for step in found:
        code, shown = walking.status(nobody, step)
        assert code in (302, 303, 401, 403) or step.endpoint in OFFLINE, (step, code)
        assert not any(secret in shown for secret in secrets), step


def _arguments(app: Flask, step: walking.Step) -> set[str]:
    return {name for rule in app.url_map.iter_rules(step.endpoint) for name in rule.arguments}
