"""Programs that call too often wait, and only they."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from core.identity.oauth import pace
from core.sdk.web.runtime import Runtime
from core.types.clock import utc_now

from .conftest import SCOPE, Program

HERE, ELSEWHERE = "198.51.100.1", "198.51.100.2"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CALLS", "QUESTIONS", "PUBLIC", "STRANGERS"):
        monkeypatch.setattr(pace, name, 3)


def post(program: Program, path: str, address: str = HERE, **form: str) -> TestResponse:
    headers = program.basic() if program.secret else {}
    if not program.secret:
        form["client_id"] = program.id
    base = {"REMOTE_ADDR": address}
    return program.app.test_client().post(f"/oauth/{path}", data=form, headers=headers, environ_base=base)


def token(program: Program, address: str = HERE) -> TestResponse:
    return post(program, "token", address, grant_type="client_credentials", scope=SCOPE)


def test_a_client_that_calls_too_often_waits_and_then_goes_on(
    app: Flask, service: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime: Runtime = app.extensions["truong"]
    start = utc_now()
    monkeypatch.setattr(runtime, "clock", lambda: start)
    assert [token(service).status_code for _ in range(3)] == [200] * 3
    refused = token(service, ELSEWHERE)
    assert refused.status_code == 429, "the client is counted, wherever it calls from"
    assert refused.json is not None
    assert refused.json["error"] == "slow_down"
    assert refused.headers["Retry-After"] == "60"
    assert refused.headers["Cache-Control"] == "no-store"
    assert post(service, "revoke", token="unknown").status_code == 200, "each endpoint has a count of its own"
    monkeypatch.setattr(runtime, "clock", lambda: start + timedelta(seconds=61))
    assert token(service).status_code == 200


def test_introspection_is_counted_for_the_resource_server(resource: Program) -> None:
    answers = [post(resource, "introspect", token="unknown").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]


@pytest.mark.parametrize("path", ["token", "introspect", "revoke"])
def test_strangers_wait_and_the_client_whose_name_they_use_does_not(
    path: str, app: Flask, service: Program, learning: Program
) -> None:
    wrong = Program(app, service.id, "wrong")
    form = {"grant_type": "client_credentials", "scope": SCOPE, "token": "x"}
    address = f"203.0.113.{len(path)}"
    assert [post(wrong, path, address, **form).status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    assert post(service, path, address, **form).status_code == 200, "from the very same address"
    assert post(wrong, path, "203.0.113.99", **form).status_code == 401, "another network"
    assert post(learning, "revoke", address, token="x").status_code == 200, "another client"


def test_a_public_app_is_counted_for_each_network(public_app: Program, learning: Program) -> None:
    answers = [post(public_app, "revoke", token="x").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert post(public_app, "revoke", ELSEWHERE, token="x").status_code == 200, "nobody elsewhere is locked out"
    assert post(learning, "revoke", token="x").status_code == 200
