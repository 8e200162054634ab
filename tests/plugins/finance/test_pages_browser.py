"""The accountant's pages in a real Chromium: a round by keyboard, axe, nothing refused, nothing too wide."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from core.data.session import Database
from core.payments import channels
from core.sdk import Actor
from core.types.actor import system_actor
from plugins.finance.models import Bill
from plugins.finance.services import publish
from tests.accessibility import violations
from tests.conftest import SignIn

from .conftest import World
from .test_pages_money import VIETQR

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Desk:
    """The application on loopback, and a signed-in accountant's cookie."""

    base: str
    cookie: str

    def open(self, browser: Browser, width: int, theme: str = "light", *, csp: bool = True) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, reduced_motion="reduce", bypass_csp=not csp
        )
        context.set_default_timeout(20_000)
        context.add_cookies(
            [
                {"name": "truong_session", "value": self.cookie, "url": self.base},
                {"name": "theme", "value": theme, "url": self.base},
            ]
        )
        return context


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "the browser tests need Chromium"
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@pytest.fixture
def desk(app: Flask, world: World, sign_in: SignIn) -> Iterator[Desk]:
    client = sign_in(world.school, "accountant", "head", name="Cô Lan")
    session = client.get_cookie("truong_session")
    assert session is not None
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield Desk(f"http://127.0.0.1:{server.server_port}", session.value)
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_round_by_keyboard_and_its_bill(desk: Desk, chromium: Browser, world: World) -> None:
    """Under the real policy: the grid moves as Excel does, what is pasted lands in it, the bills go out."""
    context = desk.open(chromium, 1280)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"{desk.base}/finance/rounds")
    page.get_by_role("link", name="Mở đợt thu").click()
    page.get_by_label("Tên đợt thu").fill("Thu tháng 1/2027")
    page.get_by_label("Thu cho tháng").fill("2027-01")
    page.get_by_label("Hạn nộp").fill("25/01/2027")
    page.get_by_label("Lấy khoản thu và đơn giá từ").select_option("")
    page.get_by_role("button", name="Tiếp: khoản thu").click()
    page.get_by_label("Học 2 buổi/ngày").check()
    page.get_by_role("button", name="Tiếp: đơn giá").click()
    page.get_by_text("Dán bảng từ Excel").click()
    page.get_by_label("Các ô đã chép").fill("Lớp\tHọc 2 buổi/ngày\n1A\t120k\n2A\t140.000")
    page.get_by_role("button", name="Đưa vào bảng").click()
    first = page.get_by_label("Toàn trường, Học 2 buổi/ngày")
    first.fill("100.000")
    first.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Khối 1")
    assert page.get_by_label("1A, Học 2 buổi/ngày").input_value() == "120.000"
    page.get_by_role("button", name="Tiếp: ngoại lệ").click()
    page.get_by_role("link", name="Tiếp: xem trước mọi phiếu").click()
    page.get_by_role("button", name="Phát hành 6 phiếu thu").click()
    page.get_by_text("Đã phát hành 6 phiếu thu").wait_for()
    page.get_by_placeholder("Tên, mã học sinh hoặc mã thanh toán").fill("do thi")
    page.wait_for_url("**q=do*")
    page.locator("#found a", has_text="Đỗ Thị An").click()
    page.get_by_text("Vì sao có số tiền này?").click()
    page.get_by_text("NQ 20/2026/NQ-HĐND").wait_for()
    assert page.get_by_label("Số tiền nhận").input_value() == "140.000"
    page.get_by_role("button", name="Ghi sổ và lập biên lai").click()
    page.get_by_role("heading", name="Biên lai").wait_for()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Tải PDF").click()
    assert saved.value.suggested_filename.endswith(".pdf")
    assert said == []
    context.close()


@pytest.mark.soak
@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_nothing_and_nothing_runs_over(
    desk: Desk, chromium: Browser, world: World, db: Database, system: Actor, width: int, theme: str
) -> None:
    with db.context(system_actor("test"), world.school) as ctx:
        drafts = f"/finance/rounds/{world.round_id}"
        person = world.pupils["Đỗ Thị An"]
        channel = channels.configure(ctx, "vietqr", VIETQR)
    context = desk.open(chromium, width, theme, csp=False)
    page = context.new_page()
    wrong: dict[str, list[str]] = {}

    def look(path: str) -> None:
        answer = page.goto(desk.base + path)
        assert answer is not None
        assert answer.status == 200, path
        found = violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if found or wide > 0:
            wrong[path] = [*found, *([f"{wide} px too wide"] if wide > 0 else [])]

    for path in (f"{drafts}/items", f"{drafts}/prices", f"{drafts}/exceptions?person={person}", f"{drafts}/preview"):
        look(path)
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
        bill_id = ctx.session.scalars(select(Bill.id)).first()
    later = [drafts, f"/finance/bills/{bill_id}", f"/finance/bills/{bill_id}/cancel", "/finance/statements", "/"]
    later += ["/finance/desk", "/finance/books", f"/finance/channels/{channel}"]
    for path in (*later, f"/finance/exemptions/new?person={person}"):
        look(path)
    context.close()
    assert wrong == {}
