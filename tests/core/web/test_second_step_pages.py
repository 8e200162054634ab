"""Pages of the second step: what a waiting session reaches, what a sensitive step asks, and what is lost on the way."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from core import access, identity, settings
from core.data.session import Database
from core.data.types import utc_now
from core.identity import passwords
from core.identity.factors import own, totp
from core.types.actor import Actor
from tests.conftest import SignIn

PASSWORD = "hoa phuong do tham"
CODE = re.compile(r"<code>((?:[A-Z2-7]{4} )+)</code>")


@pytest.fixture
def head(db: Database, school: UUID, system: Actor) -> UUID:
    with db.context(system, school) as ctx:
        account = identity.create_account(ctx, "hieu.truong", "Lê Minh Quân", password=PASSWORD)
        access.grant(ctx, account, "head")
    return account


@pytest.fixture
def secret(db: Database, school: UUID, head: UUID) -> str:
    """Of the head's app; the code with which it was connected is long past."""
    made = totp.new_secret()
    with db.context(Actor("account", "Lê Minh Quân", account_id=head, proved_at=utc_now()), school) as ctx:
        own.set_up_app(ctx, made, totp.code_at(made, utc_now()))
    with db.all_schools(Actor("system", "test")) as ctx:
        ctx.session.execute(text("UPDATE core_totp SET last_step = last_step - 10"))
        ctx.session.execute(text("UPDATE core_account_notice SET seen_at = now()"))
    return made


def _password(client: FlaskClient, following: str = "/modules") -> str:
    answer = client.post(f"/sign-in?next={following}", data={"login": "hieu.truong", "password": PASSWORD})
    assert answer.status_code == 303
    return answer.headers["Location"]


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"the page has no {name}"
    return unescape(found[1])


def _cookie(client: FlaskClient) -> str:
    found = client.get_cookie("truong_session")
    assert found is not None
    return found.value


def test_password_then_code(app: Flask, head: UUID, secret: str) -> None:
    client = app.test_client()
    where = _password(client)
    assert where.startswith("/sign-in/step?next=")
    waiting = _cookie(client)
    page = client.get(where)
    assert "Lê Minh Quân" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    token = _hidden(page.text, "csrf_token")
    assert client.post(where, data={"code": totp.code_at(secret, utc_now())}).status_code == 422, "without its token"
    wrong = client.post(where, data={"csrf_token": token, "code": "000000"})
    assert wrong.status_code == 401
    assert "Mã không đúng" in wrong.text
    done = client.post(where, data={"csrf_token": token, "code": totp.code_at(secret, utc_now())})
    assert (done.status_code, done.headers["Location"]) == (303, "/modules")
    assert _cookie(client) != waiting
    assert client.get("/modules").status_code == 200


def test_a_waiting_session_reaches_no_page_and_no_api(app: Flask, head: UUID, secret: str, school: UUID) -> None:
    client = app.test_client()
    _password(client)
    token = _cookie(client)
    zero = "00000000-0000-7000-8000-000000000000"
    leaks = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "truong_public") or "GET" not in (rule.methods or ()) or rule.endpoint.startswith("api-docs"):
            continue
        samples = {"UUIDConverter": zero, "IntegerConverter": 1}
        values = {name: samples.get(type(c).__name__, "x") for name, c in rule._converters.items()}
        url = app.url_map.bind("localhost").build(rule.endpoint, values)
        by_cookie = client.get(url).status_code
        bearer = app.test_client().get(url, headers={"Authorization": f"Bearer {token}"}).status_code
        if by_cookie not in (302, 303, 401, 404) or bearer not in (302, 303, 401, 404):
            leaks.append((url, by_cookie, bearer))
    assert leaks == []
    csrf = app.extensions["truong"].csrf_token(token)
    for step in ("/account/security/codes", "/account/sessions/others", "/account/security/app/remove"):
        assert client.post(step, data={"csrf_token": csrf}).status_code in (302, 303, 401)
    assert client.get("/sign-in").headers["Location"].startswith("/sign-in/step")
    assert client.get("/sign-in/setup").headers["Location"].startswith("/sign-in/step"), "no way around the factor"
    assert client.get("/sign-in/setup/passkey").status_code in (401, 404)


def test_a_planted_session_is_never_adopted(app: Flask, head: UUID, secret: str) -> None:
    evil = app.test_client()
    _password(evil)
    planted = _cookie(evil)
    victim = app.test_client()
    victim.set_cookie("truong_session", planted)
    victim.get("/sign-in")
    where = _password(victim)
    assert _cookie(victim) != planted
    page = victim.get(where).text
    form = {"csrf_token": _hidden(page, "csrf_token"), "code": totp.code_at(secret, utc_now())}
    assert victim.post(where, data=form).status_code == 303
    assert evil.get("/modules").status_code == 302, "the one who planted it has nothing"


def test_who_must_have_a_factor_is_led_to_it(app: Flask, head: UUID, school: UUID, db: Database, system: Actor) -> None:
    with db.all_schools(system) as ctx:
        settings.put(ctx, "core.second_factor.grace_days", 0)
    client = app.test_client()
    where = _password(client)
    assert where.startswith("/sign-in/setup")
    assert client.get("/modules").status_code == 302
    page = client.get(where).text
    assert "<svg" in page
    secret = CODE.findall(page)[0].replace(" ", "")
    form = {"csrf_token": _hidden(page, "csrf_token"), "offer": _hidden(page, "offer"), "code": "000000"}
    again = client.post(where, data=form)
    assert again.status_code == 422
    assert CODE.findall(again.text)[0].replace(" ", "") == secret, "the app that was scanned stays right"
    other = app.test_client()
    _password(other)
    stolen = {**form, "csrf_token": _hidden(other.get(where).text, "csrf_token")}
    stolen["code"] = totp.code_at(secret, utc_now())
    assert other.post(where, data=stolen).status_code == 422, "an offer is good in its own session only"
    done = client.post(where, data={**form, "code": totp.code_at(secret, utc_now())})
    assert done.status_code == 200
    assert len(re.findall(r"<code>[0-9A-Z]{5}-[0-9A-Z]{5}</code>", done.text)) == 10
    assert client.get("/modules").status_code == 200


def _age(db: Database, client: FlaskClient) -> None:
    """The last proof of the client's session lies back."""
    with db.all_schools(Actor("system", "test")) as ctx:
        values = {"id": client.account_id}  # type: ignore[attr-defined]
        ctx.session.execute(
            text("UPDATE core_session SET proved_at = now() - interval '11 minutes' WHERE account_id = :id"), values
        )


def test_a_sensitive_step_asks_once_more_and_goes_on(
    app: Flask, db: Database, school: UUID, sign_in: SignIn, head: UUID, secret: str
) -> None:
    client = sign_in(school, "head")
    hashed = passwords.hash_password(PASSWORD)
    with db.all_schools(Actor("system", "test")) as ctx:
        values = {"id": client.account_id, "hash": hashed}  # type: ignore[attr-defined]
        ctx.session.execute(text("UPDATE core_account SET password_hash = :hash WHERE id = :id"), values)
    _age(db, client)
    step = f"/people/accounts/{head}/factor"
    form = {"csrf_token": client.csrf, "reason": 'mất máy "đã gặp"'}  # type: ignore[attr-defined]
    asked = client.post(step, data=form)
    assert asked.status_code == 403
    assert _hidden(asked.text, "reason") == 'mất máy "đã gặp"', "nothing that was sent is lost"
    assert _hidden(asked.text, "prove_next") == step
    proof = {**form, "prove_next": step, "prove_method": "POST", "prove_code": "sai mật khẩu"}
    assert client.post("/account/security/prove", data=proof).status_code == 401
    sent = {**proof, "prove_code": PASSWORD}
    proved = client.post("/account/security/prove", data=sent)
    assert (proved.status_code, proved.headers["Location"]) == (307, step), "the browser sends the same once more"
    done = client.post(step, data=sent, follow_redirects=True)
    assert done.status_code == 200
    assert "Đã gỡ bước xác thực thứ hai" in done.text
    assert _password(app.test_client()) == "/modules", "the grace begins anew"
    evil = client.post(
        "/account/security/prove", data={**proof, "prove_next": "https://evil.example/", "prove_code": PASSWORD}
    )
    assert evil.headers["Location"] == "/", "no way out of the house"


def test_programs_are_told_that_a_fresh_proof_is_missing(db: Database, school: UUID, sign_in: SignIn) -> None:
    client = sign_in(school, "head")
    _age(db, client)
    session = client.post("/account/sessions/others", data={"csrf_token": client.csrf})  # type: ignore[attr-defined]
    assert session.status_code == 403
    assert "prove_code" in session.text
    assert client.get("/account/security/app").status_code == 403
    assert client.get("/account").status_code == 200


def test_the_owner_is_told_at_the_next_sign_in(
    app: Flask, db: Database, school: UUID, head: UUID, system: Actor
) -> None:
    with db.context(Actor("system", "system:cli"), school) as ctx:
        identity.invite(ctx, head)
    client = app.test_client()
    assert _password(client, "/account") == "/account"
    page = client.get("/account").text
    assert "đường dẫn đặt mật khẩu mới" in page
    assert "127.0.0.…" in page
    assert 'class="alert attention" role="alert"' in page
    assert 'class="alert attention" role="alert"' not in client.get("/account").text, "told once"


def test_help_says_that_there_is_no_mail(app: Flask) -> None:
    page = app.test_client().get("/sign-in/help").text
    assert "không tự gửi email" in page
