"""The grid in a real Chromium: pasting from a spreadsheet, undoing, saving by itself, a second browser's clash."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from core.data.session import Database
from core.sdk import Actor
from core.sdk.testing.fixtures import SignIn
from plugins.assessment.services import books, grid

from .conftest import Stage

_PASTE = """(text) => { const data = new DataTransfer(); data.setData('text/plain', text);
const how = {clipboardData: data, bubbles: true, cancelable: true};
document.activeElement.dispatchEvent(new ClipboardEvent('paste', how)) }"""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application on loopback."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "the grid is tested in Chromium"
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


def _page(browser: Browser, address: str, client: FlaskClient, path: str) -> Page:
    cookie = client.get_cookie("truong_session")
    assert cookie is not None
    context = browser.new_context(base_url=address)
    context.add_cookies([{"name": "truong_session", "value": cookie.value, "url": address}])
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(path)
    return page


def test_a_class_is_typed_pasted_undone_and_nothing_is_lost(
    address: str, browser: Browser, sign_in: SignIn, stage: Stage, db: Database, system: Actor
) -> None:
    path = f"/assessment/courses/{stage.courses['toan']}/1"
    page = _page(browser, address, sign_in(stage.school, "teacher", person_id=stage.an, name="Thầy An"), path)
    one, two, three, _four = stage.pupils

    def cell(learner: UUID, slot: str, on: Page = page) -> Any:
        return on.locator(f'input[name="{learner}.{slot}"]')

    state = page.locator("[data-state]")
    cell(one, "tx1").focus()
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    expect(cell(two, "tx1")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(cell(two, "tx2")).to_be_focused()
    page.evaluate(_PASTE, "7,5\t6.5\n9\t11\n")
    expect(cell(three, "tx2")).to_have_value("9")
    expect(state).to_contain_text("Đã lưu", timeout=8000)
    expect(page.locator("[data-problems]")).to_contain_text("0 đến 10")
    expect(cell(three, "tx3"), "what is no mark stays where it was typed").to_have_value("11")
    assert _stored(db, system, stage) == {one: {"tx1": "8"}, two: {"tx2": "7.5", "tx3": "6.5"}, three: {"tx2": "9"}}
    cell(two, "tx2").focus()
    page.keyboard.press("Control+z")
    expect(cell(two, "tx2")).to_have_value("")
    expect(cell(three, "tx3")).to_have_value("")
    page.keyboard.press("Control+y")
    expect(cell(two, "tx3")).to_have_value("6.5")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+s")
    expect(page.locator("input.dirty")).to_have_count(0, timeout=8000)
    assert _stored(db, system, stage) == {one: {"tx1": "8"}}

    other = _page(browser, address, sign_in(stage.school, "office", name="Văn phòng"), path)
    cell(one, "tx1", other).fill("5")
    expect(other.locator("[data-state]")).to_contain_text("Đã lưu", timeout=8000)
    cell(one, "tx1").focus()
    page.keyboard.type("9")
    problems = page.locator("[data-problems]")
    expect(problems).to_contain_text("Văn phòng", timeout=8000)
    expect(cell(one, "tx1")).to_have_value("9")
    assert _stored(db, system, stage)[one] == {"tx1": "5"}, "the later writer sees the clash, nothing is overwritten"
    problems.get_by_role("button", name="Giữ của tôi").click()
    expect(problems).to_be_hidden()
    expect(page.locator("input.dirty")).to_have_count(0, timeout=8000)
    assert _stored(db, system, stage)[one] == {"tx1": "9"}


def _stored(db: Database, system: Actor, stage: Stage) -> dict[UUID, dict[str, str]]:
    with db.context(system, stage.school) as ctx:
        seen = grid.grid(ctx, books.course_book(ctx, stage.courses["toan"], 1))
        return {row.pupil.id: dict(row.cells) for row in seen.rows if row.cells}
