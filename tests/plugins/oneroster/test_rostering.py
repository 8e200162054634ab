"""The rostering service as a program meets it: tokens, envelopes, references, queries, errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

from flask import Flask

from plugins.oneroster.rostering import blueprint
from tests.conftest import SignIn

from .conftest import BASE, Get, Roster

LISTS = {
    "academicSessions": "academicSessions", "terms": "academicSessions", "gradingPeriods": "academicSessions",
    "orgs": "orgs", "schools": "orgs", "courses": "courses", "classes": "classes", "users": "users",
    "students": "users", "teachers": "users", "enrollments": "enrollments", "demographics": "demographics",
}  # fmt: skip


def test_every_address_of_the_standard_is_there(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(f"{blueprint.name}.")}
    assert len([rule for rule in rules if "<path:" not in rule and "discovery" not in rule]) == 41
    found = app.test_client().get(f"{BASE}/discovery/onerosterv1p2rostersservice_openapi3_v1p0.json").get_json()
    assert len(found["paths"]) == 41 and found["servers"][0]["url"].endswith(BASE)
    assert found["paths"]["/demographics/{sourcedId}"]["get"]["security"][0]["OAuth2CC"][0].endswith(
        "roster-demographics.readonly"
    )
    assert found["paths"]["/students/{studentSourcedId}/classes"]["get"]["operationId"] == "getClassesForStudent"


def test_lists_have_their_envelope_count_and_links(get: Get) -> None:
    for path in LISTS:
        _check_list(get, path)


def _check_list(get: Get, path: str) -> None:
    answer = get(f"/{path}", limit=1)
    assert answer.status_code == 200, answer.text
    items = answer.get_json()[LISTS[path]]
    total = int(answer.headers["X-Total-Count"])
    assert len(items) == min(1, total)
    relations = set(re.findall(r'rel="(\w+)"', answer.headers["Link"]))
    assert relations >= {"first", "last"} and ("next" in relations) == (total > 1)
    for item in items:
        assert item["status"] == "active"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", item["dateLastModified"])
        one = get(f"/{path}/{item['sourcedId']}")
        assert one.status_code == 200 and [*one.get_json().values()] == [item]
    assert get(f"/{path}/00000000-0000-7000-8000-000000000000").status_code == 404


def test_pages_give_everything_once(get: Get) -> None:
    total = int(get("/enrollments", limit=1).headers["X-Total-Count"])
    seen, offset = set(), 0
    while offset < total:
        page = get("/enrollments", limit=7, offset=offset).get_json()["enrollments"]
        seen |= {item["sourcedId"] for item in page}
        offset += 7
    # three pupils in their class and its twelve courses; one teacher of a course and of a homeroom class
    assert len(seen) == total == 3 * 13 + 2


def test_a_class_with_its_people(get: Get, roster: Roster) -> None:
    classes = get("/classes", filter="classType='homeroom'").get_json()["classes"]
    assert sorted(found["title"] for found in classes) == ["7A1", "7A2"]
    found = next(item for item in classes if item["sourcedId"] == str(roster.first))
    assert found["school"]["type"] == "org" and [t["sourcedId"] for t in found["terms"]] == [
        str(t) for t in roster.terms
    ]
    course = get(f"/courses/{found['course']['sourcedId']}").get_json()["course"]
    assert course["grades"] == ["07"] and course["org"]["sourcedId"] == str(roster.school)
    pupils = get(f"/classes/{roster.first}/students").get_json()["users"]
    assert {user["sourcedId"] for user in pupils} == {str(id) for id in roster.pupils[:2]}
    teachers = get(f"/schools/{roster.school}/classes/{roster.first}/teachers").get_json()["users"]
    assert [user["sourcedId"] for user in teachers] == [str(roster.teacher)]
    taught = get(f"/teachers/{roster.teacher}/classes").get_json()["classes"]
    assert {item["classType"] for item in taught} == {"homeroom", "scheduled"}
    assert len(get(f"/students/{roster.pupils[0]}/classes").get_json()["classes"]) == 10 + 3
    assert get(f"/students/{roster.teacher}/classes").status_code == 404, "no pupil"


def test_people_have_their_parts_in_words_of_the_standard(get: Get, roster: Roster) -> None:
    pupil = get(f"/users/{roster.pupils[0]}").get_json()["user"]
    assert (pupil["familyName"], pupil["middleName"], pupil["givenName"]) == ("Nguyễn", "Văn", "An")
    assert pupil["enabledUser"] == "true" and pupil["grades"] == ["07"]
    assert [agent["sourcedId"] for agent in pupil["agents"]] == [str(roster.mother)]
    assert [role["role"] for role in get(f"/users/{roster.mother}").get_json()["user"]["roles"]] == ["parent"]
    person = get(f"/demographics/{roster.pupils[1]}").get_json()["demographics"]
    assert (person["birthDate"], person["sex"]) == ("2014-03-02", "female")


FILTERS = [
    ("users", "givenName='an'", 1),
    ("users", "familyName~'Đ'", 1),
    ("users", "roles.role='student' AND givenName='Cường'", 1),
    ("users", "role='teacher' OR role='parent'", 2),
    ("users", "identifier!='GV01'", 4),
    ("users", "dateLastModified>'2020-01-01T00:00:00.000Z'", 5),
    ("users", "dateLastModified<'2020-01-01T00:00:00.000Z'", 0),
    ("users", "familyName='O''Brien'", 0),
    ("users", "dateLastModified>='2020-01-01'", 5),
    ("users", "dateLastModified>'2020-01-01T00:00:00 07:00'", 5),
    ("users", "status='active'", 5),
    ("users", "status='tobedeleted' OR givenName='An'", 1),
    ("users", "status!='active'", 0),
    ("users", "middleName='văn'", 1),
    ("users", "sms='0900'", 0),
    ("users", "username='GV01'", 1),
    ("users", "roles.role~'stud'", 3),
    ("enrollments", "role='teacher'", 2),
    ("enrollments", "primary='true' AND role='student'", 3),
    ("terms", "startDate>='2027-01-01'", 1),
    ("classes", "subjectCodes='toan'", 2),
    ("classes", "grades~'06,07'", 26),
]


def test_filters(get: Get) -> None:
    for path, query, count in FILTERS:
        answer = get(f"/{path}", filter=query)
        assert answer.status_code == 200, answer.text
        assert (query, answer.headers["X-Total-Count"]) == (query, str(count))


BAD: list[tuple[dict[str, str], str]] = [
    ({"filter": "givenName=An"}, "invalid_filter_field"),
    ({"filter": "shoeSize='40'"}, "invalid_filter_field"),
    ({"filter": "status='active' AND status='active' AND status='active'"}, "invalid_filter_field"),
    ({"filter": "dateLastModified>'yesterday'"}, "invalid_filter_field"),
    ({"filter": "grades>'07'"}, "invalid_filter_field"),
    ({"filter": "x'; DROP TABLE core_school; --"}, "invalid_filter_field"),
    ({"fields": "givenName,shoeSize"}, "invalid_selection_field"),
    ({"sort": "givenName", "orderBy": "sideways"}, "invaliddata"),
    ({"limit": "0"}, "invaliddata"),
    ({"limit": "many"}, "invaliddata"),
    ({"offset": "-1"}, "invaliddata"),
]


def test_bad_queries_are_refused_in_the_words_of_the_standard(get: Get) -> None:
    for query, minor in BAD:
        answer = get("/users", **query)
        assert answer.status_code == 400, query
        body = answer.get_json()
        assert set(body) == {"imsx_codeMajor", "imsx_severity", "imsx_description", "imsx_CodeMinor"}
        assert body["imsx_CodeMinor"]["imsx_codeMinorField"] == [
            {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}
        ]


def test_sorting_and_selection(get: Get) -> None:
    names = [item["givenName"] for item in get("/users", sort="givenName", orderBy="desc").get_json()["users"]]
    assert names == sorted(names, reverse=True) and len(names) == 5
    items = get("/users", fields="givenName, familyName").get_json()["users"]
    assert {frozenset(item) for item in items} == {frozenset({"givenName", "familyName"})}
    usual = [item["sourcedId"] for item in get("/users").get_json()["users"]]
    odd = get("/users", sort="shoeSize", orderBy="desc")
    assert odd.status_code == 200 and [item["sourcedId"] for item in odd.get_json()["users"]] == usual
    twice = get("/users?limit=1&limit=2")
    assert twice.status_code == 400 and twice.get_json()["imsx_codeMajor"] == "failure"


def test_what_is_not_there_is_said_in_the_words_of_the_standard(get: Get) -> None:
    cases = (
        ("/nowhere", "GET", 404), ("/users/a/b/c", "GET", 404), ("/users", "POST", 405), ("/users/1", "DELETE", 405),
        ("/users/%00", "GET", 422), ("/enrollments/x.y", "GET", 404),
    )  # fmt: skip
    for path, method, status in cases:
        answer = get(path, method)
        assert (path, answer.status_code) == (path, status)
        assert answer.get_json()["imsx_severity"] == "error"
    assert get("/users", "POST").headers["Allow"] == "GET"
    assert get("/users", filter="givenName='\0'").status_code == 422


def test_what_the_scope_does_not_open_stays_shut(client: Callable[[str], Get], app: Flask, roster: Roster) -> None:
    core = client("roster-core.readonly")
    assert core("/users").status_code == 200
    assert core(f"/classes/{roster.first}/students").status_code == 403, "a core scope opens no lists of a class"
    full = client("roster.readonly")
    assert full(f"/classes/{roster.first}/students").status_code == 200
    refused = full("/demographics")
    assert refused.status_code == 403, "dates of birth have a scope of their own"
    assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]
    assert refused.get_json()["imsx_CodeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == "forbidden"
    demographics = client("roster-demographics.readonly")
    assert demographics("/demographics").status_code == 200 and demographics("/users").status_code == 403
    nobody = app.test_client().get(f"{BASE}/users")
    assert nobody.status_code == 401 and nobody.headers["WWW-Authenticate"] == "Bearer"
    wrong = app.test_client().get(f"{BASE}/users", headers={"Authorization": "Bearer tra_nothing"})
    assert wrong.status_code == 401 and wrong.get_json()["imsx_codeMajor"] == "failure"
    assert app.test_client().post(f"{BASE}/users").status_code in (401, 405)


def test_another_school_and_people_without_the_right_get_nothing(
    get: Get, other_school: UUID, sign_in: SignIn, roster: Roster
) -> None:
    assert get(f"/schools/{other_school}/classes").status_code == 404
    stranger = sign_in(other_school, "head")
    assert stranger.get(f"{BASE}/users/{roster.pupils[0]}").status_code == 404
    for role in ("teacher", "parent", "accountant", "office"):
        assert sign_in(roster.school, role).get(f"{BASE}/users").status_code == 403, role
