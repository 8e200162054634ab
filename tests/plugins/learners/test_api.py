"""The API: the same services as the pages, with cursors, ETag and problem+json; and large lists in the background."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.data.session import Database
from core.types.actor import Actor
from core.types.message import Message
from plugins.learners.services import planning, plans
from plugins.learners.tasks import TASKS
from tests.conftest import SignIn


def _json(answer: TestResponse) -> Any:
    return answer.json


def _headers(client: FlaskClient) -> dict[str, str]:
    return {"X-CSRF-Token": client.csrf}  # type: ignore[attr-defined]  # set by the fixture


def test_an_import_over_the_api(school: UUID, sign_in: SignIn, shared: Path) -> None:
    client = sign_in(school, "office")
    content = (shared / "data" / "learners-thcs.xlsx").read_bytes()
    data = {"file": (io.BytesIO(content), "learners-thcs.xlsx")}
    started = client.post("/api/v1/imports", data=data, headers=_headers(client))
    assert started.status_code == 201, started.text
    url = f"/api/v1/imports/{_json(started)['id']}"
    assert _json(client.get(url))["summary"]["status"] == {"accept": 1047, "warn": 113, "refuse": 25}
    refused = _json(client.get(f"{url}/rows?kind=refused&limit=20"))
    assert len(refused["items"]) == 20 and refused["next"]
    rest = _json(client.get(f"{url}/rows", query_string={"kind": "refused", "limit": 20, "cursor": refused["next"]}))
    assert len(rest["items"]) == 5 and rest["next"] is None
    assert {row["action"] for row in refused["items"]} == {"refused"}
    done = client.post(f"{url}/confirm", json={}, headers=_headers(client))
    assert done.json == {"new": 1160, "changed": 0, "unchanged": 0, "refused": 25}
    again = client.post(f"{url}/confirm", json={}, headers=_headers(client))
    assert again.status_code == 409 and again.mimetype == "application/problem+json"
    seen: list[str] = []
    cursor = None
    while True:
        more: dict[str, str] = {"cursor": cursor} if cursor else {}
        page = _json(client.get("/api/v1/learners", query_string={"limit": 200, **more}))
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 1160
    assert _json(client.get("/api/v1/learners?q=tran+lan+an"))["items"][0]["hovaten"] == "Trần Lan An"
    assert client.post(f"{url}/undo", headers=_headers(client)).status_code == 204
    assert _json(client.get("/api/v1/learners"))["items"] == []


def test_changes_need_the_etag_that_was_read(school: UUID, sign_in: SignIn) -> None:
    client = sign_in(school, "office")
    body = {"hovaten": "Lê Văn An", "ngaysinh": "2015-03-07", "gioitinh": 1, "mahocsinh": "2400000001"}
    made = client.post("/api/v1/learners", json=body, headers=_headers(client))
    assert made.status_code == 201, made.text
    url = f"/api/v1/learners/{_json(made)['id']}"
    assert client.patch(url, json={"ghichu": "x"}, headers=_headers(client)).status_code == 428
    etag = client.get(url).headers["ETag"]
    good = client.patch(url, json={"ghichu": "Ăn chay"}, headers={**_headers(client), "If-Match": etag})
    assert good.status_code == 200 and _json(good)["ghichu"] == "Ăn chay" and _json(good)["version"] == 2
    late = client.patch(url, json={"ghichu": "y"}, headers={**_headers(client), "If-Match": etag})
    assert late.status_code == 412
    twice = client.post("/api/v1/learners", json=body, headers=_headers(client))
    assert twice.status_code == 409
    wrong = client.post("/api/v1/learners", json={**body, "lop": "9Z"}, headers=_headers(client))
    assert wrong.status_code == 422


def test_a_parent_gets_nothing_of_others(school: UUID, sign_in: SignIn) -> None:
    office = sign_in(school, "office")
    body = {"hovaten": "Lê Văn An", "ngaysinh": "2015-03-07"}
    made = _json(office.post("/api/v1/learners", json=body, headers=_headers(office)))["id"]
    parent = sign_in(school, "parent")
    assert _json(parent.get("/api/v1/learners"))["items"] == []
    assert parent.get(f"/api/v1/learners/{made}").status_code == 404
    assert parent.get("/api/v1/imports").status_code == 403


def test_a_large_list_is_read_and_confirmed_in_the_background(
    db: Database, school: UUID, system: Actor, sign_in: SignIn, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "INLINE_BYTES", 1000)
    monkeypatch.setattr("plugins.learners.pages.imports.INLINE_ROWS", 100)
    client = sign_in(school, "office")
    content = (shared / "data" / "learners-primary.csv").read_bytes()
    data = {"file": (io.BytesIO(content), "x.csv"), "csrf_token": client.csrf}  # type: ignore[attr-defined]
    plan = client.post("/learners/imports", data=data).headers["Location"]
    waiting = client.get(plan)
    assert waiting.status_code == 303 and "/jobs/" in waiting.headers["Location"]
    tasks = {task.name: task for task in TASKS}
    reports: list[tuple[int, int]] = []

    def progress(done: int, total: int, note: Message | None = None) -> None:
        reports.append((done, total))

    with db.context(system, school) as ctx:
        line = plans.imports(ctx)[0]
        assert line.state == "reading"
        tasks["learners.import.read"].handler(ctx, {"import_id": str(line.id)}, progress)
        assert plans.imports(ctx)[0].state == "planned"
        tasks["learners.import.confirm"].handler(ctx, {"import_id": str(line.id), "classes": None}, progress)
        assert plans.imports(ctx)[0].state == "confirmed"
        assert reports[-1] == (785, 785)
    assert "Đã nhập: 785 mới" in client.get(plan).text
