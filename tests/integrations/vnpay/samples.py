"""Genuine VNPay messages, signed here by hand: nothing of the adapter's signing is used."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from urllib.parse import quote_plus

from core.sdk.payments import HttpAnswer, Notice
from core.sdk.testing.payment import NOW

SECRET = "VNPAYTESTSECRET0123456789ABCDEF0"
CONFIG = {
    "merchant_code": "SCHOOL01",
    "hash_secret": SECRET,
    "pay_url": "https://sandbox.vnpayment.vn/paymentv2/vpcpay.html",
    "api_url": "https://sandbox.vnpayment.vn/merchant_webapi/api/transaction",
    "server_ip": "203.0.113.1",
}
RESPONSE_ORDER = [
    "ResponseId",
    "Command",
    "ResponseCode",
    "Message",
    "TmnCode",
    "TxnRef",
    "Amount",
    "BankCode",
    "PayDate",
    "TransactionNo",
    "TransactionType",
    "TransactionStatus",
    "OrderInfo",
]


def sha512(text: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def ipn_fields(**changes: str) -> dict[str, str]:
    fields = {
        "Amount": "125000000",
        "BankCode": "NCB",
        "BankTranNo": "VNP14422574",
        "CardType": "ATM",
        "OrderInfo": "Hoc phi thang 11 HS0001",
        "PayDate": "20261122083412",
        "ResponseCode": "00",
        "TmnCode": "SCHOOL01",
        "TransactionNo": "14422574",
        "TransactionStatus": "00",
        "TxnRef": "TRHABCD2345",
    }
    return {f"vnp_{name}": value for name, value in {**fields, **changes}.items()}


def signed_query(fields: Mapping[str, str], secret: str = SECRET) -> str:
    text = "&".join(f"{name}={quote_plus(fields[name])}" for name in sorted(fields) if fields[name])
    return f"{text}&vnp_SecureHash={sha512(text, secret)}"


def call(query: str | bytes, method: str = "GET") -> Notice:
    raw = query.encode() if isinstance(query, str) else query
    return Notice(method, raw, {"host": "truong.example"}, b"", NOW, "113.160.92.202")


def ipn(secret: str = SECRET, **changes: str) -> Notice:
    return call(signed_query(ipn_fields(**changes), secret))


def api_answer(extra: tuple[str, ...] = (), secret: str = SECRET, **changes: str | int | None) -> HttpAnswer:
    """A signed response of querydr (`extra` = the promotion fields) or refund."""
    fields: dict[str, str | int | None] = {
        "ResponseId": "r1",
        "Command": "querydr" if extra else "refund",
        "ResponseCode": "00",
        "Message": "OK",
        "TmnCode": "SCHOOL01",
        "TxnRef": "TRHABCD2345",
        "Amount": "125000000",
        "BankCode": "NCB",
        "PayDate": "20261122083412",
        "TransactionNo": "14422574",
        "TransactionType": "01",
        "TransactionStatus": "00",
        "OrderInfo": "Hoc phi",
        **changes,
    }
    text = "|".join("" if fields.get(n) is None else str(fields.get(n)) for n in (*RESPONSE_ORDER, *extra))
    body: dict[str, str | int | None] = {f"vnp_{name}": value for name, value in fields.items()}
    body["vnp_SecureHash"] = sha512(text, secret)
    return HttpAnswer(200, {}, json.dumps(body).encode())


PROMOTION = ("PromotionCode", "PromotionAmount")
