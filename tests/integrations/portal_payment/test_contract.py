"""Both shapes of the portal's platform keep the contract of payment providers."""

from __future__ import annotations

import json

import pytest

from core.sdk.payments import Config, Fact, FactKind, PaymentProvider
from core.sdk.testing.payment import NOW, PaymentProviderContract, Samples, make_attempt
from integrations.portal_payment.keypay import KeypayProvider
from integrations.portal_payment.platform import PlatformProvider

from .samples import CONFIG, KEYPAY, PAID_AT, call, callback_fields, confirm_fields


def fact(kind: FactKind, code: str) -> Fact:
    data = {"MaLoi": code, "MaGiaoDich": "PP0001", "MaNganHang": "VCB", "ThoiGianGD": "20261122083412"}
    return Fact(kind, "PP0001", 1_250_000, "VND", PAID_AT, "TRHABCD2345", merchant="TRUONG01", data=data)


class TestPlatform(PaymentProviderContract):
    @pytest.fixture
    def provider(self) -> PaymentProvider:
        return PlatformProvider()

    @pytest.fixture
    def config(self) -> Config:
        return CONFIG

    @pytest.fixture
    def samples(self) -> Samples:
        good = confirm_fields()
        return Samples(
            attempt=make_attempt(),
            good={
                "paid": (call(good), fact(FactKind.PAID, "00")),
                "failed": (call(confirm_fields(MaLoi="24")), fact(FactKind.FAILED, "24")),
            },
            forged={
                "amount": call({**good, "SoTien": 1_250_001}),
                "result": call({**confirm_fields(MaLoi="24"), "MaLoi": "00"}),
                "no check value": call({name: value for name, value in good.items() if name != "MaXacThuc"}),
                "other secret": call(confirm_fields("other")),
                "no secret": call(confirm_fields("")),
                "other partner": call(confirm_fields(MaDoiTac="TRUONG02")),
                "a message of ours": call(confirm_fields(LoaiBanTin="INIT")),
                "two fields in one": call(confirm_fields(MaNganHang="VCB|20261122083412", ThoiGianGD="x")),
                "shifted": call({**confirm_fields(MaNganHang="V|CB"), "MaGiaoDich": "PP0001|V", "MaNganHang": "CB"}),
                "no number": call(confirm_fields(MaGiaoDich="")),
                "no money": call(confirm_fields(SoTien=0)),
                "read": call(good, method="GET"),
            },
            repeated={
                "amount as text": (call(good), call({**good, "SoTien": "1250000"})),
                "other order of names": (call(good), call(dict(reversed(good.items())))),
                "letters as escapes": (call(good), call(json.dumps(good, separators=(",", ":")).encode())),
                "upper-case hex": (call(good), call({**good, "MaXacThuc": str(good["MaXacThuc"]).upper()})),
            },
            pings={},
        )  # fmt: skip


class TestKeypay(PaymentProviderContract):
    @pytest.fixture
    def provider(self) -> PaymentProvider:
        return KeypayProvider()

    @pytest.fixture
    def config(self) -> Config:
        return KEYPAY

    @pytest.fixture
    def samples(self) -> Samples:
        """A callback never says that something was paid: the status is not signed."""
        good = callback_fields()
        reference = "TRHABCD2345"
        waits = Fact(FactKind.PENDING, reference, 1_250_000, "VND", NOW, reference, merchant="CLIENT01",
                     data={"addition_fee": "0"})  # fmt: skip
        return Samples(
            attempt=make_attempt(),
            good={"called": (call(good), waits), "called of a failure": (call({**good, "status": 2}), waits)},
            forged={
                "amount": call({**good, "trans_amount": "1250001"}),
                "first key": call(callback_fields(KEYPAY["hash_key_1"])),
                "no check sum": call({name: value for name, value in good.items() if name != "check_sum"}),
                "other client": call(callback_fields(client_id="CLIENT02")),
                "two fields in one": call(callback_fields(client_id="CLIENT01|PAY", command="")),
                "no number": call(callback_fields(transaction_id="")),
            },
            repeated={"amount as number": (call(good), call({**good, "trans_amount": 1_250_000}))},
            pings={},
        )
