"""Marks on a telephone in a real Chromium: one pupil at a time, saved at once, kept while there is no connection; the
history of a cell in place; axe on the pages of marks and results."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from core.data.session import Database
from core.sdk import Actor
from core.sdk.testing.fixtures import SignIn
from plugins.assessment.services import books, brought, publishing, saving
from plugins.learners import public as learners
from tests.accessibility import violations

from .conftest import Stage
from .test_grid_browser import _page, _stored
from .test_grid_browser import address as address
from .test_grid_browser import browser as browser
from .test_results import marked as marked

_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_one_pupil_at_a_time_on_a_phone(
    address: str, browser: Browser, sign_in: SignIn, stage: Stage, db: Database, system: Actor
) -> None:
    path = f"/assessment/courses/{stage.courses['toan']}/1"
    one, two = stage.pupils[:2]
    page = _page(
        browser, address, sign_in(stage.school, "teacher", person_id=stage.an, name="Thầy An"), f"{path}/pupils"
    )
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.url.endswith(str(one)) and not page.evaluate(_WIDE)
    state, tx1 = page.locator("[data-state]"), page.locator("#c-tx1")
    tx1.fill("8,5")
    page.keyboard.press("Enter")
    expect(page.locator("#c-tx2")).to_be_focused()
    expect(state).to_contain_text("Đã lưu", timeout=8000)
    assert _stored(db, system, stage) == {one: {"tx1": "8.5"}}
    page.locator("#c-tx2").fill("11")
    page.keyboard.press("Enter")
    expect(page.locator("#e-tx2")).to_contain_text("0 đến 10")
    page.locator("#c-tx2").fill("")
    page.context.set_offline(True)
    page.locator("#c-gk").fill("7")
    page.locator("#c-ck").focus()
    expect(state).to_contain_text("không bị mất", timeout=8000)
    assert _stored(db, system, stage) == {one: {"tx1": "8.5"}}
    page.context.set_offline(False)
    expect(state).to_contain_text("Đã lưu", timeout=8000)
    assert _stored(db, system, stage) == {one: {"tx1": "8.5", "gk": "7"}}
    page.get_by_role("link", name="Em tiếp theo").click()
    page.wait_for_url(f"**{two}")
    page.goto(path)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator(f'input[name="{one}.tx1"]').focus()
    page.locator("[data-about] a").click()
    expect(page.locator("[data-past]")).to_contain_text("8,5")
    expect(page.locator("[data-past]")).to_contain_text("Thầy An")


@pytest.mark.soak
def test_pages_of_marks_are_accessible(
    address: str, browser: Browser, sign_in: SignIn, marked: Stage, db: Database, system: Actor, tmp_path: Path
) -> None:
    """On a telephone in light, the larger ones on a desk in dark; `TRUONG_SCREENS` names a folder for pictures."""
    child = marked.pupils[0]
    with db.context(system, marked.school) as ctx:
        own = books.class_book(ctx, marked.klass, 1, "assessment.mark.edit")
        saving.save(ctx, own, [saving.Entry(child, "nx", "Ngoan, chăm phát biểu.", "")])
        brought.enter(ctx, marked.pupils[2], 1, {("toan", "tb"): "8"}, brought.Paper("THCS Kim Đồng", "Bảng điểm 12"))
        publishing.publish(ctx, [marked.klass], 1)
        publishing.publish(ctx, [marked.klass], 2)
        assert learners.class_of(ctx, marked.klass).name == "7A1"
    book = f"/assessment/courses/{marked.courses['toan']}/1"
    staff = {
        "grid": book, "single": f"{book}/pupils/{child}", "result": f"/assessment/results/{marked.klass}/{child}",
        "documents": f"/assessment/results/{marked.klass}/prints",
        "brought": f"/assessment/brought/{marked.pupils[2]}/1",
    }  # fmt: skip
    family = {"family": f"/assessment/family/{child}", "family-result": f"/assessment/family/{child}/results"}
    head = _page(browser, address, sign_in(marked.school, "head"), "/assessment/progress")
    parent = _page(browser, address, sign_in(marked.school, "parent", person_id=marked.parent), "/assessment/family")
    pictures = Path(os.environ.get("TRUONG_SCREENS") or tmp_path)
    wrong: list[Any] = []
    for page, paths in ((head, staff), (parent, family)):
        for name, path in paths.items():
            for width, theme in ((390, "light"), (1280, "dark")):
                if width == 1280 and name not in ("grid", "result", "family-result"):
                    continue
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme="light" if theme == "light" else "dark")
                page.goto(path)
                wrong += [(name, width, found) for found in violations(page)]
                if page.evaluate(_WIDE):
                    wrong.append((name, width, "wider than the screen"))
                page.screenshot(path=pictures / f"{name}-{width}-{theme}.png", full_page=True)
    assert wrong == []
