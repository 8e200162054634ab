"""VNPay keeps the contract of payment providers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.sdk.payments import Config, Fact, FactKind, PaymentProvider
from core.sdk.testing.payment import PaymentProviderContract, Samples, make_attempt
from integrations.vnpay.adapter import VnpayProvider

from .samples import CONFIG, call, ipn, ipn_fields, signed_query

PAID_AT = datetime(2026, 11, 22, 1, 34, 12, tzinfo=UTC)


def fact(kind: FactKind, txn: str = "14422574", **data: str) -> Fact:
    details = {
        "BankCode": "NCB",
        "BankTranNo": "VNP14422574",
        "CardType": "ATM",
        "ResponseCode": "00",
        "TransactionStatus": "00",
        "TransactionNo": "14422574",
        "PayDate": "20261122083412",
        **data,
    }
    memo = "Hoc phi thang 11 HS0001"
    return Fact(kind, txn, 1_250_000, "VND", PAID_AT, "TRHABCD2345", memo, "SCHOOL01", details)


class TestContract(PaymentProviderContract):
    @pytest.fixture
    def provider(self) -> PaymentProvider:
        return VnpayProvider()

    @pytest.fixture
    def config(self) -> Config:
        return CONFIG

    @pytest.fixture
    def samples(self) -> Samples:
        return make_samples()


def make_samples() -> Samples:
    """What VNPay sends, and what it never would."""
    good = signed_query(ipn_fields())
    failed = {"ResponseCode": "24", "TransactionStatus": "02"}
    review = {"ResponseCode": "07", "TransactionStatus": "00"}
    return Samples(
        attempt=make_attempt(),
        good={
            "paid": (call(good), fact(FactKind.PAID)),
            "cancelled": (
                ipn(**failed, TransactionNo="0"),
                fact(FactKind.FAILED, "TRHABCD2345", **failed, TransactionNo="0"),
            ),
            "review": (ipn(**review), fact(FactKind.REVIEW, **review)),
        },
        forged={
            "amount": call(good.replace("125000000", "125000100")),
            "code": call(signed_query(ipn_fields(ResponseCode="24")).replace("Code=24", "Code=00")),
            "no hash": call(good.partition("&vnp_SecureHash")[0]),
            "empty hash": call(good.partition("&vnp_SecureHash")[0] + "&vnp_SecureHash="),
            "other key": ipn(secret="other"),
            "other terminal": ipn(TmnCode="SCHOOL02"),
            "added field": call(good + "&vnp_Extra=1"),
            "repeated": call(good + "&vnp_Amount=1"),
            "posted": call(good, method="POST"),
        },
        repeated={
            "percent twenty": (call(good), call(good.replace("+", "%20"))),
            "upper-case hash": (call(good), call(good[:-128] + good[-128:].upper())),
            "tracking": (call(good), call("utm_source=x&" + good)),
            "other order": (call(good), call("&".join(reversed(good.split("&"))))),
        },
        pings={},
    )
