"""Logs that hold no personal data: planted names, numbers and tokens are looked for after a full run of requests."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask

from core.data.session import Database
from core.kernel.registry import Owned, Registry
from core.operations.logs import JsonFormatter, TextFormatter, scrub
from core.sdk import work
from core.sdk.testing.fixtures import as_worker
from core.types.actor import Actor
from core.types.contributions import Task
from core.types.ids import new_id
from core.work.worker import Worker
from tests.conftest import SignIn

NAME, PHONE, MAIL = "Nguyễn Thị Hoàng Yến", "0987654321", "hoang.yen@example.vn"
TOKEN = "Zk3vQ9xW2nB7mC4tR8yU1pL6dF0gH5jS"
PLANTED = (NAME, "Hoàng Yến", PHONE, MAIL, TOKEN)


@pytest.fixture
def written() -> Iterator[Callable[[], str]]:
    """What the program logs, as an operator would find it in both forms."""
    stream, root = io.StringIO(), logging.getLogger()
    handlers = [logging.StreamHandler(stream), logging.StreamHandler(stream)]
    handlers[0].setFormatter(JsonFormatter())
    handlers[1].setFormatter(TextFormatter())
    level = root.level
    root.setLevel(logging.DEBUG)
    for handler in handlers:
        root.addHandler(handler)
    yield stream.getvalue
    for handler in handlers:
        root.removeHandler(handler)
    root.setLevel(level)


def test_a_run_of_requests_leaves_nothing_personal(
    app: Flask,
    db: Database,
    school: UUID,
    sign_in: SignIn,
    written: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = sign_in(school, "head", "accountant", "operator", name=NAME)
    zero = "00000000-0000-7000-8000-000000000000"
    query = {"q": NAME, "token": TOKEN, "phone": PHONE, "mail": MAIL}
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    seen = 0
    for rule in rules:
        values = {
            name: (
                zero if "UUID" in type(converter).__name__ else "1" if "Integer" in type(converter).__name__ else TOKEN
            )
            for name, converter in rule._converters.items()
        }
        with app.test_request_context():
            try:
                url = app.url_map.bind("localhost").build(rule.endpoint, values)
            except Exception:  # a converter that takes only its own words
                continue
        seen += client.get(url, query_string=query).status_code < 600
    assert seen > 60
    token = client.csrf  # type: ignore[attr-defined]
    form = {"csrf_token": token, "name": NAME, "login": PHONE, "email": MAIL, "role": "parent"}
    client.post("/people/accounts/new", data=form)
    client.post("/people/accounts/new", data=form)
    client.post("/sign-in", data={"login": PHONE, "password": TOKEN})
    client.post(f"/api/v1/learners?token={TOKEN}", json={"full_name": NAME, "phone": PHONE})

    def breaks(*arguments: object, **options: object) -> None:
        raise ValueError(f"{NAME} {PHONE} {TOKEN}")

    monkeypatch.setattr("core.web.pages.people.identity.accounts_of_school", breaks)
    assert client.get("/people/accounts", query_string=query).status_code == 500
    text = written()
    assert "request failed" in text
    assert [word for word in PLANTED if word in text or json.dumps(word).strip('"') in text] == []


def test_jobs_log_places_and_the_request_that_asked(
    app: Flask, db: Database, school: UUID, system: Actor, written: Callable[[], str]
) -> None:
    def poison(*arguments: object) -> None:
        raise ValueError(f"{NAME} {PHONE}")

    from core.types.tracing import tracing

    with tracing("asked-by-somebody"), db.context(system, school) as ctx:
        work.enqueue(ctx, "core.poison", {"name": NAME})
    Worker(as_worker(db), Registry((), {"provide_tasks": (Owned("core", Task("core.poison", poison)),)})).run_once()
    lines = [json.loads(line) for line in written().splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if "failed at try" in line["message"]]
    assert line["request"] == "asked-by-somebody"
    assert "ValueError" in line["message"]
    assert NAME not in written()


def test_lines_of_requests_name_the_route_and_come_back_in_a_header(
    app: Flask, school: UUID, sign_in: SignIn, written: Callable[[], str]
) -> None:
    client = sign_in(school, "head")
    id = str(new_id())
    answer = client.get(f"/people/accounts/{id}?token={TOKEN}", headers={"X-Request-ID": "from-the-proxy-1"})
    assert answer.headers["X-Request-ID"] == "from-the-proxy-1"
    made = client.get("/", headers={"X-Request-ID": "bad\tid"}).headers["X-Request-ID"]
    assert len(made) == 16
    lines = [json.loads(line) for line in written().splitlines() if line.startswith("{")]
    line = next(line for line in lines if line.get("request") == "from-the-proxy-1" and line["message"] == "request")
    assert (line["method"], line["route"], line["status"]) == ("GET", "/people/accounts/<uuid:account_id>", 404)
    assert id not in written()
    assert line["ms"] > 0


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("GET /pay?token=abc&x=1", "GET /pay?token=…&x=…"),
        ("gọi 0912 345 678 hoặc +84912345678", "gọi … hoặc …"),
        ("thư a.b+c@truong.edu.vn", "thư …@…"),
        ("số 001099012345.", "số …."),
        (f"Authorization: Bearer {TOKEN}", "Authorization: …"),
        ("job 01a20369-8b16-722d-9aa2-44044b4a855e at core/work/runner.py:104 run", None),
        ("12345 rows in 0.25 s, 2026-11-22", None),
    ],
)
def test_the_second_wall(text: str, clean: str | None) -> None:
    assert scrub(text) == (text if clean is None else clean)


def test_an_exception_is_its_kind_and_place() -> None:
    stream = io.StringIO()
    logger = logging.Logger("t")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger.addHandler(handler)
    try:
        raise ValueError(NAME)
    except ValueError:
        logger.exception("two\nlines")
    (line,) = stream.getvalue().splitlines()
    told = json.loads(line)
    assert told["error"].startswith("ValueError: tests/core/operations/test_logs.py:")
    assert NAME not in line
