"""The API of the record, of rolls and of steps: what it answers, and to whom it is closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from core.data.session import Database
from core.sdk import Actor
from core.sdk.data import local_date, utc_now
from core.sdk.people import guardians_of
from plugins.learners import public
from plugins.learners.services.classes import create_class
from plugins.learners.services.learners import create_learner
from tests.conftest import SignIn

CALLS = (
    ("GET", "learners/{pupil}/profile", None),
    ("PATCH", "learners/{pupil}/profile", {"values": {"swims": True}}),
    ("GET", "learners/{pupil}/enrolments", None),
    ("GET", "learners/{pupil}/steps", None),
    ("POST", "learners/{pupil}/steps", {"kind": "leave", "on": "2026-11-20", "reason": "work"}),
    ("DELETE", "learners/{pupil}/steps/{step}", None),
    ("GET", "classes/{class}/learners", None),
    ("GET", "classes/quality", None),
)
OWN = {"learners/{pupil}/profile", "learners/{pupil}/enrolments", "learners/{pupil}/steps"}


def _call(client: FlaskClient, method: str, path: str, body: object, **parts: object) -> Any:
    headers = {"X-CSRF-Token": client.csrf}  # type: ignore[attr-defined]
    url = "/api/v1/" + path.format(**{"step": uuid4(), **parts})
    if body is None:
        return client.open(url, method=method, headers=headers)
    return client.open(url, method=method, headers=headers, json=body)


@pytest.fixture
def parts(db: Database, school: UUID, system: Actor) -> dict[str, UUID]:
    """A pupil, the class and the mother."""
    with db.context(system, school) as ctx:
        create_class(ctx, "7A1")
        mother = {"hovaten": "Lê Thị Hoa", "sdt": ["+84900000002"]}
        value = {"hovaten": "Trần Gia An", "ngaysinh": "2014-05-02", "gioitinh": 1, "lop": "7A1", "me": mother}
        pupil = create_learner(ctx, value)
        line = public.enrolments_of(ctx, pupil)[0]
        return {"pupil": pupil, "class": line.class_id, "mother": guardians_of(ctx, pupil)[0].id}


def test_profile_roll_and_steps(school: UUID, sign_in: SignIn, parts: dict[str, UUID]) -> None:
    client = sign_in(school, "office")
    held = _call(client, "GET", "learners/{pupil}/profile", None, **parts).json
    assert held["values"]["swims"] is None and "disability_kind" in held["withheld"]
    body = {"values": {"swims": False, "area": 2, "disability_kind": "3"}}
    changed = _call(client, "PATCH", "learners/{pupil}/profile", body, **parts).json
    assert (changed["values"]["swims"], changed["values"]["area"]) == (False, 2)
    assert changed["values"]["disability_kind"] == "3" and changed["withheld"] == []
    for wrong in ({"area": 9}, {"unknown": "1"}):
        assert _call(client, "PATCH", "learners/{pupil}/profile", {"values": wrong}, **parts).status_code == 422
    roll = _call(client, "GET", "classes/{class}/learners", None, **parts).json["items"]
    assert [one["full_name"] for one in roll] == ["Trần Gia An"]
    step = {"kind": "leave", "on": local_date(utc_now()).isoformat(), "reason": "work"}
    made = _call(client, "POST", "learners/{pupil}/steps", step, **parts)
    assert made.status_code == 201, made.text
    assert _call(client, "GET", "classes/{class}/learners", None, **parts).json["items"] == []
    assert _call(client, "GET", "learners/{pupil}/steps", None, **parts).json["items"][0]["reason"] == "work"
    assert _call(client, "POST", "learners/{pupil}/steps", step, **parts).status_code == 422
    gone = _call(client, "DELETE", "learners/{pupil}/steps/{step}", None, **{**parts, "step": UUID(made.json["id"])})
    assert gone.status_code == 204
    lines = _call(client, "GET", "learners/{pupil}/enrolments", None, **parts).json["items"]
    assert [(one["class_name"], one["ends_on"]) for one in lines] == [("7A1", None)]
    assert _call(client, "GET", "classes/quality", None, **parts).json["items"][0]["counts"]["C_CODE"] == 1


def test_every_endpoint_is_closed_to_strangers(
    db: Database, school: UUID, other_school: UUID, system: Actor, sign_in: SignIn, parts: dict[str, UUID]
) -> None:
    with db.context(system, school) as ctx:
        lan = {"hovaten": "Phạm Thị Lan", "sdt": ["+84900000077"]}
        stranger = create_learner(ctx, {"hovaten": "Vũ Châu", "ngaysinh": "2014-01-01", "gioitinh": 2, "me": lan})
        foreign = guardians_of(ctx, stranger)[0].id
    clients = {
        "teacher": sign_in(school, "teacher"),
        "foreign parent": sign_in(school, "parent", person_id=foreign),
        "parent": sign_in(school, "parent", person_id=parts["mother"]),
        "other school": sign_in(other_school, "office"),
    }
    for who, client in clients.items():
        for method, path, body in CALLS:
            if who == "other school" and "{" not in path:
                continue
            status = _call(client, method, path, body, **parts).status_code
            expected = (200,) if who == "parent" and method == "GET" and path in OWN else (403, 404)
            assert status in expected, f"{who}: {method} {path} {status}"
