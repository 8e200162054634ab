"""The gradebook service: published marks of the school, objects that programs keep, and what they may not touch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from core.data.session import Database
from core.sdk import Actor
from core.sdk.data import new_id
from core.sdk.school import current_year
from plugins.assessment.models import Gradebook, MarkCell
from plugins.assessment.services.publishing import publish
from plugins.curriculum.services import courses
from plugins.oneroster.gradebook import blueprint

from .conftest import Get, Roster

GRADES = "/ims/oneroster/gradebook/v1p2"


@pytest.fixture
def ask(client: Callable[..., Get]) -> Get:
    return client("gradebook.readonly", "gradebook.createput", "gradebook.createpost", "gradebook.delete",
                  "assessment.readonly", "assessment.createput", "assessment.delete")  # fmt: skip


@pytest.fixture
def maths(db: Database, system: Actor, roster: Roster) -> str:
    """The course with marks of two pupils, published; a third mark comes after that."""
    with db.context(system, roster.school) as ctx:
        line = next(line for line in courses.courses(ctx, class_id=roster.first) if line.code == "toan")
        book = Gradebook(
            id=new_id(), school_id=roster.school, year_id=current_year(ctx).id, class_id=roster.first,
            course_id=line.id, term=1,
        )  # fmt: skip
        ctx.session.add(book)
        ctx.session.flush()
        an, binh = roster.pupils[:2]
        for learner, slot, state, tenths in ((an, "tx1", 1, 85), (an, "gk", 2, None), (binh, "tx1", 4, None)):
            row = {"gradebook_id": book.id, "learner_id": learner, "slot": slot, "state": state, "tenths": tenths}
            ctx.session.add(MarkCell(school_id=roster.school, **row))
        ctx.session.flush()
        publish(ctx, [roster.first], 1)
        row = {"gradebook_id": book.id, "learner_id": binh, "slot": "ck", "state": 1, "tenths": 20}
        ctx.session.add(MarkCell(school_id=roster.school, **row))
        return str(line.id)


def test_the_22_addresses(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(f"{blueprint.name}.")}
    assert len([rule for rule in rules if "discovery" not in rule and "<path:" not in rule]) == 22
    found = app.test_client().get(f"{GRADES}/discovery/onerosterv1p2gradebookservice_openapi3_v1p0.json").get_json()
    operations = [operation["operationId"] for path in found["paths"].values() for operation in path.values()]
    assert len(found["paths"]) == 22 and len(operations) == len({*operations}) == 35


def test_marks_are_told_as_they_were_published(ask: Get, maths: str, roster: Roster) -> None:
    items = ask(f"{GRADES}/classes/{maths}/lineItems").get_json()["lineItems"]
    assert sorted(item["title"] for item in items) == ["Toán - gk", "Toán - tx1"], "ck came after the publication"
    tx1 = next(item for item in items if item["title"].endswith("tx1"))
    assert (tx1["resultValueMin"], tx1["resultValueMax"]) == (0, 10)
    assert tx1["academicSession"]["sourcedId"] == str(roster.terms[0])
    assert ask(f"{GRADES}/categories/{tx1['category']['sourcedId']}").get_json()["category"]["weight"] == 1
    results = ask(f"{GRADES}/classes/{maths}/results").get_json()["results"]
    told = {(r["student"]["sourcedId"], r["lineItem"]["sourcedId"] == tx1["sourcedId"]): r for r in results}
    an, binh = (str(id) for id in roster.pupils[:2])
    assert (told[an, True]["score"], told[an, True]["scoreStatus"]) == (8.5, "fully graded")
    assert told[an, False]["scoreStatus"] == "not submitted" and "score" not in told[an, False]
    assert told[binh, True]["scoreStatus"] == "exempt" and len(results) == 3
    mine = ask(f"{GRADES}/classes/{maths}/students/{an}/results", filter="score>='8'").get_json()["results"]
    assert len(mine) == 1
    of_item = ask(f"{GRADES}/classes/{maths}/lineItems/{tx1['sourcedId']}/results")
    assert of_item.headers["X-Total-Count"] == "2"
    categories = ask(f"{GRADES}/classes/{maths}/categories").get_json()["categories"]
    assert {item["title"] for item in categories} >= {"Đánh giá thường xuyên", "Đánh giá giữa kì", "Đánh giá cuối kì"}
    assert ask(f"{GRADES}/results/{mine[0]['sourcedId']}").get_json()["result"] == mine[0]


def _quiz(maths: str, roster: Roster) -> dict[str, Any]:
    return {
        "title": "Quiz", "assignDate": "2026-11-02T00:00:00.000Z", "dueDate": "2026-11-09T00:00:00.000Z",
        "class": {"sourcedId": maths, "type": "class", "href": "x"}, "school": {"sourcedId": str(roster.school)},
        "category": {"sourcedId": "quizzes"}, "resultValueMax": 20,
    }  # fmt: skip


def test_a_program_keeps_its_own_objects(ask: Get, maths: str, roster: Roster, db: Database, system: Actor) -> None:
    made = ask(f"{GRADES}/categories/quizzes", "PUT", {"category": {"sourcedId": "quizzes", "title": "Quizzes"}})
    assert made.status_code == 201, made.text
    again = ask(f"{GRADES}/categories/quizzes", "PUT", {"category": {"title": "Quizzes!", "weight": 0.5}})
    assert again.status_code == 200 and again.get_json()["category"]["title"] == "Quizzes!"
    item = ask(f"{GRADES}/lineItems/quiz-1", "PUT", {"lineItem": _quiz(maths, roster)})
    assert item.status_code == 201, item.text
    assert item.get_json()["lineItem"]["class"]["href"].endswith(f"/classes/{maths}")
    posted = ask(
        f"{GRADES}/classes/{maths}/lineItems", "POST", {"lineItems": [{**_quiz(maths, roster), "sourcedId": "q2"}]}
    )
    pair = posted.get_json()["sourcedIdPairs"][0]
    assert posted.status_code == 201 and pair["suppliedSourcedId"] == "q2"
    assert ask(f"{GRADES}/lineItems/{pair['allocatedSourcedId']}").status_code == 200
    score = {"student": {"sourcedId": str(roster.pupils[0])}, "score": 17.5, "scoreStatus": "fully graded",
             "scoreDate": "2026-11-09"}  # fmt: skip
    results = ask(f"{GRADES}/lineItems/quiz-1/results", "POST", {"results": [score]})
    assert results.status_code == 201, results.text
    got = ask(f"{GRADES}/results", filter="lineItem.sourcedId='quiz-1'").get_json()["results"]
    assert got[0]["score"] == 17.5
    assert ask(f"{GRADES}/results/{got[0]['sourcedId']}", "DELETE").status_code == 204
    assert ask(f"{GRADES}/results/{got[0]['sourcedId']}").status_code == 404
    assert ask(f"{GRADES}/results/{got[0]['sourcedId']}", "DELETE").status_code == 404
    scale = {"title": "A-B", "type": "letters", "class": {"sourcedId": maths},
             "scoreScaleValue": [{"itemValueLHS": "A", "itemValueRHS": "10"}]}  # fmt: skip
    assert ask(f"{GRADES}/scoreScales/s1", "PUT", {"scoreScale": scale}).status_code == 201
    test = {"title": "PISA", "class": {"sourcedId": maths}}
    assert ask(f"{GRADES}/assessmentLineItems/a1", "PUT", {"assessmentLineItem": test}).status_code == 201
    outcome = {"assessmentLineItem": {"sourcedId": "a1"}, **score}
    assert ask(f"{GRADES}/assessmentResults/r1", "PUT", {"assessmentResult": outcome}).status_code == 201
    with db.context(system, roster.school) as ctx:
        assert ctx.session.execute(text("SELECT count(*) FROM assessment_mark")).scalar_one() == 4, "no mark of ours"


def test_what_is_wrong_is_refused_and_changes_nothing(ask: Get, maths: str, roster: Roster) -> None:
    assert ask(f"{GRADES}/categories/quizzes", "PUT", {"category": {"title": "Quizzes"}}).status_code == 201
    good = _quiz(maths, roster)
    bad: list[dict[str, Any]] = [
        {**good, "colour": "red"},
        {**good, "title": ""},
        {**good, "dueDate": "soon"},
        {**good, "resultValueMax": "20"},
        {**good, "class": {"sourcedId": "nowhere"}},
        {**good, "sourcedId": "another"},
        {name: value for name, value in good.items() if name != "category"},
    ]
    for body in bad:
        answer = ask(f"{GRADES}/lineItems/quiz-1", "PUT", {"lineItem": body})
        assert answer.status_code == 422, body
        assert (
            answer.get_json()["imsx_CodeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == "invaliddata"
        )
    assert ask(f"{GRADES}/lineItems/quiz-1", "PUT", ["x"]).status_code == 400
    assert ask(f"{GRADES}/lineItems/quiz-1").status_code == 404
    ours = ask(f"{GRADES}/classes/{maths}/results").get_json()["results"][0]
    body = {name: ours[name] for name in ("lineItem", "student", "scoreStatus", "scoreDate")}
    assert ask(f"{GRADES}/results/{ours['sourcedId']}", "PUT", {"result": body}).status_code == 403
    assert ask(f"{GRADES}/results/{ours['sourcedId']}", "DELETE").status_code == 403


def test_reading_is_not_writing(client: Callable[..., Get], maths: str, roster: Roster) -> None:
    reader = client("gradebook.readonly")
    assert reader(f"{GRADES}/results").status_code == 200
    assert reader(f"{GRADES}/categories/q", "PUT", {"category": {"title": "Q"}}).status_code == 403
    assert reader(f"{GRADES}/categories/q", "DELETE").status_code == 403
    assert reader(f"{GRADES}/classes/{maths}/lineItems", "POST", {"lineItems": []}).status_code == 403
    assert reader(f"{GRADES}/assessmentResults").status_code == 403
    assert reader("/users").status_code == 403
    core = client("gradebook-core.readonly")
    assert core(f"{GRADES}/results").status_code == 200
    assert core(f"{GRADES}/classes/{maths}/results").status_code == 403, "a core scope opens no lists of a class"


def test_programs_that_write_little_are_understood(ask: Get, maths: str, roster: Roster) -> None:
    """References without type, days with an hour, ids with capitals, empty comments: as programs in use send them."""
    category = ask(f"{GRADES}/classes/{maths}/categories").get_json()["categories"][0]["sourcedId"]
    item = {**_quiz(maths, roster), "category": {"sourcedId": category}, "assignDate": "2026-11-02",
            "dueDate": "2026-11-09T07:00:00+07:00"}  # fmt: skip
    made = ask(f"{GRADES}/lineItems/Quiz-1A", "PUT", {"lineItem": item})
    assert made.status_code == 201, made.text
    told = ask(f"{GRADES}/lineItems/Quiz-1A").get_json()["lineItem"]
    assert (told["assignDate"], told["dueDate"]) == ("2026-11-02T00:00:00.000Z", "2026-11-09T00:00:00.000Z")
    result = {
        "lineItem": {"sourcedId": "Quiz-1A"}, "student": {"sourcedId": str(roster.pupils[0]).upper()}, "score": 80,
        "scoreStatus": "fully graded", "scoreDate": "2026-11-09T08:00:00.000Z", "comment": "",
    }  # fmt: skip
    assert ask(f"{GRADES}/results/R1", "PUT", {"result": result}).status_code == 201
    found = ask(f"{GRADES}/classes/{maths}/lineItems/Quiz-1A/results").get_json()["results"]
    assert [(r["sourcedId"], r["scoreDate"], r["class"]["sourcedId"]) for r in found] == [("R1", "2026-11-09", maths)]
    assert "comment" not in found[0] and found[0]["student"]["sourcedId"] == str(roster.pupils[0])
    assert ask(f"{GRADES}/lineItems/Quiz-1A", "DELETE").status_code == 204
    assert ask(f"{GRADES}/results/R1").status_code == 404, "results go with their line item"


def test_marks_of_who_is_gone_are_not_told(ask: Get, maths: str, roster: Roster, db: Database, system: Actor) -> None:
    with db.context(system, roster.school) as ctx:
        mark = "jsonb_build_object(CAST(:id AS text), jsonb_build_object('tx1', '9'))"
        gone = text(f"UPDATE assessment_publication SET marks = marks || {mark}")  # noqa: S608
        ctx.session.execute(gone, {"id": str(new_id())})
    answer = ask(f"{GRADES}/results")
    assert len(answer.get_json()["results"]) == int(answer.headers["X-Total-Count"]) == 3
