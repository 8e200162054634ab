"""Genuine messages of three services as bytes on the wire, signed here by hand: nothing of the adapters is used."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Mapping, Sequence
from urllib.parse import quote_plus
from uuid import UUID

from .paid_bills import AMOUNT, NUMBER, attempt_reference, reference, school_of

SECRET = "benchmark-secret-0123456789ABCDEF"  # noqa: S105  (of nobody)
_HOST = "Host: 127.0.0.1\r\n"


def terminal(school: int) -> str:
    """VNPay's code of a school."""
    return f"BENCH{school:03}"


def message(rails: Mapping[str, Sequence[UUID]], charge: int) -> bytes:
    """The request that tells of the payment of a bill: two by VNPay, one by SePay, one by Casso, in turn.

    The number of a bill decides its school too; 50 schools and 4 turns take 100 bills to meet in every way.
    """
    turn, school = charge // 50 % 4, school_of(charge)
    if turn < 2:
        return _vnpay(rails["vnpay"][school], charge, school)
    style, headers, body = ("sepay", *_sepay(charge)) if turn == 2 else ("casso", *_casso(charge))
    head = f"POST /notices/{rails[style][school]} HTTP/1.1\r\n{_HOST}Content-Type: application/json\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _mac(data: bytes, algorithm: str) -> str:
    return hmac.new(SECRET.encode(), data, algorithm).hexdigest()


def _vnpay(channel: UUID, charge: int, school: int) -> bytes:
    fields = {
        "vnp_Amount": str(AMOUNT * 100),
        "vnp_BankCode": "NCB",
        "vnp_BankTranNo": f"VNP{charge}",
        "vnp_CardType": "ATM",
        "vnp_OrderInfo": "Hoc phi thang 11",
        "vnp_PayDate": "20261122083412",
        "vnp_ResponseCode": "00",
        "vnp_TmnCode": terminal(school),
        "vnp_TransactionNo": str(charge),
        "vnp_TransactionStatus": "00",
        "vnp_TxnRef": attempt_reference(charge),
    }
    query = "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items())
    signed = f"{query}&vnp_SecureHash={_mac(query.encode(), 'sha512')}"
    return f"GET /notices/{channel}?{signed} HTTP/1.1\r\n{_HOST}\r\n".encode()


def _sepay(charge: int) -> tuple[str, bytes]:
    fields = {
        "id": charge,
        "gateway": "MBBank",
        "transactionDate": "2026-11-22 08:34:12",
        "accountNumber": NUMBER,
        "code": None,
        "content": f"MBVCB.778 {reference(charge)} hoc phi",
        "transferType": "in",
        "transferAmount": AMOUNT,
        "accumulated": 987654321,
        "subAccount": None,
        "referenceCode": f"FT{charge}",
        "description": "",
    }
    body, moment = json.dumps(fields).encode(), str(int(time.time()))
    digest = _mac(moment.encode() + b"." + body, "sha256")
    return f"X-SePay-Timestamp: {moment}\r\nX-SePay-Signature: sha256={digest}\r\n", body


def _casso(charge: int) -> tuple[str, bytes]:
    data = {
        "id": charge,
        "reference": f"FT{charge}",
        "description": f"Tiền ăn / {reference(charge)}",
        "amount": AMOUNT,
        "runningBalance": 987654321,
        "transactionDateTime": "2026-11-22 08:34:12",
        "accountNumber": NUMBER,
        "bankAbbreviation": "MB",
        "counterAccountName": "NGUYEN VAN B",
    }
    document = {"error": 0, "data": data}
    written = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = _mac(f"1795311252000.{written}".encode(), "sha512")
    return f"X-Casso-Signature: t=1795311252000,v1={digest}\r\n", json.dumps(document).encode()
