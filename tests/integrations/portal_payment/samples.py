"""Genuine messages of the platform, signed here by hand: nothing of the adapter's signing is used."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

from core.sdk.payments import HttpAnswer, Notice
from core.sdk.testing.payment import NOW

SECRET, KEY1, KEY2 = "portal-secret-of-the-tests", "keypay-key1-of-the-tests", "keypay-key2-of-the-tests"
LOOKUP_KEY = "lookup-key-of-the-tests"
CONFIG = {
    "merchant_code": "TRUONG01",
    "secret_key": SECRET,
    "api_url": "https://portal.example/platform",
    "algorithm": "sha256",
    "lookup_key": LOOKUP_KEY,
    "beneficiary_account": "0001234567890",
}
KEYPAY = {
    "merchant_code": "CLIENT01", "hash_key_1": KEY1, "hash_key_2": KEY2, "api_url": "https://portal.example/keypay",
    "lookup_key": LOOKUP_KEY,
}  # fmt: skip
CONFIRM = [
    "LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich", "MaNganHang", "ThoiGianGD",
    "ThongTinGiaoDich",
]  # fmt: skip
SIX = ["addition_fee", "client_id", "command", "trans_amount", "transaction_id", "version"]
PAID_AT = datetime(2026, 11, 22, 1, 34, 12, tzinfo=UTC)


def confirm_fields(secret: str = SECRET, /, **changes: object) -> dict[str, object]:
    fields: dict[str, object] = {
        "LoaiBanTin": "CONFIRM",
        "MaLoi": "00",
        "MaDoiTac": "TRUONG01",
        "MaThamChieu": "TRHABCD2345",
        "SoTien": 1_250_000,
        "MaTienTe": "VND",
        "MaGiaoDich": "PP0001",
        "MaNganHang": "VCB",
        "ThoiGianGD": "20261122083412",
        "ThongTinGiaoDich": "Khoan thu cua truong TRHABCD2345",
        **changes,
    }
    text = "|".join([*(str(fields.get(name, "")) for name in CONFIRM), secret])
    return {**fields, "MaXacThuc": hashlib.sha256(text.encode()).hexdigest()}


def callback_fields(key: str = KEY2, /, **changes: object) -> dict[str, object]:
    fields: dict[str, object] = {
        "client_id": "CLIENT01",
        "transaction_id": "TRHABCD2345",
        "trans_amount": "1250000",
        "command": "PAY",
        "version": "3.0",
        "addition_fee": "0",
        "status": 0,
        **changes,
    }
    text = "|".join(str(fields.get(name, "")) for name in SIX)
    return {**fields, "check_sum": hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()}


def call(body: dict[str, object] | bytes, method: str = "POST", **headers: str) -> Notice:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return Notice(method, b"", {"content-type": "application/json", **headers}, raw, NOW, "203.113.152.10")


def answer(content: object, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status, {}, json.dumps(content).encode())
