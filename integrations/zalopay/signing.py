"""Macs of ZaloPay: HMAC-SHA256 in lower-case hex over values joined by `|`.

`key1` signs what the merchant sends, `key2` what ZaloPay sends. Sources: docs.zalopay.vn (orders, callback, query,
refund); the redirect's order of fields is not confirmed there and is a setting.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable

REDIRECT = "appid|apptransid|pmcid|bankcode|amount|discountamount|status"
_HEX_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


def mac(text: str, key: str) -> str:
    """HMAC-SHA256 of `text` in lower-case hex."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def joined(values: Iterable[object]) -> str:
    """Values as they are, joined by `|`."""
    return "|".join(str(value) for value in values)


def genuine(text: str, received: str, key: str) -> bool:
    """Compare in constant time. Hex digits count by value; without a key nothing is genuine."""
    if not key or not _HEX_SHA256.fullmatch(received):
        return False
    return hmac.compare_digest(mac(text, key).encode(), received.lower().encode())
