"""The cash desk in a real Chromium: a family by keyboard alone, axe on every page of the desk and of the tables."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from core.data.session import Database
from core.people.services import create_person, relate
from core.sdk import Actor
from core.sdk.data import new_id
from plugins.finance.models import Round
from plugins.finance.services import cash, publish
from tests.accessibility import violations

from .conftest import World
from .test_pages_browser import Desk, chromium, desk

__all__ = ["chromium", "desk"]
pytestmark = pytest.mark.browser
LAM, HOA = "Lê Lan Lam", "Nguyễn Bảo Hoa"


@pytest.fixture
def sisters(world: World, db: Database, system: Actor) -> World:
    """The bills are out, and late; Lam and Hoa have the same mother."""
    with db.context(system, world.school) as ctx:
        ctx.session.scalars(select(Round)).one().due_on = date(2026, 9, 30)
        publish.publish(ctx, world.round_id)
        mother = create_person(ctx, "Lê Thị Mẹ")
        for child in (LAM, HOA):
            relate(ctx, mother, world.pupils[child], "mother")
    return world


def test_a_family_by_keyboard_alone(desk: Desk, chromium: Browser, sisters: World) -> None:
    """Under the real policy, without one click: find, add the sister, type the notes, take, print, next family."""
    context = desk.open(chromium, 1280)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"{desk.base}/finance/cash")
    page.keyboard.press("Enter")  # drawer 1, no change money
    page.get_by_text("Mời gia đình tiếp theo").wait_for()
    page.keyboard.type("lan lam")
    page.keyboard.press("Enter")
    page.get_by_label("Số tiền gia đình đưa").wait_for()
    page.keyboard.type("262000")  # a scanner: the pupil's card, and Enter
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.count("p=") == 2 and "q=" not in url)
    page.keyboard.press("Enter")  # nobody else: on to the money
    page.wait_for_url(lambda url: "q=" in url)
    assert page.evaluate("document.activeElement.id") == "f-tendered"
    page.keyboard.type("2500000")
    assert page.locator("[data-change]").inner_text().replace("\u00a0", " ") == "204.250 ₫"
    page.keyboard.press("Enter")
    page.get_by_text("Tiền thừa trả lại").wait_for()
    assert page.get_by_text("204.250").count() == 1
    assert page.evaluate("document.activeElement.textContent").strip() == "In tất cả biên lai"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Mời gia đình tiếp theo").wait_for()
    assert said == []
    context.close()


@pytest.mark.soak
@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_nothing_and_nothing_runs_over(
    desk: Desk, chromium: Browser, sisters: World, db: Database, width: int, theme: str
) -> None:
    rights = frozenset({"payments.cash.collect", "finance.bill.read", "finance.cash.read", "finance.cash.confirm"})
    cashier = Actor("account", "Cô Hạnh", new_id(), permissions=rights)
    with db.context(cashier, sisters.school) as ctx:
        drawer = cash.open_drawer(ctx, 2, 500_000)
        batch = cash.take(
            ctx, [cash.Share(sisters.pupils[LAM], 500_000), cash.Share(sisters.pupils[HOA], 100_000)], 700_000,
            key=new_id(),
        )  # fmt: skip
        cash.count(ctx, {500_000: 2}, "Thối nhầm một lần")
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

    look("/finance/cash")
    page.keyboard.press("Enter")
    page.get_by_text("Mời gia đình tiếp theo").wait_for()
    bill = f"/finance/cash?p={sisters.pupils[LAM]}&p={sisters.pupils[HOA]}"
    for path in (bill, "/finance/cash?q=1a", "/finance/cash/count", "/finance/cash/drawers"):
        look(path)
    for path in (f"/finance/cash/drawers/{drawer}", f"/finance/cash/taken/{batch}"):
        look(path)
    for path in ("/finance/day", "/finance/debts", "/finance/overview"):
        look(path)
    context.close()
    assert wrong == {}
