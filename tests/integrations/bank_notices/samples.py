"""Genuine notices of the three notifiers, signed here by hand: nothing of the adapter's signing is used."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime

from core.sdk.payments import Notice
from core.sdk.testing.payment import NOW

SECRET = "whsec_test_0123456789"
ACCOUNT = "0001234567890"
PING_PAYOS: dict[str, object] = {
    "orderCode": 123,
    "amount": 3000,
    "description": "VQRIO123",
    "accountNumber": "12345678",
    "reference": "TF230204212323",
    "transactionDateTime": "2023-02-04 18:25:00",
    "currency": "VND",
    "paymentLinkId": "124c33293c43417ab7879e14c8d9eb18",
    "code": "00",
    "desc": "Thành công",
}


def config(style: str) -> dict[str, str]:
    return {"style": style, "secret": SECRET, "account_number": ACCOUNT}


def mac(data: str | bytes, algorithm: str = "sha256", secret: str = SECRET) -> str:
    raw = data.encode() if isinstance(data, str) else data
    return hmac.new(secret.encode(), raw, getattr(hashlib, algorithm)).hexdigest()


def post(body: bytes, headers: dict[str, str], at: datetime = NOW) -> Notice:
    return Notice("POST", b"", headers, body, at, "103.255.238.1")


def sepay_fields(**changes: object) -> dict[str, object]:
    return {
        "id": 92704,
        "gateway": "MBBank",
        "transactionDate": "2026-11-22 08:34:12",
        "accountNumber": ACCOUNT,
        "code": None,
        "content": "MBVCB.778 TRHABCD2345 hoc phi",
        "transferType": "in",
        "transferAmount": 1250000,
        "accumulated": 987654321,
        "subAccount": None,
        "referenceCode": "FT26326000123",
        "description": "",
        **changes,
    }


def sepay_raw(body: bytes, secret: str = SECRET, age: int = 0) -> Notice:
    timestamp = str(int(NOW.timestamp()) - age)
    signature = "sha256=" + mac(timestamp.encode() + b"." + body, secret=secret)
    return post(body, {"x-sepay-timestamp": timestamp, "x-sepay-signature": signature})


def sepay(secret: str = SECRET, age: int = 0, **changes: object) -> Notice:
    return sepay_raw(json.dumps(sepay_fields(**changes), ensure_ascii=False).encode(), secret, age)


def sepay_key(key: str = SECRET, **changes: object) -> Notice:
    return post(json.dumps(sepay_fields(**changes)).encode(), {"authorization": f"Apikey {key}"})


def payos_fields(**changes: object) -> dict[str, object]:
    return {
        **PING_PAYOS,
        "orderCode": 77,
        "amount": 1250000,
        "description": "TRHABCD2345",
        "accountNumber": ACCOUNT,
        "reference": "FT26326000124",
        "transactionDateTime": "2026-11-22 08:34:12",
        "paymentLinkId": "link-77",
        "counterAccountName": "NGUYEN VAN B",
        "counterAccountBankName": None,
        **changes,
    }


def payos(**changes: object) -> Notice:
    return payos_signed(payos_fields(**changes))


def payos_signed(data: dict[str, object], secret: str = SECRET, outside: dict[str, object] | None = None) -> Notice:
    text = "&".join(f"{name}={'' if data[name] is None else data[name]}" for name in sorted(data))
    document = {"code": "00", "desc": "success", "success": True, **(outside or {}), "data": data}
    document["signature"] = mac(text, secret=secret)
    return post(json.dumps(document, ensure_ascii=False).encode(), {"content-type": "application/json"})


def casso_fields(**changes: object) -> dict[str, object]:
    return {
        "id": 900001,
        "reference": "FT26326000125",
        "description": "Tiền ăn / TRHABCD2345",
        "amount": 1250000,
        "runningBalance": 987654321,
        "transactionDateTime": "2026-11-22 08:34:12",
        "accountNumber": ACCOUNT,
        "bankAbbreviation": "MB",
        "counterAccountName": "NGUYEN VAN B",
        **changes,
    }


def casso(secret: str = SECRET, **changes: object) -> Notice:
    document = {"error": 0, "data": casso_fields(**changes)}
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    signature = mac(f"1795311252000.{text}", "sha512", secret)
    return post(json.dumps(document).encode(), {"x-casso-signature": f"t=1795311252000,v1={signature}"})
