"""The pay pages in a real Chromium on a phone: the way to a service and back, the transfer, axe and weight."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from core.data.session import Database
from core.data.types import local_date, new_id
from core.kernel.registry import Registry
from core.people.models import Person, Relation
from core.people.services import derived
from plugins.finance.services import baskets, claiming, links
from tests.accessibility import violations
from tests.integrations.simulators import running
from tests.integrations.vnpay.samples import SECRET

from .conftest import Moment, World
from .pay_site import EXEMPT, FREE, SYSTEM, PaySite, build

pytestmark = pytest.mark.browser
PUPIL, OTHER = "Đỗ Thị An", "Trần Văn Ân"
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
def context(chromium: Browser) -> Iterator[BrowserContext]:
    opened = chromium.new_context(viewport=PHONE, reduced_motion="reduce", service_workers="block")  # type: ignore[arg-type]
    opened.set_default_timeout(20_000)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Moment:
    """Now: the service looks at its own clock."""
    return Moment(datetime.now(UTC))


@pytest.fixture
def site(app: Flask, db: Database, registry: Registry, world: World, clock: Moment) -> Iterator[PaySite]:
    """Served on loopback, with VNPay's simulator as a program of its own."""
    server = make_server("127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    with running("integrations.vnpay.simulator", "--tmn-code", "SCHOOL01", "--secret", SECRET) as service:
        pay_url = f"{service.address}/paymentv2/vpcpay.html"
        built = build(app, db, registry, world, clock, base_url=address, pay_url=pay_url)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield built
        server.shutdown()
        server.server_close()
        thread.join()


def _base(site: PaySite) -> str:
    return str(site.app.extensions["truong"].base_url)


def _watched(page: Page) -> list[str]:
    """What the page complains about: refused by the policy, broken scripts."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_to_the_service_and_back(site: PaySite, context: BrowserContext) -> None:
    """The policy `form-action 'self'` holds, and the payer arrives at the service all the same."""
    page = context.new_page()
    said, home = _watched(page), f"{_base(site)}/pay/{site.token(PUPIL)}"
    sent: list[str | None] = []
    page.on("request", lambda request: sent.append(request.headers.get("referer")) if "vpcpay" in request.url else None)
    page.goto(home)
    page.check(f"input[value='{site.vnpay}']")
    page.click("button.primary")
    page.wait_for_url("**/paymentv2/vpcpay.html?**")
    token = home.rsplit("/", 1)[1]
    assert all(token not in (referrer or "") for referrer in sent), "the service does not learn the link"
    page.go_back()
    page.wait_for_url(home)
    assert page.get_by_text("đã có người bắt đầu thanh toán qua VNPay").is_visible()
    page.check(f"input[value='{site.vnpay}']")
    page.click("button.primary")
    page.wait_for_url("**/paymentv2/vpcpay.html?**")
    reference = page.url.split("vnp_TxnRef=")[1][:11]
    page.click("button:has-text('Thanh toán thành công')")
    page.wait_for_url("**/pay/return/**")
    assert page.get_by_role("heading", name="Đang chờ xác nhận").is_visible()
    site.ipn(reference, 1_411_800)
    page.get_by_role("heading", name="Đã nhận tiền").wait_for()
    page.click("text=Xem phiếu thu và biên lai")
    page.get_by_role("link", name="Biên lai").wait_for()
    assert said == []


def test_the_transfer_page_turns_when_the_money_comes(site: PaySite, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    said = _watched(page)
    page.goto(f"{_base(site)}/pay/{site.token(OTHER)}")
    page.dblclick("button.primary")
    page.wait_for_url("**/transfer/*")
    reference = page.url.rsplit("/", 1)[1]
    page.locator(f"[data-copy='{reference}']").click()
    assert page.evaluate("navigator.clipboard.readText()") == reference
    with page.expect_download() as saved:
        page.click("a[download]")
    assert saved.value.suggested_filename == f"vietqr-{reference}.png"
    site.transfer(f"MBVCB {reference}", 1_411_800)
    page.get_by_role("heading", name="Đã nhận tiền").wait_for()
    page.get_by_role("link", name="Biên lai").wait_for()
    assert said == []


def test_everything_works_without_javascript(site: PaySite, chromium: Browser) -> None:
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    home = f"{_base(site)}/pay/{site.token(OTHER)}"
    page.goto(home)
    page.click("button.primary")
    page.wait_for_url("**/transfer/*")
    site.transfer(page.url.rsplit("/", 1)[1], 1_411_800)
    page.click("text=Kiểm tra lại")
    page.get_by_role("heading", name="Đã nhận tiền").wait_for()
    page.goto(f"{_base(site)}/pay/{site.token(PUPIL)}")
    page.check(f"input[value='{site.vnpay}']")
    page.click("button.primary")
    page.wait_for_url("**/paymentv2/vpcpay.html?**")
    context.close()


def _family_paths(site: PaySite) -> list[str]:
    """The pages of a link for all children: choosing, paying, handing on, telling; and what another payer sees."""
    children = [site.world.pupils[name] for name in (PUPIL, OTHER)]
    mother = new_id()
    with site.db.context(SYSTEM, site.world.school, clock=site.clock) as ctx:
        ctx.session.add(Person(id=mother, full_name="Nguyễn Thị Mẹ", **derived("Nguyễn Thị Mẹ", codes=[])))
        ctx.session.flush()
        ctx.session.add_all(Relation(person_id=mother, related_id=child, kind="mother") for child in children)
        ctx.session.flush()
        family = baskets.family_link(ctx, children[0])
        [place] = baskets.find(replace(ctx, school=None), "family", family)
        bills = [bill.id for bill in baskets.basket(ctx, place).bills]
        other = baskets.share(ctx, bills, baskets.PayerInput("Công ty Sao Mai", "0101234567"))
        claims = {"amount": "1411800", "paid_on": f"{local_date(ctx.now())}", "number": "FT1", "bank": "", "note": ""}
        claiming.tell(ctx, links.pay_link(ctx, site.bills[OTHER]), **claims)
    home = f"/pay/family/{family}"
    data = {"school": str(site.world.school), "bill": [str(bill) for bill in bills], "channel": str(site.vietqr)}
    begun = site.client().post(home, data=data).headers["Location"]
    told = f"/pay/{site.token(OTHER)}"
    return [home, begun, f"{home}/share?school={site.world.school}", f"/pay/for/{other}", told, f"{told}/paid"]


@pytest.mark.soak
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(site: PaySite, chromium: Browser, theme: str) -> None:
    token = site.token(PUPIL)
    transfer = site.begin(site.client(), token, site.vietqr)
    returned = site.begin(site.client(), token, site.vnpay).rsplit("/", 1)[1]
    paths = [
        f"/pay/{token}",
        transfer,
        f"/pay/return/{returned}",
        f"/pay/{site.token(FREE)}",
        f"/pay/{site.token(EXEMPT)}",
        *_family_paths(site),
    ]
    wrong: dict[str, list[str]] = {}
    for width in (390, 1280):
        context = chromium.new_context(viewport={"width": width, "height": 844}, bypass_csp=True)
        page = context.new_page()
        for path in paths:
            page.goto(f"{_base(site)}{path}?theme={theme}")
            for summary in page.locator("summary").all():
                summary.click()
            found = violations(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
            if found:
                wrong[path] = found
        context.close()
    assert wrong == {}


_LOADED = """performance.getEntries().filter(e => 'transferSize' in e).map(e => ({
  name: new URL(e.name).pathname.split('/').pop(), bytes: e.transferSize, packed: e.encodedBodySize,
  plain: e.decodedBodySize, blocking: e.renderBlockingStatus === 'blocking', page: e.entryType === 'navigation'}))"""


def test_the_page_is_light_enough_to_be_quick(site: PaySite, context: BrowserContext) -> None:
    """What decides the first paint on a slow phone, without a clock: the benchmark `paint` measures the time."""
    page = context.new_page()
    kept: dict[str, str] = {}
    page.on("response", lambda answer: kept.update({answer.url: answer.headers.get("cache-control", "")}))
    page.goto(f"{_base(site)}/pay/{site.token(PUPIL)}", wait_until="networkidle")
    loaded = page.evaluate(_LOADED)
    document = next(entry for entry in loaded if entry["page"])
    blocking = [entry for entry in loaded if entry["blocking"]]
    assert [entry["name"].split(".")[0] for entry in blocking] == ["truong"], "one stylesheet and nothing else"
    assert blocking[0]["bytes"] < 9_000, blocking
    assert document["packed"] < document["plain"] / 2 < 8_000, document
    assert document["bytes"] < 4_000, document
    assert len(loaded) <= 8, [entry["name"] for entry in loaded]
    assert sum(entry["bytes"] for entry in loaded) < 52_000, loaded
    assert all("immutable" in said for url, said in kept.items() if "/assets/" in url), kept
    fonts = [entry["name"] for entry in loaded if entry["name"].endswith(".woff2")]
    assert len(fonts) == 2
    assert page.evaluate("[...document.fonts].every(f => f.family.includes('Fallback') || f.display === 'swap')")
