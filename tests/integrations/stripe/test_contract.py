"""Stripe keeps the contract of payment providers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.sdk.payments import Config, Fact, FactKind, Notice, PaymentProvider
from core.sdk.testing.payment import NOW, PaymentProviderContract, Samples, make_attempt
from integrations.stripe.adapter import StripeProvider

from .samples import (
    CONFIG,
    CREATED_AT,
    REFERENCE,
    SECRET,
    call,
    charge,
    dispute,
    event,
    header,
    intent,
    refund,
    session,
)


def fact(kind: FactKind, number: str, amount: int, reference: str | None, **data: str) -> Fact:
    return Fact(kind, number, amount, "VND", CREATED_AT, reference, data=data)


def payment(kind: FactKind, **data: str) -> Fact:
    return fact(kind, "pi_1", 1_250_000, REFERENCE, payment_intent="pi_1", **data)


class TestContract(PaymentProviderContract):
    @pytest.fixture
    def provider(self) -> PaymentProvider:
        return StripeProvider()

    @pytest.fixture
    def config(self) -> Config:
        return CONFIG

    @pytest.fixture
    def samples(self) -> Samples:
        return make_samples()


def make_samples() -> Samples:
    """What Stripe sends, and what it never would."""
    paid = event("payment_intent.succeeded", intent())
    old = NOW - timedelta(seconds=301)
    declined = intent(
        status="requires_payment_method", amount_received=0, latest_charge=None,
        last_payment_error={"code": "card_declined", "decline_code": "insufficient_funds"},
    )  # fmt: skip
    about = {"payment_intent": "pi_1", "refund": "re_1"}
    return Samples(
        attempt=make_attempt(),
        good={
            "paid": (call(paid), payment(FactKind.PAID, status="succeeded")),
            "page paid": (
                call(event("checkout.session.completed", session())),
                payment(FactKind.PAID, session="cs_test_1"),
            ),
            "page waits for a bank": (
                call(event("checkout.session.completed", session(payment_status="unpaid"))),
                payment(FactKind.PENDING, session="cs_test_1"),
            ),
            "page ran out": (
                call(event("checkout.session.expired", session(status="expired", payment_intent=None))),
                fact(FactKind.EXPIRED, "cs_test_1", 1_250_000, REFERENCE, session="cs_test_1"),
            ),
            "declined": (
                call(event("payment_intent.payment_failed", declined)),
                payment(FactKind.FAILED, status="requires_payment_method", problem="insufficient_funds"),
            ),
            "refunded": (
                call(event("refund.updated", refund())),
                fact(FactKind.REFUNDED, "re_1", 625_000, None, **about),
            ),
            "refund failed": (
                call(event("refund.failed", refund(status="failed", failure_reason="lost_or_stolen_card"))),
                fact(FactKind.REFUND_FAILED, "re_1", 625_000, None, problem="lost_or_stolen_card", **about),
            ),
            "something went back": (
                call(event("charge.refunded", charge(amount_refunded=350_000, metadata={}))),
                fact(FactKind.REFUND_PENDING, "ch_1:350000", 350_000, None, payment_intent="pi_1"),
            ),
            "disputed": (
                call(event("charge.dispute.created", dispute())),
                fact(FactKind.DISPUTED, "dp_1", 1_250_000, None, payment_intent="pi_1", status="needs_response",
                     reason="fraudulent"),
            ),
            "lost": (
                call(event("charge.dispute.closed", dispute(status="lost"))),
                fact(FactKind.CHARGED_BACK, "dp_1", 1_250_000, None, payment_intent="pi_1", status="lost",
                     reason="fraudulent"),
            ),
        },
        forged={
            "amount": call(paid.replace(b"1250000", b"1250001"), header(paid)),
            "other secret": call(paid, header(paid, "whsec_other")),
            "no signature": Notice("POST", b"", {}, paid, NOW),
            "v0 only": call(paid, header(paid).replace("v1=", "v0=")),
            "upper-case signature": call(paid, header(paid).upper().replace("V1", "v1").replace("T=", "t=")),
            "five minutes old": call(paid, header(paid, at=old)),
            "time changed after signing": call(paid, header(paid, at=old).replace("t=1", "t=2", 1)),
            "two times": call(paid, "t=1," + header(paid)),
            "no time": call(paid, header(paid).partition(",")[2]),
            "live mode": call(event("payment_intent.succeeded", intent(), livemode=True)),
            "read": call(paid, method="GET"),
            "thin event": call(b'{"id":"evt_1","object":"v2.core.event","type":"x"}'),
            "fraction": call(event("payment_intent.succeeded", intent(amount_received=1250000.5))),
            "no money": call(event("payment_intent.succeeded", intent(amount_received=0))),
        },
        repeated={
            "signed again": (call(paid), call(paid, header(paid, at=NOW - timedelta(seconds=200)))),
            "while the secret is changed": (call(paid), call(paid, header(paid, "whsec_new", SECRET))),
        },
        pings={
            "another kind": call(event("customer.created", {"id": "cus_1", "object": "customer"})),
            "a payment of somebody else": call(event("payment_intent.succeeded", intent(metadata={}))),
        },
    )  # fmt: skip
