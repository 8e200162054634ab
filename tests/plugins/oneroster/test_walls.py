"""Every operation of both services against every token that must not open it."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import text

from core.data.session import Database
from core.sdk import Actor

from .conftest import SCOPE, Peer, Roster, let_in
from .test_standard import operations

ALL = (
    "roster-core.readonly", "roster.readonly", "roster-demographics.readonly", "gradebook-core.readonly",
    "gradebook.readonly", "gradebook.createput", "gradebook.createpost", "gradebook.delete", "assessment.readonly",
    "assessment.createput", "assessment.delete",
)  # fmt: skip


def opens(path: str, method: str) -> set[str]:
    """The scopes that the standard names for an operation."""
    if "/demographics" in path:
        return {"roster-demographics.readonly"}
    service = "assessment" if "/assessment" in path else "gradebook" if "/gradebook/" in path else "roster"
    if method != "GET":
        return {f"{service}.{ {'PUT': 'createput', 'POST': 'createpost', 'DELETE': 'delete'}[method] }"}
    single = re.fullmatch(r"/ims/oneroster/\w+/v1p2/\w+(/\{sourcedId\})?", path)
    core = {f"{service}-core.readonly"} if single and service != "assessment" else set[str]()
    return {f"{service}.readonly"} | core


def _status(app: Flask, token: str | None, path: str, method: str) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = app.test_client().open(re.sub(r"\{\w+\}", "x", path), method=method, json={}, headers=headers)
    if answer.status_code >= 400:
        assert answer.get_json()["imsx_codeMajor"] == "failure", (path, answer.text)
    return answer.status_code, answer.headers.get("WWW-Authenticate", "")


def test_each_operation_is_opened_by_its_scopes_alone(app: Flask, peer: Peer) -> None:
    tokens = {frozenset({scope}): peer.token(scope) for scope in ALL}

    def token(scopes: frozenset[str]) -> str:
        if scopes not in tokens:
            tokens[scopes] = peer.token(*sorted(scopes))
        return tokens[scopes]

    found = [*operations(app)]
    assert len(found) == 41 + 35
    for path, method in found:
        wanted = opens(path, method)
        for scope in wanted:
            assert _status(app, token(frozenset({scope})), path, method)[0] not in (401, 403), (method, path, scope)
        status, challenge = _status(app, token(frozenset(ALL) - wanted), path, method)
        assert status == 403, (method, path, status)
        named = re.findall(r'error="insufficient_scope", scope="([^"]*)"', challenge)[0].split()
        assert {name.removeprefix(SCOPE) for name in named} == wanted


def test_tokens_that_are_none_open_nothing(app: Flask, peer: Peer, db: Database, system: Actor) -> None:
    over, ended = peer.token(*ALL), peer.token(*ALL)
    revoke = {"data": {"token": ended}, "headers": {"Authorization": f"Basic {peer.basic}"}}
    assert app.test_client().post("/oauth/revoke", **revoke).status_code == 200
    with db.all_schools(system) as ctx:
        past = ctx.now() - timedelta(minutes=1)
        aged = text("UPDATE core_oauth_token SET expires_at = :past WHERE revoked_at IS NULL RETURNING id")
        assert len(ctx.session.execute(aged, {"past": past}).all()) == 1
    for path, method in operations(app):
        assert _status(app, None, path, method) == (401, "Bearer")
        for token in (over, ended, "trt_nothing", "x.y.z"):
            assert _status(app, token, path, method) == (401, 'Bearer error="invalid_token"'), (method, path)


def test_a_program_of_another_school_finds_nothing(
    app: Flask, peer: Peer, roster: Roster, other_school: UUID, db: Database, system: Actor
) -> None:
    stranger = let_in(app, db, system, other_school).token(*ALL)
    own = {"Authorization": f"Bearer {peer.token(*ALL)}"}
    found = 0
    for path, method in operations(app):
        if method != "GET" or not path.endswith("/{sourcedId}"):
            continue
        collection = path.removesuffix("/{sourcedId}")
        for item in next(iter(app.test_client().get(f"{collection}?limit=2", headers=own).get_json().values())):
            if collection.endswith("/orgs") and item["type"] != "school":
                continue  # the authorities above are the same
            status, _challenge = _status(app, stranger, f"{collection}/{item['sourcedId']}", method)
            assert status == 404, (collection, item)
            found += 1
    assert found > 15
    for related in ("classes", "students", "terms", "enrollments"):
        address = f"/ims/oneroster/rostering/v1p2/schools/{roster.school}/{related}"
        assert _status(app, stranger, address, "GET")[0] == 404
