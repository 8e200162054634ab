"""Genuine MoMo messages, signed here by hand: nothing of the adapter's signing is used."""

from __future__ import annotations

import hashlib
import hmac
import json

from core.sdk.payments import HttpAnswer, Notice
from core.sdk.testing.payment import NOW

ACCESS, SECRET = "MOMOACCESSTEST01", "momo-secret-key-of-the-tests-012"
CONFIG = {
    "merchant_code": "SCHOOL01",
    "access_key": ACCESS,
    "secret_key": SECRET,
    "api_url": "https://test-payment.momo.vn/v2/gateway/api",
    "request_type": "captureWallet",
    "capture": "auto",
}
ORDER = [
    "amount", "extraData", "message", "orderId", "orderInfo", "orderType", "partnerCode", "payType", "requestId",
    "responseTime", "resultCode", "transId",
]  # fmt: skip
PAID_AT_MS = 1_795_311_252_942


def sha256(text: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed(fields: dict[str, object], order: list[str], secret: str = SECRET, access: str = ACCESS) -> str:
    return sha256("&".join([f"accessKey={access}", *(f"{name}={fields.get(name, '')}" for name in order)]), secret)


def ipn_fields(secret: str = SECRET, /, **changes: object) -> dict[str, object]:
    """The fields of a notice with their signature."""
    fields: dict[str, object] = {
        "partnerCode": "SCHOOL01",
        "orderId": "TRHABCD2345",
        "requestId": "0199f2a0000070008000000000000001",
        "amount": 1_250_000,
        "orderInfo": "Học phí tháng 11",
        "orderType": "momo_wallet",
        "transId": 4_088_878_653,
        "resultCode": 0,
        "message": "Thành công.",
        "payType": "qr",
        "responseTime": PAID_AT_MS,
        "extraData": "",
        **changes,
    }
    return {**fields, "signature": signed(fields, ORDER, secret)}


def call(body: dict[str, object] | bytes, method: str = "POST", query: bytes = b"") -> Notice:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return Notice(method, query, {"content-type": "application/json; charset=UTF-8"}, raw, NOW, "210.245.113.71")


def ipn(secret: str = SECRET, /, **changes: object) -> Notice:
    return call(ipn_fields(secret, **changes))


def api_answer(status: int = 200, /, **changes: object) -> HttpAnswer:
    """An answer of the interface; fields set to None are left out."""
    fields: dict[str, object] = {
        "partnerCode": "SCHOOL01",
        "orderId": "TRHABCD2345",
        "requestId": "q1",
        "amount": 1_250_000,
        "transId": 4_088_878_653,
        "payType": "qr",
        "resultCode": 0,
        "message": "Thành công.",
        "responseTime": PAID_AT_MS,
        **changes,
    }
    body = {name: value for name, value in fields.items() if value is not None}
    return HttpAnswer(status, {}, json.dumps(body, ensure_ascii=False).encode())
