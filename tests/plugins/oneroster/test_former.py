"""OneRoster 1.1 in front of the same services: its scopes, its users, its addresses in references."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask

from plugins.oneroster.former import blueprint

from .conftest import SCOPE, Peer, Roster
from .test_gradebook import ask, maths

__all__ = ["ask", "maths"]
OLD = "/ims/oneroster/v1p1"
OLD_SCOPE = SCOPE.replace("v1p2", "v1p1")


def test_a_program_of_1_1_reads_and_sends_marks(app: Flask, peer: Peer, maths: str, roster: Roster) -> None:
    token = peer.token(
        "roster.readonly", "gradebook.readonly", "gradebook.createput", "gradebook.delete", prefix=OLD_SCOPE
    )

    def call(path: str, method: str = "GET", body: object = None) -> tuple[int, dict[str, object]]:
        headers = {"Authorization": f"Bearer {token}"}
        answer = app.test_client().open(OLD + path, method=method, json=body, headers=headers)
        return answer.status_code, answer.get_json(silent=True) or {}

    status, told = call(f"/classes/{maths}/students?filter=role='student'&fields=sourcedId,role,orgs,givenName")
    users = told["users"]
    assert status == 200 and isinstance(users, list) and len(users) == 2
    assert {*users[0]} == {"sourcedId", "role", "orgs", "givenName"} and users[0]["role"] == "student"
    assert urlsplit(users[0]["orgs"][0]["href"]).path == f"{OLD}/orgs/{roster.school}"
    whole = call(f"/users/{roster.mother}")[1]["user"]
    assert isinstance(whole, dict) and whole["role"] == "parent" and whole["username"]
    assert not {"roles", "primaryOrg", "userMasterIdentifier"} & {*whole}
    category = call(f"/classes/{maths}/categories")[1]["categories"]
    assert isinstance(category, list)
    item = {
        "sourcedId": "old-1", "title": "Quiz", "assignDate": "2026-11-02T00:00:00.000Z", "resultValueMin": 0.0,
        "dueDate": "2026-11-09T00:00:00.000Z", "class": {"sourcedId": maths}, "resultValueMax": 10.0,
        "category": {"sourcedId": category[0]["sourcedId"]},
    }  # fmt: skip
    assert call("/lineItems/old-1", "PUT", {"lineItem": item})[0] == 201
    score = {"lineItem": {"sourcedId": "old-1"}, "student": {"sourcedId": str(roster.pupils[0])}, "score": 9,
             "scoreStatus": "fully graded", "scoreDate": "2026-11-09"}  # fmt: skip
    assert call("/results/old-r", "PUT", {"result": score})[0] == 201
    result = call(f"/classes/{maths}/lineItems/old-1/results")[1]["results"]
    assert isinstance(result, list) and [one["score"] for one in result] == [9] and "class" not in result[0]
    assert call("/results/old-r", "DELETE")[0] == 204
    assert call("/scoreScales")[0] == 404 and call("/nowhere")[1]["imsx_codeMajor"] == "failure"
    assert call("/demographics")[0] == 403


def test_tokens_of_1_1_name_its_scopes(app: Flask, peer: Peer) -> None:
    token = peer.token("roster-core.readonly", prefix=OLD_SCOPE)
    refused = app.test_client().get(f"{OLD}/demographics", headers={"Authorization": f"Bearer {token}"})
    assert f'scope="{OLD_SCOPE}roster-demographics.readonly"' in refused.headers["WWW-Authenticate"]
    views = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(f"{blueprint.name}.")}
    assert len(views) == 41 + 11 + 1, "rostering, the gradebook without scales and assessments, and the refusal"
    assert app.test_client().get(f"{OLD}/users").status_code == 401
