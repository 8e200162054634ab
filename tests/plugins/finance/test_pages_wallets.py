"""A parent pays on the page of an e-wallet or of Stripe, without JavaScript; the service is a program of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from core.data.session import Database
from core.kernel.registry import Registry
from core.payments import channels, ledger, refunds
from core.payments.port import Notice
from tests.integrations.wallets import DESK, HEAD, Stage, staged

from .conftest import Moment, World
from .pay_site import SYSTEM, PaySite, build

PUPIL = "Đỗ Thị An"
TOTAL = 18 * 35_000 + 631_800 + 150_000
_PAID = text("SELECT id FROM core_payment_attempt WHERE channel_id = :channel")
NAMES = {"momo": "MoMo", "zalopay": "ZaloPay", "stripe": "Stripe"}


@pytest.fixture(scope="module")
def stages() -> Iterator[dict[str, Stage]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(staged(name)) for name in NAMES}


@dataclass
class Shop:
    """The pay site with one wallet, and its service."""

    site: PaySite
    stage: Stage
    channel: UUID

    def take(self, notice: Notice) -> tuple[int, str]:
        answer = self.site.client().post(f"/notices/{self.channel}", data=notice.body, headers=dict(notice.headers))
        return answer.status_code, answer.text

    def leave(self, client: FlaskClient, token: str) -> str:
        """From the bill over the page between to the service: the address that the page without JavaScript names."""
        page = client.get(self.site.begin(client, token, self.channel))
        assert page.status_code == 200, page.text
        found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.text)
        assert found is not None
        assert f'href="{found[1]}"' in page.text, "a button for browsers that do not move on"
        return found[1].replace("&amp;", "&")

    def decide(self, address: str, outcome: str = "success") -> str:
        """The payer presses a button on the service's page; gives the address of the return."""
        answer = self.stage.simulator.post("/control/pay", {"url": address, "outcome": outcome})
        parts = urlsplit(str(answer["return_url"]))
        return f"{parts.path}?{parts.query}"


@pytest.fixture(params=list(NAMES))
def shop(
    request: pytest.FixtureRequest,
    app: Flask,
    db: Database,
    registry: Registry,
    world: World,
    clock: Moment,
    stages: dict[str, Stage],
) -> Shop:
    stage = stages[str(request.param)]
    site = build(app, db, registry, world, clock)
    with db.context(SYSTEM, world.school, clock=clock) as ctx:
        config = {**stage.wallet.config(stage.simulator.address), "most": "2000000"}
        found = channels.configure(ctx, stage.wallet.name, config, position=2, fee_per_mille=8)
    made = Shop(site, stage, found)
    stage.fresh(made.take)
    stage.simulator.post("/control/faults", {"ahead": (clock.now - datetime.now(UTC)).total_seconds()})
    _call_the_school(app, stage)
    return made


def _call_the_school(app: Flask, stage: Stage) -> None:
    """Notices go to the address that the page gives with each order: the door stands there."""
    app.extensions["truong"].base_url = stage.url.removesuffix("/notices/1")


def test_a_family_pays_without_javascript_and_has_its_receipt(shop: Shop) -> None:
    client, token = shop.site.client(), shop.site.token(PUPIL)
    bill = client.get(f"/pay/{token}").text
    assert "Phí 11.295\u00a0₫ → trả 1.423.095\u00a0₫" in bill, "the fee is told before the choice"
    assert "mỗi lần tối đa 2.000.000\u00a0₫" in bill
    address = shop.leave(client, token)
    shop.stage.simulator.post("/control/faults", {"duplicate": 2})
    back = client.get(shop.decide(address)).text
    assert "cổng báo thành công" in back.lower() or "báo thành công" in back, "nothing is booked yet"
    shop.stage.simulator.calls(3)
    shop.site.drain()
    assert client.get(f"/pay/{token}/state").json == {"state": "receipt"}
    assert client.get(f"/pay/{token}/receipt/2026-000001").data.startswith(b"%PDF-")
    with shop.site.db.context(SYSTEM, shop.site.world.school) as ctx:
        assert ledger.verify(ctx) == []
        assert ledger.trial_balance(ctx)[f"clearing:{shop.stage.wallet.name}"] == TOTAL


def test_the_same_bill_on_two_rails_and_money_back_by_two_people(shop: Shop) -> None:
    """The family pays at the wallet while grandmother transfers: one of the payments is theirs to have back."""
    client, token = shop.site.client(), shop.site.token(PUPIL)
    address = shop.leave(client, token)
    transfer = shop.site.begin(client, token, shop.site.vietqr).rsplit("/", 1)[1]
    shop.site.transfer(transfer, TOTAL)
    shop.decide(address)
    shop.stage.simulator.calls(1)
    shop.site.drain()
    site, school = shop.site, shop.site.world.school
    with site.db.context(SYSTEM, school, clock=site.clock) as ctx:
        cases = list(ctx.session.scalars(text("SELECT kind FROM core_exception_case")))
        assert cases == ["double_payment"], "the accountant is told"
        assert ledger.balance_of(ctx, site.world.pupils[PUPIL]).credit == TOTAL
        paid = ctx.session.execute(_PAID, {"channel": shop.channel}).scalar_one()
    with site.db.context(DESK, school, clock=site.clock) as ctx:
        order = refunds.request(ctx, paid, TOTAL, "Nộp hai lần", key="r1")
    with site.db.context(HEAD, school, clock=site.clock) as ctx:
        refunds.approve(ctx, order)
    site.drain()
    site.clock.forward(minutes=2)
    site.drain()
    with site.db.context(SYSTEM, school) as ctx:
        assert ledger.verify(ctx) == []
        assert ledger.balance_of(ctx, site.world.pupils[PUPIL]).credit == 0
    assert shop.stage.simulator.get("/control/ledger")["refunded_total"] == TOTAL


def test_a_service_that_does_not_answer_and_one_that_refuses(shop: Shop) -> None:
    client, token = shop.site.client(), shop.site.token(PUPIL)
    shop.stage.simulator.post("/control/faults", {"timeout_after_commit": 1})
    step = shop.site.begin(client, token, shop.channel)
    page = client.get(step)
    assert page.status_code == 502
    name = NAMES[shop.stage.wallet.name]
    for words in (f"Chưa mở được {name}", "Cổng thanh toán hiện chưa phản hồi", "chưa bị trừ tiền", "Thử lại"):
        assert words in page.text
    assert f'href="{step}"' in page.text
    again = client.get(step)
    if shop.stage.wallet.name != "zalopay":
        assert again.status_code == 200, "the same request gives the same page"
    else:
        assert again.status_code == 409
        assert "đã được tạo ở ZaloPay" in again.text
    assert "1.411.800" in client.get(f"/pay/{token}").text, "and the bill is still there to be paid"


def test_a_bill_above_the_limit_is_not_offered_there(shop: Shop) -> None:
    site = shop.site
    with site.db.context(SYSTEM, site.world.school, clock=site.clock) as ctx:
        config = {**shop.stage.wallet.config(shop.stage.simulator.address), "most": "1000000"}
        channels.configure(ctx, shop.stage.wallet.name, config, channel_id=shop.channel)
    client, token = site.client(), site.token(PUPIL)
    page = client.get(f"/pay/{token}").text
    assert f'value="{shop.channel}"' not in page
    assert "đến 1.000.000\u00a0₫ mỗi lần" in page
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce is not None
    answer = client.post(f"/pay/{token}", data={"channel": str(shop.channel), "nonce": nonce[1]})
    assert answer.status_code == 422
