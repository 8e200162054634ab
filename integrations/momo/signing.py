"""Signatures of MoMo: HMAC-SHA256 in lower-case hex over `name=value&...` in a fixed order, raw values.

The access key comes first in every text although no message carries it. Sources: developers.momo.vn v3, pages
"payment notification", "query", "refund" and "confirm".
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping

from core.sdk.payments import Config

CREATE = (
    "amount", "extraData", "ipnUrl", "orderId", "orderInfo", "partnerCode", "redirectUrl", "requestId", "requestType",
)  # fmt: skip
NOTICE = (
    "amount", "extraData", "message", "orderId", "orderInfo", "orderType", "partnerCode", "payType", "requestId",
    "responseTime", "resultCode", "transId",
)  # fmt: skip
QUERY = ("orderId", "partnerCode", "requestId")
REFUND = ("amount", "description", "orderId", "partnerCode", "requestId", "transId")
CONFIRM = ("amount", "description", "orderId", "partnerCode", "requestId", "requestType")

_HEX_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


def canonical(params: Mapping[str, str], order: Iterable[str], access_key: str) -> str:
    """The signed text: values as they are, neither encoded nor trimmed; an absent field is empty."""
    pairs = [f"{name}={params.get(name, '')}" for name in order]
    return "&".join([f"accessKey={access_key}", *pairs])


def mac(text: str, secret: str) -> str:
    """HMAC-SHA256 of `text` in lower-case hex."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def sign(params: Mapping[str, str], order: Iterable[str], config: Config) -> str:
    """The signature of a message of ours."""
    return mac(canonical(params, order, config.get("access_key", "")), config.get("secret_key", ""))


def genuine(params: Mapping[str, str], order: Iterable[str], config: Config) -> bool:
    """Compare in constant time. Hex digits count by value; without both keys nothing is genuine."""
    received, secret, access_key = (
        params.get("signature", ""),
        config.get("secret_key", ""),
        config.get("access_key", ""),
    )
    if not secret or not access_key or not _HEX_SHA256.fullmatch(received):
        return False
    wanted = mac(canonical(params, order, access_key), secret)
    return hmac.compare_digest(wanted.encode(), received.lower().encode())
