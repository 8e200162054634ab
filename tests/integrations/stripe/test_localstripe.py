"""Payment intents, refunds and signatures against localstripe: another maker's Stripe, a program of its own.

It is under the GPL, so it is started and never imported. It knows no Checkout, no disputes and no idempotency.
"""

from __future__ import annotations

import queue
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
import stripe

from core.data.http import OutboundClient
from core.sdk.payments import Config, Fact, FactKind, Notice, RefundOrder, Verified
from core.sdk.testing.payment import Samples, make_attempt, make_order
from core.types.clock import utc_now
from integrations.stripe.adapter import StripeProvider
from integrations.stripe.service import Bridge
from tests.integrations.simulators import listening

RUNNER = Path(__file__).parent / "loopback.py"
HTTP = OutboundClient({"127.0.0.1"})
STRIPE = StripeProvider()
ATTEMPT = make_attempt()
METADATA = {"truong_reference": ATTEMPT.reference, "truong_attempt": ATTEMPT.id.hex}


@dataclass
class Door:
    """Keeps the notices that come."""

    came: queue.Queue[Notice] = field(default_factory=queue.Queue)

    def take(self, notice: Notice) -> tuple[int, str]:
        self.came.put(notice)
        return 200, ""


@dataclass
class Other:
    """A running localstripe, Stripe's package that speaks to it over our way out, and where its notices come."""

    config: Config
    client: stripe.StripeClient
    door: Door

    def intent(self, method: str) -> str:
        """A payment intent that waits for its confirmation."""
        made = self.client.v1.payment_intents.create(
            {"amount": ATTEMPT.amount, "currency": "vnd", "payment_method": method, "metadata": METADATA}
        )
        return made.id

    def notice(self) -> tuple[Fact, ...]:
        result = STRIPE.receive(self.door.came.get(timeout=20), self.config)
        assert isinstance(result, Verified), result
        return result.facts


@contextmanager
def localstripe() -> Iterator[str]:
    command = [sys.executable, "-u", str(RUNNER), "localstripe", "--port", "0", "--from-scratch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            found = next(filter(None, (re.search(r"http://127\.0\.0\.1:\d+", line) for line in process.stdout)), None)
            assert found is not None, "localstripe did not start"
            yield found[0]
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture(scope="module")
def other() -> Iterator[Other]:
    door = Door()
    with localstripe() as address, listening(door) as url:
        config = {"secret_key": "sk_test_localstripe", "webhook_secret": "whsec_localstripe", "api_url": address}
        body = urlencode({"url": url, "secret": config["webhook_secret"]}).encode()
        urllib.request.urlopen(f"{address}/_config/webhooks/school", body, timeout=10).close()
        client = stripe.StripeClient(
            config["secret_key"], base_addresses={"api": address}, http_client=Bridge(HTTP), max_network_retries=0
        )
        yield Other(config, client, door)


def order_of(intent: str, amount: int) -> RefundOrder:
    order = make_order(Samples(ATTEMPT, {}, {}, {}, {}))
    return replace(order, amount=amount, sent_at=utc_now(), paid=replace(order.paid, provider_txn=intent))


def test_a_payment_its_notice_and_its_refund(other: Other) -> None:
    intent = other.intent("pm_card_visa")
    other.client.v1.payment_intents.confirm(intent)
    (told,) = other.notice()
    assert (told.kind, told.provider_txn, told.amount) == (FactKind.PAID, intent, ATTEMPT.amount)
    assert (told.currency, told.reference) == ("VND", ATTEMPT.reference)
    fetched = STRIPE.fetch((told,), other.config, HTTP, utc_now())
    assert isinstance(fetched, tuple)
    assert [(fact.kind, fact.provider_txn) for fact in fetched] == [(FactKind.PAID, intent)]

    order = order_of(intent, 250_000)
    assert STRIPE.refund_state(order, ATTEMPT, other.config, HTTP, utc_now()) == ()
    refunded = STRIPE.refund(order, ATTEMPT, other.config, HTTP)
    assert isinstance(refunded, tuple)
    assert (refunded[0].kind, refunded[0].amount, refunded[0].data["refund_id"]) == (
        FactKind.REFUNDED, 250_000, str(order.id),
    )  # fmt: skip
    assert STRIPE.refund_state(order, ATTEMPT, other.config, HTTP, utc_now()) == refunded
    everything = STRIPE.fetch((told,), other.config, HTTP, utc_now())
    assert isinstance(everything, tuple)
    assert [fact.kind for fact in everything] == [FactKind.PAID, FactKind.REFUNDED]


def test_a_declined_card_is_a_failure(other: Other) -> None:
    intent = other.intent("pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError):
        other.client.v1.payment_intents.confirm(intent)
    (told,) = other.notice()
    assert (told.kind, told.provider_txn, told.amount) == (FactKind.FAILED, intent, ATTEMPT.amount)


def test_what_it_does_not_know_decides_nothing(other: Other) -> None:
    """No such address: neither a page, nor a sum that went back."""
    probe = STRIPE.probe(other.config, HTTP, utc_now())
    assert not probe.ok
    missing = order_of("pi_nobody_made_this", 1_000)
    assert not isinstance(STRIPE.refund(missing, ATTEMPT, other.config, HTTP), tuple)
