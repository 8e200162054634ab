"""Passkeys in a real Chromium with a virtual authenticator (WebDriver extension of WebAuthn, by CDP)."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from sqlalchemy import text
from werkzeug.serving import make_server

from core import access, identity, settings
from core.data.session import Database
from core.kernel.registry import Registry
from core.sdk.testing.fixtures import SECRET
from core.settings.instance import InstanceSettings
from core.types.actor import Actor
from core.web.app import create_app

pytestmark = pytest.mark.browser
PASSWORD = "hoa phuong do tham"


@pytest.fixture
def address(db: Database, registry: Registry, var: Path) -> Iterator[str]:
    """The program on loopback, by a name: passkeys belong to names."""
    server = make_server("127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True)
    url = f"http://localhost:{server.port}"
    app = create_app(
        InstanceSettings(secret_keys=(SECRET,), var=var, base_url=url, secure_cookies=False), db=db, registry=registry
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page() -> Iterator[Page]:
    path = shutil.which("chromium")
    assert path, "the browser tests need Chromium"
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=options)
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en")
        context.add_cookies([{"name": "lang", "value": "en", "domain": "localhost", "path": "/"}])
        context.set_default_timeout(10_000)
        found = context.new_page()
        chromium = context.new_cdp_session(found)
        chromium.send("WebAuthn.enable")
        chromium.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        yield found
        browser.close()


def _password(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail, phone or account name").fill("hieu.truong")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_from_the_first_day_to_every_day(
    db: Database, school: UUID, system: Actor, address: str, page: Page
) -> None:
    """Led to it after the password; then in by it alone; then as a second step; then as a fresh proof."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    with db.context(system, school) as ctx:
        account = identity.create_account(ctx, "hieu.truong", "Lê Minh Quân", password=PASSWORD)
        access.grant(ctx, account, "head")
    with db.all_schools(system) as ctx:
        settings.put(ctx, "core.second_factor.grace_days", 0)
    _password(page, address)
    expect(page.get_by_role("heading", name="Set up the second step")).to_be_visible()
    page.get_by_role("button", name="Make a passkey on this device").click()
    expect(page.get_by_role("heading", name="The second step is ready")).to_be_visible()
    assert page.locator("li code").count() == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()

    page.context.clear_cookies(name="truong_session")
    page.goto(f"{address}/sign-in?next=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Chrome on Linux")).not_to_have_count(0)
    assert page.url == f"{address}/account"

    page.context.clear_cookies(name="truong_session")
    _password(page, address)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_role("button", name="Use the passkey").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()

    with db.all_schools(system) as ctx:
        ctx.session.execute(text("UPDATE core_session SET proved_at = now() - interval '1 hour'"))
    page.goto(f"{address}/account")
    page.get_by_role("button", name="Make new recovery codes").click()
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_role("button", name="Use the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert [line for line in said if "403" not in line] == []
