"""MoMo keeps the contract of payment providers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from core.sdk.payments import Config, Fact, FactKind, PaymentProvider
from core.sdk.testing.payment import PaymentProviderContract, Samples, make_attempt
from integrations.momo.adapter import MomoProvider

from .samples import CONFIG, PAID_AT_MS, call, ipn, ipn_fields

PAID_AT = datetime.fromtimestamp(PAID_AT_MS / 1000, UTC)


def fact(kind: FactKind, **data: str) -> Fact:
    details = {
        "resultCode": "0",
        "payType": "qr",
        "orderType": "momo_wallet",
        "requestId": "0199f2a0000070008000000000000001",
        "transId": "4088878653",
        "responseTime": str(PAID_AT_MS),
        **data,
    }
    memo = "Học phí tháng 11"
    return Fact(kind, "4088878653", 1_250_000, "VND", PAID_AT, "TRHABCD2345", memo, "SCHOOL01", details)


class TestContract(PaymentProviderContract):
    @pytest.fixture
    def provider(self) -> PaymentProvider:
        return MomoProvider()

    @pytest.fixture
    def config(self) -> Config:
        return CONFIG

    @pytest.fixture
    def samples(self) -> Samples:
        return make_samples()


def make_samples() -> Samples:
    """What MoMo sends, and what it never would."""
    good = ipn_fields()
    cancelled = {"resultCode": 1006, "message": "Giao dịch bị từ chối bởi người dùng."}
    compact = json.dumps(good, separators=(",", ":"), ensure_ascii=True).encode()
    return Samples(
        attempt=make_attempt(),
        good={
            "paid": (call(good), fact(FactKind.PAID)),
            "cancelled": (ipn(**cancelled), fact(FactKind.FAILED, resultCode="1006")),
            "expired": (ipn(resultCode=1005), fact(FactKind.EXPIRED, resultCode="1005")),
            "waiting": (ipn(resultCode=7000), fact(FactKind.PENDING, resultCode="7000")),
            "authorised in one step": (ipn(resultCode=9000), fact(FactKind.PAID, resultCode="9000")),
        },
        forged={
            "amount": call({**good, "amount": 1_250_001}),
            "result": call({**ipn_fields(**cancelled), "resultCode": 0}),
            "no signature": call({name: value for name, value in good.items() if name != "signature"}),
            "empty signature": call({**good, "signature": ""}),
            "other key": ipn("other"),
            "other partner": ipn(partnerCode="SCHOOL02"),
            "repeated name": call(json.dumps(good).encode().replace(b'{"', b'{"amount": 1, "', 1)),
            "form": call(urlencode(good).encode()),
            "read": call(good, method="GET", query=urlencode(good).encode()),
        },
        repeated={
            "letters as escapes": (call(good), call(compact)),
            "other order of names": (call(good), call(dict(reversed(good.items())))),
            "upper-case signature": (call(good), call({**good, "signature": str(good["signature"]).upper()})),
            "new unsigned field": (call(good), call({**good, "paymentOption": "momo", "promotionInfo": [{"a": 1}]})),
            "amount as text": (call(good), call({**good, "amount": "1250000"})),
        },
        pings={},
    )
