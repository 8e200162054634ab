"""ZaloPay keeps the contract of payment providers."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from core.sdk.payments import Config, Fact, FactKind, PaymentProvider
from core.sdk.testing.payment import PaymentProviderContract, Samples, make_attempt
from integrations.zalopay.adapter import ZalopayProvider

from .samples import CONFIG, KEY1, KEY2, PAID_AT_MS, call, callback, data, sha256

PAID = Fact(
    kind=FactKind.PAID,
    provider_txn="261122000000389",
    amount=1_250_000,
    currency="VND",
    occurred_at=datetime.fromtimestamp(PAID_AT_MS / 1000, UTC),
    reference="TRHABCD2345",
    merchant="2553",
    data={
        "app_trans_id": "261122_TRHABCD2345",
        "channel": "38",
        "server_time": str(PAID_AT_MS),
        "user_fee_amount": "0",
        "discount_amount": "0",
    },
)


class TestContract(PaymentProviderContract):
    @pytest.fixture
    def provider(self) -> PaymentProvider:
        return ZalopayProvider()

    @pytest.fixture
    def config(self) -> Config:
        return CONFIG

    @pytest.fixture
    def samples(self) -> Samples:
        return make_samples()


def make_samples() -> Samples:
    """What ZaloPay sends, and what it never would."""
    text = data()
    good: dict[str, object] = {"data": text, "mac": sha256(text, KEY2), "type": 1}
    respelt = json.dumps(json.loads(text))
    agreement = json.dumps({"app_id": 2553, "agreement_id": "A1"}, separators=(",", ":"))
    return Samples(
        attempt=make_attempt(),
        good={"paid": (call(good), PAID)},
        forged={
            "signed with key1": callback(KEY1),
            "amount": call({**good, "data": data(amount=1_250_001)}),
            "written anew": call({**good, "data": respelt}),
            "data as an object": call({**good, "data": json.loads(text)}),
            "no mac": call({"data": text, "type": 1}),
            "other application": callback(app_id=2554),
            "posted by GET": call(good, method="GET"),
            "repeated name": call(json.dumps(good).encode().replace(b'{"', b'{"data": "", "', 1)),
            "no number": callback(zp_trans_id=0),
            "an order called agreement": callback(app_trans_id=None),
        },
        repeated={
            "letters as escapes": (call(good), call(json.dumps(good).replace("TRH", "\\u0054RH").encode())),
            "upper-case mac": (call(good), call({**good, "mac": str(good["mac"]).upper()})),
            "another type": (call(good), call({**good, "type": 2})),
        },
        pings={"agreement": call({"data": agreement, "mac": sha256(agreement, KEY2), "type": 2})},
    )
