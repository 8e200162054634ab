"""Genuine ZaloPay messages, signed here by hand: nothing of the adapter's signing is used."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import urlencode

from core.sdk.payments import HttpAnswer, Notice
from core.sdk.testing.payment import NOW

KEY1, KEY2 = "zalopay-key1-of-the-tests-0123456", "zalopay-key2-of-the-tests-6543210"
CONFIG = {"merchant_code": "2553", "key1": KEY1, "key2": KEY2, "api_url": "https://sb-openapi.zalopay.vn/v2"}
PAID_AT_MS = 1_795_311_252_942


def sha256(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def data(**changes: object) -> str:
    """The `data` string of a callback, spelt as ZaloPay does."""
    fields: dict[str, object] = {
        "app_id": 2553,
        "app_trans_id": "261122_TRHABCD2345",
        "app_time": 1_795_311_000_000,
        "app_user": "TRHABCD2345",
        "amount": 1_250_000,
        "embed_data": '{"redirecturl":"https://truong.example/pay/return"}',
        "item": "[]",
        "zp_trans_id": 261_122_000_000_389,
        "server_time": PAID_AT_MS,
        "channel": 38,
        "merchant_user_id": "7ZMSl3nEg5sOUJzOLSoUFT8xKNQ",
        "user_fee_amount": 0,
        "discount_amount": 0,
        **changes,
    }
    kept = {name: value for name, value in fields.items() if value is not None}
    return json.dumps(kept, separators=(",", ":"), ensure_ascii=False)


def call(body: dict[str, object] | bytes, method: str = "POST") -> Notice:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Notice(method, b"", {"content-type": "application/json"}, raw, NOW, "113.160.92.202")


def callback(key: str = KEY2, /, **changes: object) -> Notice:
    text = data(**changes)
    return call({"data": text, "mac": sha256(text, key), "type": 1})


def api_answer(status: int = 200, /, **fields: object) -> HttpAnswer:
    body = {"return_code": 1, "return_message": "", "sub_return_code": 1, "sub_return_message": "", **fields}
    return HttpAnswer(status, {}, json.dumps(body).encode())


def back(
    key: str = KEY2, order: str = "appid|apptransid|pmcid|bankcode|amount|discountamount|status", **changes: object
) -> bytes:
    """The query string of a return address."""
    fields: dict[str, object] = {
        "appid": 2553,
        "apptransid": "261122_TRHABCD2345",
        "pmcid": 38,
        "bankcode": "",
        "amount": 1_250_000,
        "discountamount": 0,
        "status": 1,
        **changes,
    }
    checksum = sha256("|".join(str(fields[name]) for name in order.split("|")), key)
    return urlencode({**fields, "checksum": checksum}).encode()
