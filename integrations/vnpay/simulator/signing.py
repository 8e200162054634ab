"""The simulator's own hashes, written from VNPay's document and not from the adapter."""

from __future__ import annotations

import hmac
from urllib.parse import urlencode

QUERY_ASK = (
    "vnp_RequestId|vnp_Version|vnp_Command|vnp_TmnCode|vnp_TxnRef|vnp_TransactionDate|vnp_CreateDate|"
    "vnp_IpAddr|vnp_OrderInfo"
)
REFUND_ASK = (
    "vnp_RequestId|vnp_Version|vnp_Command|vnp_TmnCode|vnp_TransactionType|vnp_TxnRef|vnp_Amount|"
    "vnp_TransactionNo|vnp_TransactionDate|vnp_CreateBy|vnp_CreateDate|vnp_IpAddr|vnp_OrderInfo"
)
REFUND_REPLY = (
    "vnp_ResponseId|vnp_Command|vnp_ResponseCode|vnp_Message|vnp_TmnCode|vnp_TxnRef|vnp_Amount|vnp_BankCode|"
    "vnp_PayDate|vnp_TransactionNo|vnp_TransactionType|vnp_TransactionStatus|vnp_OrderInfo"
)
QUERY_REPLY = REFUND_REPLY + "|vnp_PromotionCode|vnp_PromotionAmount"


def digest(secret: str, text: str) -> str:
    return hmac.digest(secret.encode("utf-8"), text.encode("utf-8"), "sha512").hex()


def sign_query(secret: str, fields: dict[str, str]) -> str:
    """A query string with its hash at the end."""
    filled = [(name, fields[name]) for name in sorted(fields) if fields[name] != ""]
    text = urlencode(filled)
    return text + "&vnp_SecureHash=" + digest(secret, text)


def query_is_signed(secret: str, raw_query: str) -> bool:
    """Whether the hash of a pay request fits its raw query string."""
    parts = raw_query.split("&")
    received = [part.split("=", 1)[1] for part in parts if part.startswith("vnp_SecureHash=")]
    signed = sorted(p for p in parts if not p.startswith("vnp_SecureHash") and not p.endswith("="))
    return len(received) == 1 and hmac.compare_digest(received[0], digest(secret, "&".join(signed)))


def hash_of(secret: str, names: str, fields: dict[str, str]) -> str:
    """The hash over values in the order of `names`."""
    return digest(secret, "|".join(fields.get(name, "") for name in names.split("|")))
