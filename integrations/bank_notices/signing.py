"""Signatures of bank notifiers. Sources: developer.sepay.vn, payos.vn/docs, Casso's webhook v2."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Collection, Mapping

from .documents import Json

_HEX = re.compile(r"[0-9a-fA-F]+")


def mac(data: bytes, secret: str, algorithm: str) -> str:
    """HMAC in lower-case hex."""
    return hmac.new(secret.encode(), data, algorithm).hexdigest()


def mac_equal(data: bytes, received: str, secret: str, algorithm: str) -> bool:
    """Compare in constant time; hex digits count by value, and without a secret nothing matches."""
    if not secret or not _HEX.fullmatch(received):
        return False
    return hmac.compare_digest(mac(data, secret, algorithm).encode(), received.lower().encode())


def token_equal(received: str, expected: str) -> bool:
    """Compare static keys in constant time, without telling their length."""
    if not expected:
        return False
    first = hashlib.sha256(received.encode(errors="surrogatepass")).digest()
    return hmac.compare_digest(first, hashlib.sha256(expected.encode()).digest())


def sepay_text(timestamp: str, body: bytes) -> bytes:
    """`<timestamp>.<raw body>`."""
    return timestamp.encode() + b"." + body


def payos_text(data: Mapping[str, Json], *, blank: Collection[str] = ()) -> bytes:
    """`name=value&...` sorted by name, raw values; null is empty, arrays are compact JSON.

    `blank` are texts that count as empty: payOS's own libraries treat `"null"` and `"undefined"` so.
    """
    return "&".join(f"{name}={_payos_value(data[name], blank)}" for name in sorted(data)).encode()


def _payos_value(value: Json, blank: Collection[str]) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return "" if value in blank else value
    return compact_json(value)


def casso_text(timestamp: str, document: Json) -> bytes:
    """`<t>.<JSON with sorted names at every level, compact, as JavaScript writes it>`."""
    return f"{timestamp}.{compact_json(document)}".encode()


def compact_json(value: Json) -> str:
    """JSON as JavaScript writes it: no spaces, no escapes of letters or `/`; names sorted."""
    return json.dumps(_whole(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _whole(value: Json) -> Json:
    """JavaScript knows one kind of number: `1.0` is written `1`."""
    if isinstance(value, dict):
        return {name: _whole(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_whole(entry) for entry in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)
    return value
