"""Stripe against the product: page, events in any order, worker, ledger, disputes. Nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from core.data.http import OutboundClient
from core.payments import channels
from core.payments.attempts import Started
from core.payments.port import Redirect, Unknown
from core.sdk.testing.payment import make_attempt
from core.types.clock import utc_now
from integrations.stripe.adapter import StripeProvider
from integrations.stripe.calls import Refusal, opened
from integrations.stripe.objects import Session
from integrations.stripe.pay import session_params
from tests.core.payments.conftest import world
from tests.core.payments.world import SYSTEM, World
from tests.integrations.wallets import DUE, School, Stage, staged

__all__ = ["world"]
HTTP = OutboundClient({"127.0.0.1"})


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged("stripe") as found:
        yield found


@pytest.fixture
def shop(world: World, stage: Stage) -> School:
    return School.build(stage, world)


def page_of(shop: School, started: Started) -> str:
    left = shop.leave(started)
    assert isinstance(left, Redirect), left
    return left.url


def paid(shop: School, calls: int = 2) -> tuple[Started, str]:
    """A bill that is paid and booked, and its page."""
    started = shop.begin(shop.owe())
    url = page_of(shop, started)
    shop.stage.simulator.post("/control/pay", {"url": url})
    shop.stage.simulator.calls(calls)
    shop.work()
    assert shop.world.status(started) == "paid"
    return started, url


def test_from_the_page_to_the_books(shop: School) -> None:
    started = shop.begin(shop.owe())
    url = page_of(shop, started)
    page = shop.stage.simulator.get(url.removeprefix(shop.stage.simulator.address)).decode()
    assert "350.000" in page
    back = shop.decide(started)
    assert shop.stage.wallet.provider.read_return(urlsplit(back).query.encode(), shop.channel.config) == "success"
    assert [call["status"] for call in shop.stage.simulator.calls(2)] == [200, 200]
    shop.work()
    assert shop.settled() == [True]
    assert shop.booked() == DUE
    shop.work(minutes=60)
    assert shop.booked() == DUE, "asking brings nothing new"
    assert shop.world.cases() == []


def test_the_settings_can_be_tested(shop: School) -> None:
    provider, config = StripeProvider(), shop.channel.config
    assert provider.probe(config, HTTP, utc_now()).ok
    for wrong in ({"secret_key": "sk_test_OTHER"}, {"api_url": "http://127.0.0.1:9"}):
        assert not provider.probe({**config, **wrong}, HTTP, utc_now()).ok


def test_notices_that_go_wrong_do_no_harm(shop: School) -> None:
    calls = 0
    for knobs, more in (({"duplicate": 3}, 3), ({"reorder": 4}, 0), ({"drop": 2}, 2), ({"tamper": 1}, 1)):
        shop.faults(**knobs)
        shop.pay()
        shop.pay()
        calls += 4 + more
        shop.stage.simulator.calls(calls)
    shop.faults(stale=1)
    shop.pay()
    shop.stage.simulator.calls(calls + 3)
    shop.work()
    assert shop.settled() == [True] * 9
    assert shop.booked() == 9 * DUE
    assert sorted(shop.world.column("SELECT reason FROM core_notice_refusal")) == ["bad_signature", "stale"]
    assert shop.world.cases() == []


def test_a_page_whose_answer_was_lost_is_the_same_page(shop: School) -> None:
    shop.faults(timeout_after_commit=1)
    started = shop.begin(shop.owe())
    assert isinstance(shop.leave(started), Unknown)
    page_of(shop, started)
    assert len(shop.ledger()["orders"]) == 1, "our own key: one order, though it was asked for twice"


def test_a_known_key_with_another_content_is_refused(shop: School) -> None:
    started = shop.begin(shop.owe())
    page_of(shop, started)
    service = opened(shop.channel.config, HTTP)
    params = session_params(replace(make_attempt(amount=DUE + 1), created_at=utc_now()), shop.channel.config)
    changed = service.open_session(params, f"truong-order-{started.id.hex}")
    assert isinstance(changed, Refusal)
    assert changed.why == "repeated"
    assert isinstance(service.open_session(params, "another"), Session)


def test_what_never_arrives_is_found_by_asking(shop: School) -> None:
    shop.faults(drop=40)
    shop.pay()
    shop.work()
    assert shop.settled() == [False]
    shop.work(minutes=2)
    assert shop.settled() == [True]
    assert shop.booked() == DUE


def test_while_stripe_cannot_be_asked_the_signed_notice_counts_in_the_end(shop: School) -> None:
    started = shop.begin(shop.owe())
    url = page_of(shop, started)
    shop.stage.simulator.post("/control/pay", {"url": url})
    shop.stage.simulator.calls(2)
    _point(shop, "http://127.0.0.1:9")
    shop.work()
    assert shop.settled() == [False], "nobody to ask"
    for hour in range(1, 8):
        shop.work(minutes=60 * hour)
    assert shop.settled() == [True]


def _point(shop: School, address: str) -> None:
    with shop.world.db.context(SYSTEM, shop.world.school) as ctx:
        channels.configure(ctx, "stripe", {**shop.channel.config, "api_url": address}, channel_id=shop.channel.id)


def test_a_declined_card_and_a_bank_that_takes_its_time(shop: School) -> None:
    declined = shop.begin(shop.owe())
    shop.decide(declined, "fail")
    shop.stage.simulator.calls(1)
    shop.work()
    assert shop.world.status(declined) == "failed"
    shop.decide(declined)
    slow = shop.begin(shop.owe())
    shop.decide(slow, "processing")
    shop.stage.simulator.calls(5)
    shop.work()
    assert shop.world.status(declined) == "paid", "the same page, another card"
    assert shop.world.status(slow) == "pending"
    shop.decide(slow)
    shop.stage.simulator.calls(7)
    shop.work()
    assert shop.settled() == [True, True]
    assert shop.booked() == 2 * DUE


def test_refunds_by_two_people_may_fail_days_after_they_succeeded(shop: School) -> None:
    started, _url = paid(shop)
    shop.refund(started, 100_000)
    shop.work()
    shop.stage.simulator.calls(5)
    shop.work(minutes=2)
    assert shop.refund_states() == ["done"]
    assert shop.booked() == DUE - 100_000
    shop.stage.simulator.post("/control/late-failures", {})
    shop.stage.simulator.calls(6)
    shop.work(minutes=3)
    assert shop.refund_states() == ["failed"]
    assert shop.booked() == DUE
    assert shop.world.cases() == ["refund_failed"]


def test_a_refund_whose_answer_was_lost_is_made_once(shop: School) -> None:
    started, _url = paid(shop)
    shop.faults(timeout_after_commit=1)
    shop.refund(started, 50_000)
    shop.work()
    shop.work(minutes=2)
    assert shop.refund_states() == ["done"]
    assert shop.booked() == DUE - 50_000
    assert len(shop.ledger()["orders"][0]["refunds"]) == 1


def test_a_refund_made_at_stripes_own_page_is_evidence(shop: School) -> None:
    started, url = paid(shop)
    shop.stage.simulator.post("/control/outside-refunds", {"url": url, "amount": 70_000})
    shop.stage.simulator.calls(5)
    shop.work()
    assert shop.world.status(started) == "partially_refunded"
    assert shop.booked() == DUE - 70_000
    assert shop.world.cases() == ["external_refund"]


@pytest.mark.parametrize(("end", "status", "left"), [("won", "paid", DUE), ("lost", "charged_back", 0)])
def test_disputes(shop: School, end: str, status: str, left: int) -> None:
    started, url = paid(shop)
    shop.faults(reorder=2)
    for state in ("needs_response", end):
        shop.stage.simulator.post("/control/disputes", {"url": url, "status": state})
    shop.stage.simulator.calls(4)
    shop.work()
    assert shop.world.status(started) == status
    assert shop.booked() == left
    assert shop.world.cases() == ([] if end == "won" else ["charged_back"])


def test_an_open_dispute_waits_for_somebody_and_refuses_refunds(shop: School) -> None:
    started, url = paid(shop)
    shop.stage.simulator.post("/control/disputes", {"url": url, "status": "needs_response"})
    shop.stage.simulator.calls(3)
    shop.work()
    assert shop.world.status(started) == "disputed"
    assert shop.world.cases() == ["disputed"]
    shop.refund(started, 10_000)
    shop.work()
    shop.work(minutes=2)
    assert shop.refund_states() == ["failed"]
    assert shop.booked() == DUE


def test_a_page_that_nobody_used_runs_out(shop: School) -> None:
    started = shop.begin(shop.owe())
    shop.decide(started, "expire")
    shop.stage.simulator.calls(1)
    shop.work()
    assert shop.world.status(started) == "expired"
