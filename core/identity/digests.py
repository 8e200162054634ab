"""Keyed hashes of tokens, codes and ids: what is stored cannot be guessed back, nor forged, without the keys.

After the keys of the installation were changed, older hashes are still found as long as the older key is there.
"""

from __future__ import annotations

import hashlib
import hmac

from core.settings.keys import keys


def digest(purpose: str, text: str) -> bytes:
    """HMAC-SHA256 of a text with the newest key of a purpose, to be stored."""
    return digests(purpose, text)[0]


def digests(purpose: str, text: str) -> list[bytes]:
    """The same with every key that is there, newest first, to be looked for."""
    return [hmac.new(key, text.encode(), hashlib.sha256).digest() for key in keys().derive(purpose)]


def matches(purpose: str, text: str, stored: bytes) -> bool:
    """Whether a text is the one whose hash is stored, in constant time."""
    right = False
    for candidate in digests(purpose, text):
        right |= hmac.compare_digest(candidate, stored)
    return right
