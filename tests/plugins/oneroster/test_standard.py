"""Every reading operation of both services, each object checked against the standard, each reference followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask

from plugins.oneroster.gradebook.shapes import SHAPES

from .conftest import BASE, Get, Roster
from .standard import faults
from .test_gradebook import GRADES, _quiz, ask, maths

__all__ = ["ask", "maths"]
ENVELOPES = {
    "terms": "academicSession", "gradingPeriods": "academicSession", "academicSessions": "academicSession",
    "schools": "org", "orgs": "org", "students": "user", "teachers": "user", "users": "user", "classes": "class",
    "courses": "course", "enrollments": "enrollment", "demographics": "demographics",
    **{shape.plural: shape.singular for shape in SHAPES.values()},
}  # fmt: skip
PLURALS = {
    "academicSession": "academicSessions", "org": "orgs", "user": "users", "class": "classes", "course": "courses",
    "enrollment": "enrollments", "demographics": "demographics",
    **{shape.singular: shape.plural for shape in SHAPES.values()},
}  # fmt: skip


@pytest.fixture
def full(client: Callable[..., Get], ask: Get, maths: str, roster: Roster) -> Get:
    """Every reading scope, in a school where each list holds something."""
    scale = {"title": "A-B", "type": "letters", "class": {"sourcedId": maths},
             "scoreScaleValue": [{"itemValueLHS": "A", "itemValueRHS": "10"}]}  # fmt: skip
    assert ask(f"{GRADES}/scoreScales/s1", "PUT", {"scoreScale": scale}).status_code == 201
    assert ask(f"{GRADES}/categories/quizzes", "PUT", {"category": {"title": "Quizzes"}}).status_code == 201
    assert ask(f"{GRADES}/lineItems/quiz-1", "PUT", {"lineItem": _quiz(maths, roster)}).status_code == 201
    test = {"title": "PISA", "class": {"sourcedId": maths}}
    assert ask(f"{GRADES}/assessmentLineItems/a1", "PUT", {"assessmentLineItem": test}).status_code == 201
    mark = {"student": {"sourcedId": str(roster.pupils[0])}, "score": 1.5, "scoreStatus": "submitted",
            "scoreDate": "2026-11-09"}  # fmt: skip
    outcome = {"assessmentLineItem": {"sourcedId": "a1"}, **mark}
    assert ask(f"{GRADES}/assessmentResults/r1", "PUT", {"assessmentResult": outcome}).status_code == 201
    assert ask(f"{GRADES}/lineItems/quiz-1/results", "POST", {"results": [mark]}).status_code == 201
    return client("roster.readonly", "roster-demographics.readonly", "gradebook.readonly", "assessment.readonly")


def operations(app: Flask) -> Iterator[tuple[str, str]]:
    """Path and method of each operation that the services describe."""
    for service in (f"{BASE}/discovery/imsorv1p2_rostering", f"{GRADES}/discovery/imsorv1p2_gradebook"):
        document = app.test_client().get(f"{service}_openapi3_v1p0.json").get_json()
        base = urlsplit(document["servers"][0]["url"]).path
        for path, methods in document["paths"].items():
            for method in methods:
                yield base + path, method.upper()


def test_every_operation_answers_by_the_standard(app: Flask, full: Get, maths: str, roster: Roster) -> None:
    ids = {
        "classSourcedId": maths, "schoolSourcedId": roster.school, "termSourcedId": roster.terms[0],
        "studentSourcedId": roster.pupils[0], "teacherSourcedId": roster.teacher, "userSourcedId": roster.pupils[0],
        "lineItemSourcedId": "quiz-1",
        "courseSourcedId": full(f"/classes/{maths}").get_json()["class"]["course"]["sourcedId"],
    }  # fmt: skip
    references: set[str] = set()
    checked = 0
    for path, method in operations(app):
        if method != "GET":
            continue
        kind = ENVELOPES[path.replace("/{sourcedId}", "").rpartition("/")[2]]
        if path.endswith("/{sourcedId}"):
            collection = path.removesuffix("/{sourcedId}")
            one = full(collection, limit=1).get_json()[PLURALS[kind]][0]
            answer = full(f"{collection}/{one['sourcedId']}")
            objects = [answer.get_json()[kind]]
            assert {*answer.get_json()} == {kind} and objects == [one]
        else:
            answer = full(path.format(**ids))
            assert answer.status_code == 200, (path, answer.text)
            objects = answer.get_json()[PLURALS[kind]]
            assert {*answer.get_json()} == {PLURALS[kind]} and objects, path
            assert int(answer.headers["X-Total-Count"]) >= len(objects)
        assert answer.mimetype == "application/json"
        assert [fault for found in objects for fault in faults(kind, found)] == [], path
        references |= {urlsplit(href).path for found in objects for href in _references(found)}
        checked += 1
    assert checked == 41 + 19
    for reference in references:
        assert full(reference).status_code == 200, reference


def _references(found: object) -> Iterator[str]:
    if isinstance(found, dict):
        if "href" in found:
            yield found["href"]
        for part in found.values():
            yield from _references(part)
    elif isinstance(found, list):
        for part in found:
            yield from _references(part)
