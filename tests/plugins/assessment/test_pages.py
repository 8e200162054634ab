"""Pages and API: what they show and save, and what strangers get."""

from __future__ import annotations

import io
import re
from typing import Any, cast
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event

from core.data.session import Database
from core.sdk import Actor
from core.sdk.testing.fixtures import SignIn
from plugins.assessment.services import books, locking, publishing
from plugins.learners.services.learners import create_learner

from .conftest import Stage
from .test_saving import _save


def _post(client: FlaskClient, url: str, **form: object) -> Any:
    return client.post(url, data={"csrf_token": cast("Any", client).csrf, **form})


def _json(client: FlaskClient, url: str, body: object, method: str = "post", **headers: str) -> Any:
    token = {"X-CSRF-Token": cast("Any", client).csrf, **headers}
    return getattr(client, method)(url, json=body, headers=token)


@pytest.fixture
def teacher(sign_in: SignIn, stage: Stage) -> FlaskClient:
    return sign_in(stage.school, "teacher", person_id=stage.an, name="Thầy An")


def test_the_way_of_a_teacher(teacher: FlaskClient, stage: Stage) -> None:
    start = teacher.get("/assessment/?term=1").text
    assert "7A1 · Toán" in start and "7A1 · Rèn luyện" in start and "Ngữ văn" not in start
    url = f"/assessment/courses/{stage.courses['toan']}/1"
    shown = teacher.get(url).text
    assert shown.count('inputmode="decimal"') == 4 * 6 and "assessment/grid" in shown and "<script>" not in shown
    one, two = stage.pupils[:2]
    cells = [
        {"learner": str(one), "slot": "tx1", "value": "8,5", "seen": ""},
        {"learner": str(two), "slot": "tx1", "value": "12", "seen": ""},
        {"learner": str(two), "slot": "gk", "value": "7", "seen": "6"},
    ]
    told = _json(teacher, f"{url}/cells", {"cells": cells}).json
    assert [cell["value"] for cell in told["saved"]] == ["8,5"], "shown with a comma in Vietnamese"
    assert "0 đến 10" in told["refused"][0]["reason"] and len(told["conflicts"]) == 1
    assert 'value="8,5"' in teacher.get(url).text
    history = teacher.get(f"{url}/history?learner={one}&slot=tx1").text
    assert "Thầy An" in history and "8,5" in history
    assert teacher.get(f"{url}?lang=en").status_code == 200
    sheet = load_workbook(io.BytesIO(teacher.get(f"{url}/export").data)).active
    assert sheet is not None and [cell.value for cell in sheet[6]][4:6] == [8.5, ""]


def test_the_form_works_without_scripts_and_keeps_what_was_typed(
    teacher: FlaskClient, stage: Stage, db: Database, system: Actor
) -> None:
    url = f"/assessment/courses/{stage.courses['toan']}/1"
    one, two = stage.pupils[:2]
    with db.context(system, stage.school) as ctx:
        _save(ctx, stage, (0, "tx1", "8", ""))
    found = re.search(r'name="revision" value="(\d+)"', teacher.get(url).text)
    assert found is not None
    with db.context(system, stage.school) as ctx:
        _save(ctx, stage, (0, "tx1", "9", "8"), (0, "tx2", "4", ""))
    form = {f"{one}.tx1": "8", f"{one}.tx2": "7", f"{two}.tx1": "6,5", f"{two}.gk": "x", "revision": found[1]}
    answer = _post(teacher, url, **form)
    assert answer.status_code == 422
    text = answer.text
    assert 'value="7" aria-labelledby="p1 h-tx2"' in text, "what was typed against another's mark is still there"
    assert 'value="x"' in text and 'value="6,5"' in text and "vừa nhập 4" in text
    assert 'value="9" aria-labelledby="p1 h-tx1"' in text, "who changed nothing there overwrites nothing"
    again = _post(teacher, url, **{f"{one}.tx2": "7", "revision": "99"})
    assert again.status_code == 303


def test_locking_and_opening_again_by_the_pages(teacher: FlaskClient, sign_in: SignIn, stage: Stage) -> None:
    url = f"/assessment/courses/{stage.courses['toan']}/1"
    assert _post(teacher, f"{url}/lock").status_code == 303
    assert "<input name=" not in teacher.get(url).text
    saved = _json(teacher, f"{url}/cells", {"cells": []})
    assert saved.status_code == 409 and "khóa" in saved.json["error"]
    _post(teacher, f"{url}/ask", reason="Nhập nhầm cột")
    head = sign_in(stage.school, "head", name="Cô Hiệu trưởng")
    assert "Nhập nhầm cột" in head.get("/assessment/progress?term=1").text
    assert "Nhập nhầm cột" in head.get(url).text
    _post(head, f"{url}/accept")
    assert "bản 2" in teacher.get(url).text
    assert teacher.get(f"{url}/versions/1").status_code == 200
    windows = {"term": "1", "kinds": ["tx", "gk"], "first": "2026-09-05", "last": "2026-12-31"}
    assert _post(head, "/assessment/windows", **windows).status_code == 303
    listed = head.get("/assessment/windows").text
    assert "05/09/2026" in listed and "31/12/2026" in listed
    assert _post(head, "/assessment/windows", term="9").status_code == 422
    assert _post(head, "/assessment/publish", term="1", classes=str(stage.klass)).status_code == 303


def test_strangers_get_nothing(sign_in: SignIn, stage: Stage, other_school: UUID, db: Database, system: Actor) -> None:
    maths, klass, child = stage.courses["toan"], stage.klass, stage.pupils[0]
    with db.context(system, stage.school) as ctx:
        _save(ctx, stage, (0, "tx1", "8", ""), (1, "tx1", "3", ""))
        publishing.publish(ctx, [klass], 1)
    book = f"/assessment/courses/{maths}/1"
    reads = [
        book, f"/assessment/classes/{klass}/1", f"{book}/history", f"{book}/versions/1", f"{book}/export",
        f"/assessment/progress/{klass}?term=1", f"/api/v1/assessment/courses/{maths}/terms/1",
        f"/api/v1/assessment/classes/{klass}/terms/1", f"/assessment/workbooks/{klass}/1",
    ]  # fmt: skip
    writes = [book, f"{book}/lock", f"{book}/ask", f"{book}/approve", f"{book}/publish"]
    api = f"/api/v1/assessment/courses/{maths}/terms/1"
    cells = {"cells": [{"learner_id": str(child), "slot": "tx1", "value": "10", "seen": "8"}]}
    strangers = {
        "teacher of another class": sign_in(stage.school, "teacher", person_id=stage.stranger),
        "parent": sign_in(stage.school, "parent", person_id=stage.parent),
        "accountant": sign_in(stage.school, "accountant"),
        "head of another school": sign_in(other_school, "head"),
    }
    for who, client in strangers.items():
        for url in reads:
            assert client.get(url).status_code in (403, 404), (who, url)
        for url in writes:
            assert _post(client, url, reason="x").status_code in (403, 404), (who, url)
        for method, more in (("patch", "cells"), ("post", "lock"), ("post", "approve"), ("put", "reopening")):
            body = cells if more == "cells" else {"approved": True} if more == "reopening" else {}
            assert _json(client, f"{api}/{more}", body, method).status_code in (403, 404), (who, more)
        assert _json(client, f"{book}/cells", {"cells": []}).status_code in (403, 404), who
    colleague = sign_in(stage.school, "teacher", person_id=stage.binh)
    for url in (book, f"{book}/export", f"/assessment/classes/{klass}/1", f"/assessment/progress/{klass}", api):
        assert colleague.get(url).status_code == 404, "who teaches the class another subject"
    assert _json(colleague, f"{api}/cells", cells, "patch").status_code == 404
    assert colleague.get(f"/api/v1/assessment/learners/{child}/marks").status_code in (403, 404)
    leader = sign_in(stage.school, "teacher", person_id=stage.an)
    literature = f"/assessment/courses/{stage.courses['nguvan']}/1"
    assert leader.get(literature).status_code == 200 and "<input name=" not in leader.get(literature).text
    assert _json(leader, f"{literature}/cells", {"cells": []}).status_code == 404
    assert (
        leader.get("/assessment/progress").status_code == 403 and leader.get("/assessment/windows").status_code == 403
    )


def test_a_family_sees_one_child(sign_in: SignIn, stage: Stage, db: Database, system: Actor) -> None:
    with db.context(system, stage.school) as ctx:
        _save(ctx, stage, (0, "tx1", "8", ""), (1, "tx1", "3", ""))
        publishing.publish(ctx, [stage.klass], 1)
    parent = sign_in(stage.school, "parent", person_id=stage.parent)
    assert parent.get("/assessment/family").status_code == 303
    shown = parent.get(f"/assessment/family/{stage.pupils[0]}").text
    assert "Toán" in shown and "TX1" in shown and "Lê Minh Châu" not in shown
    answer = parent.get(f"/api/v1/assessment/learners/{stage.pupils[0]}/marks").json
    assert answer is not None and [item["cells"] for item in answer["items"]] == [{"tx1": "8"}]
    for foreign in (stage.pupils[1], stage.stranger):
        assert parent.get(f"/assessment/family/{foreign}").status_code == 404
        assert parent.get(f"/api/v1/assessment/learners/{foreign}/marks").status_code == 404
    assert parent.get("/api/v1/assessment/books").status_code == 403
    pupil = sign_in(stage.school, "pupil", person_id=stage.pupils[1])
    assert pupil.get(f"/assessment/family/{stage.pupils[1]}").status_code == 200
    assert pupil.get(f"/assessment/family/{stage.pupils[0]}").status_code == 404


def test_the_api_of_a_book(teacher: FlaskClient, stage: Stage) -> None:
    url = f"/api/v1/assessment/courses/{stage.courses['toan']}/terms/1"
    one = str(stage.pupils[0])
    block = [{"learner_id": one, "slot": slot, "value": "8", "seen": ""} for slot in ("tx1", "tx2", "tx3", "tx4")]
    block += [{"learner_id": one, "slot": "gk", "value": "7.5", "seen": ""}]
    block += [{"learner_id": one, "slot": "ck", "value": "9", "seen": ""}]
    saved = _json(teacher, f"{url}/cells", {"cells": block}, "patch").json
    assert len(saved["saved"]) == 6 and saved["rows"] == [{"learner_id": one, "result": "8.2", "why": ""}]
    read = teacher.get(url)
    assert read.json is not None and read.json["rules"] == "tt22-2021"
    assert read.json["rows"][0]["cells"]["gk"] == "7.5" and read.json["columns"][0]["open"] is True
    assert _json(teacher, f"{url}/lock", {}).status_code == 428
    assert _json(teacher, f"{url}/lock", {}, **{"If-Match": '"old"'}).status_code == 412
    locked = _json(teacher, f"{url}/lock", {}, **{"If-Match": read.headers["ETag"]})
    assert locked.json == {"state": "locked", "version": 1}
    assert _json(teacher, f"{url}/cells", {"cells": block}, "patch").status_code == 409
    assert _json(teacher, f"{url}/reopening", {"reason": "nhầm"}).status_code == 204
    listed = teacher.get("/api/v1/assessment/books?term=1").json
    assert listed is not None and [item["state"] for item in listed["items"]] == ["locked", "open"]
    assert teacher.get(url.replace("courses", "shelves")).status_code == 404


def test_the_head_decides_by_the_api(sign_in: SignIn, stage: Stage, db: Database, system: Actor) -> None:
    head = sign_in(stage.school, "head")
    url = f"/api/v1/assessment/courses/{stage.courses['toan']}/terms/1"
    with db.context(system, stage.school) as ctx:
        book = books.course_book(ctx, stage.courses["toan"], 1)
        locking.lock(ctx, book)
        locking.ask_to_reopen(ctx, book, "nhầm")
    etag = head.get(url).headers["ETag"]
    assert _json(head, f"{url}/approve", {}, **{"If-Match": etag}).json == {"state": "approved", "version": 1}
    assert _json(head, f"{url}/reopening", {"approved": True}, "put").json == {"state": "open", "version": 2}
    body = {"class_ids": [str(stage.klass)], "term": 1, "visible": True}
    assert _json(head, "/api/v1/assessment/publications", body).status_code == 204


def test_statements_do_not_grow_with_the_class(teacher: FlaskClient, stage: Stage, db: Database, system: Actor) -> None:
    url = f"/assessment/courses/{stage.courses['toan']}/1"
    counted: list[str] = []

    def count(*_args: object) -> None:
        counted.append("x")

    with db.context(system, stage.school) as ctx:
        _save(ctx, stage, *((at, "tx1", "8", "") for at in range(4)))
    teacher.get(url)
    event.listen(db.engine, "before_cursor_execute", count)
    teacher.get(url)
    few = len(counted)
    with db.context(system, stage.school) as ctx:
        for number in range(20):
            create_learner(ctx, {"hovaten": f"Lê Thị {number}", "gioitinh": 2, "ngaysinh": "2014-01-01", "lop": "7A1"})
    counted.clear()
    assert teacher.get(url).status_code == 200
    assert len(counted) == few <= 28
    event.remove(db.engine, "before_cursor_execute", count)
