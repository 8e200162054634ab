"""The core's own pages: sign-in, start, modules, errors, and what every answer carries."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from core.data.session import Database
from core.kernel.registry import Registry
from core.settings.instance import InstanceSettings
from core.types.actor import Actor
from core.web.app import create_app
from tests.conftest import SignIn


def test_sign_in_with_a_real_password(app: Flask, db: Database, school: UUID, system: Actor) -> None:
    from core import access
    from core.identity import accounts

    with db.context(system, school) as ctx:
        account = accounts.create_account(ctx, "ke.toan", "Cô Lan", password="hoa phuong do tham")
        access.grant(ctx, account, "accountant")
    client = app.test_client()
    wrong = client.post("/sign-in", data={"login": "ke.toan", "password": "không phải"})
    assert wrong.status_code == 401
    assert "ke.toan" in wrong.text, "what was typed is kept"
    right = client.post("/sign-in?next=/modules", data={"login": "Ke.Toan ", "password": "hoa phuong do tham"})
    assert right.status_code == 303
    assert right.headers["Location"] == "/modules"
    page = client.get("/")
    assert page.status_code == 200
    assert "Cô Lan" in page.text
    assert "Trường THCS Hoa Phượng" in page.text


def test_no_open_redirect(app: Flask) -> None:
    client = app.test_client()
    for target in ("//evil.test/", "https://evil.test/", "/\\evil.test", "javascript:alert(1)"):
        page = client.get("/sign-in", query_string={"next": target})
        assert "evil.test" not in page.text
        assert "javascript:" not in page.text


def test_a_form_needs_the_token_of_its_session(school: UUID, sign_in: SignIn) -> None:
    client = sign_in(school, "head")
    assert client.post("/modules/finance", data={"on": "0"}).status_code == 422
    other = sign_in(school, "head")
    assert client.post("/modules/finance", data={"on": "0", "csrf_token": other.csrf}).status_code == 422  # type: ignore[attr-defined]
    good = client.post("/modules/finance", data={"on": "0", "csrf_token": client.csrf})  # type: ignore[attr-defined]
    assert good.status_code == 303


def test_a_form_from_another_site_is_refused(school: UUID, sign_in: SignIn) -> None:
    client = sign_in(school, "head")
    data = {"on": "0", "csrf_token": client.csrf}  # type: ignore[attr-defined]
    for headers in ({"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert client.post("/modules/finance", data=data, headers=headers).status_code == 422


def test_a_form_of_a_page_that_keeps_its_address_to_itself_passes(school: UUID, sign_in: SignIn) -> None:
    """Browsers send `Origin: null` from such a page and say with Fetch Metadata that it is ours."""
    client = sign_in(school, "head")
    data = {"on": "0", "csrf_token": client.csrf}  # type: ignore[attr-defined]
    own = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/modules/finance", data=data, headers=own).status_code == 303


def test_a_module_that_is_off_is_not_there(school: UUID, sign_in: SignIn) -> None:
    client = sign_in(school, "head", "accountant")
    assert client.get("/finance/rounds").status_code == 200
    client.post("/modules/finance", data={"on": "0", "csrf_token": client.csrf})  # type: ignore[attr-defined]
    assert client.get("/finance/rounds").status_code == 404
    assert "/finance/" not in client.get("/").text
    client.post("/modules/finance", data={"on": "1", "csrf_token": client.csrf})  # type: ignore[attr-defined]
    assert client.get("/finance/rounds").status_code == 200


def test_roles_reach_only_their_pages(school: UUID, sign_in: SignIn) -> None:
    assert sign_in(school, "accountant").get("/modules").status_code == 403
    assert sign_in(school, "head").get("/modules").status_code == 200
    assert sign_in(school, "head").get("/audit").status_code == 200


def test_every_answer_carries_its_guards(app: Flask) -> None:
    page = app.test_client().get("/sign-in")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Cache-Control"] == "no-store"


def test_errors_speak_the_language_of_the_reader(app: Flask) -> None:
    client = app.test_client()
    missing = client.get("/khong-co")
    assert missing.status_code == 404
    assert 'lang="vi"' in missing.text
    assert 'lang="en"' in client.get("/khong-co?lang=en").text
    api = client.get("/api/v1/khong-co")
    assert (api.status_code, api.mimetype) == (404, "application/problem+json")


def test_a_broken_view_gives_a_reference_and_no_details(
    db: Database, registry: Registry, var: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = InstanceSettings(secret_keys=("for-tests-only-" * 4,), var=var, base_url="http://localhost")
    app = create_app(settings, db=db, registry=registry)  # of its own: a view too many would stay

    @app.get("/broken")
    def broken() -> str:
        raise ZeroDivisionError("secret" + "-123")

    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "secret-123" not in answer.text + caplog.text
    assert "ZeroDivision" not in answer.text
    reference = re.search(r"<code>([0-9A-F]{8})</code>", answer.text)
    assert reference is not None
    assert reference[1] in caplog.text


def test_health(app: Flask) -> None:
    answer = app.test_client().get("/health")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["database"] == "ok"


def test_the_description_of_the_api(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/openapi.json")
    assert answer.json is not None
    assert answer.json["openapi"] == "3.1.0"
    assert "Problem" in answer.json["components"]["schemas"]
