"""Makes overview.png from a running demo: `truong demo`, then `python docs/pictures/make.py [address]`."""

from __future__ import annotations

import base64
import shutil
import sys
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ACCOUNT, PASSWORD = "ketoan", "hoa phuong do"
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
OPTIONS += ["--disable-component-update", "--no-first-run", "--hide-scrollbars"]
FRAME = """<!doctype html><style>
body { margin: 0; width: 1560px; height: 920px; background: #e9e6de; position: relative; }
img { position: absolute; display: block; box-shadow: 0 18px 50px rgb(30 40 30 / .22); }
.desk { left: 48px; top: 48px; width: 1170px; border-radius: 14px; }
.phone { right: 44px; bottom: 40px; width: 338px; border-radius: 42px; border: 10px solid #1d2420; }
</style><img class="desk" src="data:image/png;base64,%s"><img class="phone" src="data:image/png;base64,%s">"""


def desk(browser: Browser, address: str) -> tuple[bytes, str]:
    """The newest published round as the accountant sees it, and the pay link of its first open bill."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN")
    page = context.new_page()
    page.goto(urljoin(address, "/sign-in"))
    page.locator("#f-login").fill(ACCOUNT)
    page.locator("#f-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(urljoin(address, "/"))
    page.goto(urljoin(address, "/finance/rounds"))
    row = page.locator("main tbody tr", has=page.locator(".state.ok")).first
    row.get_by_role("link").click()
    page.wait_for_url("**/finance/rounds/*")
    picture = shot(page)
    page.goto(page.url + "?state=open")
    page.locator("#found tbody a").first.click()
    page.wait_for_url("**/finance/bills/*")
    link = page.locator("#pay").get_by_role("link").get_attribute("href")
    context.close()
    return picture, str(link)


def phone(browser: Browser, link: str) -> bytes:
    """The bill as a parent sees it."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="vi-VN",
    )
    page = context.new_page()
    page.goto(link)
    picture = shot(page)
    context.close()
    return picture


def shot(page: Page) -> bytes:
    """The visible part, once letters and pictures are there."""
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    return page.screenshot()


def main(address: str) -> None:
    """Write the picture beside this file."""
    path = shutil.which("chromium")
    if path is None:
        raise SystemExit("Chromium is needed: apt install chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=OPTIONS)
        left, link = desk(browser, address)
        pictures = [base64.b64encode(picture).decode() for picture in (left, phone(browser, link))]
        page = browser.new_page(viewport={"width": 1560, "height": 920})
        page.set_content(FRAME % tuple(pictures), wait_until="load")
        page.screenshot(path=HERE / "overview.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080")
