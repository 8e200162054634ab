"""VietQR keeps the contract of payment providers (as far as a rail without callbacks can)."""

from __future__ import annotations

import pytest

from core.sdk.payments import Config, Notice, PaymentProvider
from core.sdk.testing.payment import NOW, PaymentProviderContract, Samples, make_attempt
from integrations.vietqr.adapter import VietqrProvider

CONFIG = {
    "bank_bin": "970422",
    "account_number": "0001234567890",
    "account_name": "TRUONG THCS HOA PHUONG",
    "service": "account",
}


class TestContract(PaymentProviderContract):
    @pytest.fixture
    def provider(self) -> PaymentProvider:
        return VietqrProvider()

    @pytest.fixture
    def config(self) -> Config:
        return CONFIG

    @pytest.fixture
    def samples(self) -> Samples:
        call = Notice("POST", b"", {}, b'{"amount":1250000}', NOW)
        return Samples(make_attempt(), {}, {"a call": call}, {}, {})
