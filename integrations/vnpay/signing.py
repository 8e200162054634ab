"""Signatures of VNPay 2.1.0: HMAC-SHA512 in lower-case hex, over a query string or over values joined by `|`.

Sources: VNPay's pay, querydr and refund documents (sandbox.vnpayment.vn/apis/docs).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote_plus

HASH_FIELD = "vnp_SecureHash"
UNSIGNED_FIELDS = frozenset({HASH_FIELD, "vnp_SecureHashType"})

QUERY_REQUEST = (
    "RequestId", "Version", "Command", "TmnCode", "TxnRef", "TransactionDate", "CreateDate", "IpAddr",
    "OrderInfo",
)  # fmt: skip
REFUND_REQUEST = (
    "RequestId", "Version", "Command", "TmnCode", "TransactionType", "TxnRef", "Amount", "TransactionNo",
    "TransactionDate", "CreateBy", "CreateDate", "IpAddr", "OrderInfo",
)  # fmt: skip
REFUND_RESPONSE = (
    "ResponseId", "Command", "ResponseCode", "Message", "TmnCode", "TxnRef", "Amount", "BankCode", "PayDate",
    "TransactionNo", "TransactionType", "TransactionStatus", "OrderInfo",
)  # fmt: skip
QUERY_RESPONSE = (*REFUND_RESPONSE, "PromotionCode", "PromotionAmount")

_HEX_SHA512 = re.compile(r"[0-9a-fA-F]{128}")


def mac(text: str, secret: str) -> str:
    """HMAC-SHA512 of `text` in lower-case hex."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def mac_equal(text: str, received: str, secret: str) -> bool:
    """Compare in constant time. Hex digits count by value (upper case is fine); no secret, no match."""
    if not secret or not _HEX_SHA512.fullmatch(received):
        return False
    return hmac.compare_digest(mac(text, secret).encode(), received.lower().encode())


def form_encode(text: str) -> str:
    """Form encoding as browsers and Java do it: `*-._` stay, space is `+`, `~` is `%7E`."""
    return quote_plus(text, safe="*").replace("~", "%7E")


def canonical_query(params: Mapping[str, str]) -> str:
    """The signed text of pay request and notice: sorted by ASCII, without empty values, form-encoded."""
    pairs = sorted((key, value) for key, value in params.items() if value and key not in UNSIGNED_FIELDS)
    return "&".join(f"{form_encode(key)}={form_encode(value)}" for key, value in pairs)


def canonical_raw(pairs: Iterable[tuple[str, str]]) -> str:
    """The same over raw, still encoded pairs, exactly as they came."""
    signed = sorted((key, value) for key, value in pairs if value and key not in UNSIGNED_FIELDS)
    return "&".join(f"{key}={value}" for key, value in signed)


def canonical_fields(params: Mapping[str, str], order: Iterable[str]) -> str:
    """Values in a fixed order, joined by `|`; a field that is empty or absent still takes its place."""
    return "|".join(params.get(f"vnp_{name}", "") for name in order)


def response_equal(params: Mapping[str, str], order: Iterable[str], secret: str) -> bool:
    """Check the signature of a querydr or refund response.

    When the transaction number is not known, VNPay's PHP sample signs it as empty while others write `0`:
    the two spellings mean the same, so either is accepted.
    """
    names = tuple(order)
    received = params.get(HASH_FIELD, "")
    spellings = [params]
    if params.get("vnp_TransactionNo", "") in ("", "0"):
        spellings = [{**params, "vnp_TransactionNo": number} for number in ("", "0")]
    return any(mac_equal(canonical_fields(spelling, names), received, secret) for spelling in spellings)
