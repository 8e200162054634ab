"""Signatures of the Standard Webhooks specification, sections "Signature scheme" and "Headers".

`v1`: HMAC-SHA256 with `whsec_<base64>`; `v1a`: Ed25519 with `whsk_<base64>`, checked with `whpk_<base64>`.
Signed is `<id>.<timestamp>.<body>`, the body as the very bytes that are sent.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Scheme = Literal["v1", "v1a"]
_BYTES = 32
_SHARED, _PRIVATE, _PUBLIC = "whsec_", "whsk_", "whpk_"


def make_secret(scheme: Scheme) -> str:
    """A new secret of 32 random bytes, as the specification writes it."""
    return (_SHARED if scheme == "v1" else _PRIVATE) + b64encode(secrets.token_bytes(_BYTES)).decode()


def shown_key(secret: str) -> str:
    """What the receiver needs to check signatures: the shared secret itself, or the public key."""
    if secret.startswith(_SHARED):
        return secret
    public = _private(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return _PUBLIC + b64encode(public).decode()


def headers(message_id: str, at: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The three headers of a message, with one signature for each secret that is valid."""
    timestamp = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_sign(key, signed) for key in keys),
    }


def _sign(secret: str, content: bytes) -> str:
    if secret.startswith(_SHARED):
        digest = hmac.new(b64decode(secret.removeprefix(_SHARED)), content, hashlib.sha256).digest()
        return "v1," + b64encode(digest).decode()
    return "v1a," + b64encode(_private(secret).sign(content)).decode()


def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(b64decode(secret.removeprefix(_PRIVATE)))
