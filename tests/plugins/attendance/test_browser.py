"""Taking registers in a real Chromium on a phone: with a network, without one, and when somebody else was quicker."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from plugins.attendance.models import Change, Mark, Register
from plugins.attendance.rules.merge import Value
from plugins.attendance.services import days, registers
from plugins.attendance.services.registers import Key
from plugins.curriculum.services import courses
from tests.accessibility import violations
from tests.conftest import SignIn

from .conftest import World

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


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
def address(app: Flask, world: World) -> Iterator[str]:
    """Served on loopback. The phone goes by its own clock, so the school does too."""
    world.clock.now = datetime.now(UTC)
    runtime = app.extensions["truong"]
    runtime.clock = world.clock
    server = make_server("127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True)
    runtime.base_url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield runtime.base_url
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def phone(chromium: Browser, address: str, world: World, sign_in: SignIn) -> Iterator[BrowserContext]:
    """A teacher's phone, signed in; they teach in the second class as well."""
    with world.by(world.system) as ctx:
        maths = next(line for line in courses.courses(ctx, class_id=world.second) if line.code == "toan")
        courses.assign(ctx, maths.id, world.teacher, starts_on=days.today(ctx))
    cookie = sign_in(world.school, "teacher", person_id=world.teacher).get_cookie("truong_session")
    assert cookie is not None
    opened = chromium.new_context(viewport=PHONE, reduced_motion="reduce", base_url=address)  # type: ignore[arg-type]
    opened.add_cookies([{"name": "truong_session", "value": cookie.value, "url": address}])
    opened.set_default_timeout(15_000)
    yield opened
    opened.close()


def _marks(world: World, class_id: UUID) -> dict[UUID, str]:
    with world.by(world.system) as ctx:
        query = select(Mark.learner_id, Mark.kind).where(Mark.class_id == class_id)
        return {row.learner_id: row.kind for row in ctx.session.execute(query)}


def _tap(page: Page, name: str, times: int = 1) -> None:
    row = page.locator(".take-row", has_text=name)
    for _time in range(times):
        row.locator(".take-name").click()


def test_a_class_in_a_few_taps_also_without_a_network(phone: BrowserContext, world: World) -> None:
    page = phone.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/attendance/now")
    expect(page.get_by_role("heading", name="Lớp 6A1")).to_be_visible()
    assert violations(page) == []
    _tap(page, "Nguyễn Văn An")
    _tap(page, "Phạm Gia Dũng", 3)
    expect(page.locator("[data-there]")).to_have_text("3")
    page.get_by_role("button", name="Lưu điểm danh").click()
    expect(page.get_by_text("Đã lưu điểm danh.")).to_be_visible()
    assert _marks(world, world.first) == {world.pupils[0]: "unexcused", world.pupils[3]: "late"}
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0

    page.get_by_label("Dùng ngoại tuyến trên máy này").check()
    page.locator("[data-ready=kept]").wait_for(state="attached")
    second = page.locator(".chip", has_text="6A2").get_attribute("href") or ""
    phone.set_offline(True)
    page.goto(second)
    expect(page.get_by_role("heading", name="Lớp 6A2")).to_be_visible()
    _tap(page, "Nguyễn Văn An")
    page.get_by_role("button", name="Lưu điểm danh").click()
    expect(page.get_by_text("1 lần điểm danh chờ gửi.")).to_be_visible()
    waiting = page.evaluate("localStorage.getItem('unsent:attendance')")
    assert str(world.others[0]) in waiting and "Nguyễn" not in waiting, "ids and marks, no names"
    assert _marks(world, world.second) == {}
    with world.by(world.actor("office")) as ctx:
        today = days.today(ctx)
        session = days.session_at(ctx.now())
        key = Key(world.second, today, session)
        registers.save(ctx, key, {world.others[0]: Value("excused"), world.others[1]: Value("late")}, base=0)
    phone.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("người khác ghi “Vắng có phép”, thầy cô ghi “Vắng không phép”")).to_be_visible()
    assert _marks(world, world.second) == {world.others[0]: "unexcused", world.others[1]: "late"}
    with world.by(world.system) as ctx:
        found = ctx.session.execute(
            select(Change.learner_id, Change.old_kind, Change.new_kind, Change.applied).where(Change.conflict)
        ).all()
        assert {tuple(row) for row in found} == {
            (world.others[0], "excused", "unexcused", True), (world.others[1], "late", "present", False),
        }  # fmt: skip
        assert ctx.session.scalar(select(Register.version).where(Register.class_id == world.second)) == 2
    # The page is shown anew once everything is sent: waiting survives that, a single question would not.
    page.wait_for_function("(localStorage.getItem('unsent:attendance') ?? '[]') === '[]'")
    page.wait_for_load_state()
    page.locator(".top-person summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/sign-in**")
    assert page.evaluate("localStorage.getItem('device:attendance')") is None
    assert said == []


def test_a_register_with_the_keyboard_and_without_scripts(
    chromium: Browser, phone: BrowserContext, address: str, world: World
) -> None:
    page = phone.new_page()
    page.goto("/attendance/now")
    first = page.locator(".take-row").first.locator("input:checked")
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Lưu điểm danh").press("Enter")
    expect(page.get_by_text("Đã lưu điểm danh.")).to_be_visible()
    assert _marks(world, world.first) == {world.pupils[0]: "unexcused"}
    bare = chromium.new_context(viewport=PHONE, java_script_enabled=False, base_url=address)  # type: ignore[arg-type]
    bare.add_cookies(phone.cookies())  # type: ignore[arg-type]
    plain = bare.new_page()
    plain.goto("/attendance/now")
    plain.locator(".take-row").nth(1).get_by_label("Đi muộn").check()
    plain.get_by_label("Số phút").nth(1).fill("20")
    plain.get_by_role("button", name="Lưu điểm danh").click()
    expect(plain.get_by_text("Đã lưu điểm danh.")).to_be_visible()
    assert _marks(world, world.first) == {world.pupils[0]: "unexcused", world.pupils[1]: "late"}
    bare.close()
