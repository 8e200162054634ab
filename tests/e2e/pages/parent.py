"""A parent with a phone and a link: no account, no app."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import zxingcpp
from playwright.sync_api import Locator, expect

from core.types.money import format_vnd

from ..watching import Visit

_PIXELS = """async (png) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height), brush = canvas.getContext("2d");
  brush.drawImage(picture, 0, 0);
  const seen = brush.getImageData(0, 0, picture.width, picture.height).data;
  let grey = "";
  for (let at = 1; at < seen.length; at += 4) grey += String.fromCharCode(seen[at]);
  return [picture.width, picture.height, btoa(grey)];
}"""


@dataclass
class Parent:
    """Looks at one bill."""

    visit: Visit
    link: str

    def open(self) -> None:
        self.visit.page.goto(self.link)

    def text(self) -> str:
        """Everything that can be read on the page."""
        return self.visit.page.locator("body").inner_text()

    def channels(self) -> list[str]:
        """The ways to pay in their order, each with its fee."""
        return [_flat(text) for text in self.visit.page.locator(".radio-card").all_inner_texts()]

    def explain(self) -> None:
        """Touch every question mark."""
        for why in self.visit.page.locator(".facts summary").all():
            why.click()

    def pay(self, channel: str, amount: int) -> None:
        """Choose a way and go."""
        self.visit.page.locator(".radio-card", has_text=channel).click()
        self.visit.choose("Pay %(amount)s", amount=format_vnd(amount))

    def tab_to(self, wanted: str, most: int = 40) -> None:
        """Press Tab until the focus is there."""
        for _press in range(most):
            if self.visit.page.evaluate("(w) => document.activeElement.matches(w)", wanted):
                return
            self.visit.page.keyboard.press("Tab")
        raise AssertionError(f"{wanted} is not reached by {most} times Tab")

    def qr(self) -> str:
        """What a second phone reads from this screen."""
        return read_qr(self.visit, self.visit.page.locator(".qr-code > svg"))

    def received(self) -> Locator:
        """The state to which the page turns by itself."""
        return self.visit.page.get_by_role("heading", name=self.visit.say("Money received"))

    def wait_until_paid(self) -> None:
        expect(self.received()).to_be_visible(timeout=60_000)

    def receipt(self) -> bytes:
        """The receipt behind the button of the paid bill, as the browser would fetch it."""
        button = self.visit.page.get_by_role("link", name=re.compile(r"PDF"))
        expect(button).to_be_visible(timeout=60_000)
        address = str(button.get_attribute("href"))
        answer = self.visit.page.request.get(address if "://" in address else _base(self.link) + address)
        assert answer.headers["content-type"] == "application/pdf"
        return answer.body()


def read_qr(visit: Visit, code: Locator) -> str:
    """Scan what the screen shows, pixels and nothing else."""
    import base64

    shot = base64.b64encode(code.screenshot()).decode()
    eye = visit.page.context.browser
    assert eye is not None
    with eye.new_page() as other:  # the payer's page allows no foreign script, and should not
        found: Any = other.evaluate(_PIXELS, shot)
    width, height, grey = int(found[0]), int(found[1]), base64.b64decode(str(found[2]))
    codes = zxingcpp.read_barcodes(memoryview(grey).cast("B", (height, width)))
    assert len(codes) == 1, f"{len(codes)} codes on the screen"
    return codes[0].text


def _flat(text: str) -> str:
    return " ".join(text.split())


def _base(url: str) -> str:
    return "/".join(url.split("/")[:3])
