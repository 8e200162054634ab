"""First paint of a family's pay page on a slow phone, in a real Chromium with nothing kept from before.

The phone: 1.6 Mbit/s, 150 ms for each round trip, a processor of a quarter of this machine's speed (the "fast 3G" and
"4x slowdown" of the developer tools). Floor, in the same run and turn about: a page of one heading with a stylesheet
of one rule. A busy machine paints both late, so the ratio holds where the milliseconds do not.
"""

from __future__ import annotations

import shutil
import statistics
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from core.data.session import Database
from core.payments import channels
from core.school import modules, services
from core.types.actor import system_actor
from core.web.app import create_app
from plugins.finance.models import Bill
from plugins.finance.services import links, publish, rounds
from plugins.finance.services.items import ItemInput, save_item
from plugins.finance.services.prices import PriceInput, set_prices
from plugins.learners.services import classes, learners

from .common import Bench, Row

ACTOR = system_actor("benchmark")
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
CPU = 4
PHONE = {"width": 390, "height": 844}
TURNS = 15
_HEAD = b'<!doctype html><html lang="vi"><meta name="viewport" content="width=device-width"><title>-</title>'
_FLOOR = {
    "/floor": ("text/html", _HEAD + b'<link rel="stylesheet" href="/floor.css"><h1>1.250.000</h1>'),
    "/floor.css": ("text/css", b"h1 { color: #123 }"),
}
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def rows(run: Bench) -> list[Row]:
    """The paint in milliseconds, against the floor, and what is loaded before it and in all."""
    db = Database(run.database("paint"))
    token = _bill(db, run)
    app = create_app(run.settings, db=db, registry=run.registry)
    with _served(app.wsgi_app) as address, _chromium() as browser:
        pay, floor = f"{address}/pay/{token}", f"{address}/floor"
        _paint(browser, pay)  # the program's own first request is nobody's first paint
        pairs = [(_paint(browser, pay), _paint(browser, floor)) for _turn in range(max(3, int(TURNS * run.scale)))]
        blocking, total = _weight(browser, pay)
    db.close()
    paint, least = (statistics.median(found) for found in zip(*pairs, strict=True))
    return [
        Row("first paint of the pay page on a slow phone, ms", paint, "< 1000", paint < 1000),
        Row("first paint / a page of one heading", paint / least, "≤ 2", paint / least <= 2, f"{least:.0f} ms"),
        Row("pay page: kB before the first paint", blocking / 1000, "≤ 15", blocking <= 15_000),
        Row("pay page: kB in all, fonts too", total / 1000, "≤ 60", total <= 60_000),
    ]


def _bill(db: Database, run: Bench) -> str:
    """A school with one pupil and a bill of four lines; gives the token of its pay link."""
    with db.all_schools(ACTOR) as ctx:
        school = services.create_school(
            ctx,
            code="PAINT",
            name="Trường THCS Hoa Phượng",
            level="lower_secondary",
            province="01",
            payment_prefix="TRP",
        )
    with db.context(ACTOR, school) as ctx:
        services.open_year(ctx, "2026-2027", date(2026, 8, 1), date(2027, 7, 31))
        for module in sorted(run.registry.school_modules()):
            modules.switch_module(ctx, run.registry, module, on=True)
        account = {"bank_bin": "970422", "account_number": "0001234567890", "account_name": "TRUONG THCS HOA PHUONG"}
        channels.configure(ctx, "vietqr", account)
        classes.create_class(ctx, "6A1")
        learners.create_learner(ctx, {"hovaten": "Đỗ Thị An", "lop": "6A1"})
        labels = {"ban_tru": "Bán trú", "hai_buoi": "Học 2 buổi/ngày", "nuoc_uong": "Nước uống", "tien_an": "Tiền ăn"}
        items = [
            save_item(ctx, ItemInput(code, label, label, "service", "month", "NQ 20")) for code, label in labels.items()
        ]
        made = rounds.open_round(
            ctx,
            title="Thu tháng 9/2026",
            item_ids=[item.id for item in items],
            period=date(2026, 9, 1),
            due_on=date(2026, 10, 15),
        )
        set_prices(ctx, made.id, [PriceInput(item.id, 150_000) for item in items])
        publish.publish(ctx, made.id)
    with db.context(ACTOR, school) as ctx:
        return links.pay_link(ctx, ctx.session.scalars(select(Bill.id)).one())


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the figures are all that is printed."""


@contextmanager
def _served(app: Wsgi) -> Iterator[str]:
    """The application and the floor behind one server on loopback."""

    def both(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        kind, body = _FLOOR.get(environ["PATH_INFO"], ("", b""))
        if not body:
            return app(environ, start)
        start("200 OK", [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [body]

    server = make_server("127.0.0.1", 0, both, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise SystemExit("this benchmark needs Chromium")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


def _paint(browser: Browser, url: str) -> float:
    """Milliseconds from the navigation to the first contentful paint, with an empty cache."""
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]  # playwright types it as its own dict
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    page.goto(url, wait_until="networkidle")
    found = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    context.close()
    return float(found)


def _weight(browser: Browser, url: str) -> tuple[int, int]:
    """Bytes on the wire, headers too: the page with what holds up its first paint, and everything."""
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    sizes = page.evaluate(
        "performance.getEntries().filter(e => 'transferSize' in e)"
        ".map(e => [e.transferSize, e.entryType === 'navigation' || e.renderBlockingStatus === 'blocking'])"
    )
    context.close()
    return sum(size for size, blocking in sizes if blocking), sum(size for size, _blocking in sizes)
