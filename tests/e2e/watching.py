"""A Chromium whose pages are watched: errors of the console, addresses outside, findings of axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

from core.types.message import Translate
from tests.accessibility import violations

WIDER_THAN_SCREEN = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@dataclass
class Visit:
    """One person at one device. Words are given in English and looked for as the person sees them."""

    page: Page
    words: Translate
    screens: Path
    complaints: list[str] = field(default_factory=list)
    expects_errors: bool = False
    """Chromium reports pages with an error status in its console."""

    def say(self, text: str, **params: object) -> str:
        """A text of the interface in the language of this visit."""
        spoken = self.words(text)
        return spoken % params if params else spoken

    def button(self, text: str, **params: object) -> Locator:
        return self.page.get_by_role("button", name=self.say(text, **params), exact=True)

    def link(self, text: str, **params: object) -> Locator:
        return self.page.get_by_role("link", name=self.say(text, **params), exact=True)

    def field(self, text: str) -> Locator:
        return self.page.get_by_label(self.say(text), exact=True)

    def choose(self, text: str, **params: object) -> None:
        """Press a button, until the page that it leads to is there."""
        with self.page.expect_navigation():
            self.button(text, **params).click()

    def follow(self, link: Locator) -> None:
        """Go where a link leads."""
        with self.page.expect_navigation():
            link.click()

    def stat(self, label: str) -> int:
        """The number under a label."""
        value = self.page.locator(".stat", has_text=self.say(label)).locator(".stat-value").first.inner_text()
        return int(re.sub(r"\D", "", value))

    def look(self, name: str) -> None:
        """What a careful reviewer does with a page: axe, width, a picture for later."""
        self.complaints += [f"{name}: axe {found}" for found in violations(self.page)]
        if self.page.evaluate(WIDER_THAN_SCREEN):
            self.complaints.append(f"{name}: wider than the screen")
        self.page.screenshot(path=self.screens / f"{name}.png", full_page=True)

    def console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not self.expects_errors:
            self.complaints.append(f"{self.page.url}: console: {message.text}")

    def request(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.complaints.append(f"{self.page.url}: asked {request.url}")


@dataclass
class Chromium:
    """The browser, and what all visits complained about."""

    browser: Browser
    words: Translate
    screens: Path

    @contextmanager
    def visit(self, **device: Any) -> Iterator[Visit]:
        """A fresh profile. Fails at its end with everything that was wrong on the way."""
        context = self.browser.new_context(reduced_motion="reduce", **device)
        context.set_default_timeout(30_000)
        visit = Visit(context.new_page(), self.words, self.screens)
        visit.page.on("console", visit.console)
        visit.page.on("pageerror", lambda error: visit.complaints.append(f"{visit.page.url}: {error}"))
        visit.page.on("request", visit.request)
        try:
            yield visit
        except BaseException:
            visit.page.screenshot(path=self.screens / f"failure-{len(self.browser.contexts)}.png", full_page=True)
            raise
        finally:
            context.close()
        assert not visit.complaints, "\n".join(visit.complaints)


DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "locale": "vi-VN"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "vi-VN",
}
