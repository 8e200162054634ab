"""Signed links that expire: for a parent's bill, an invitation, a known device.

A token is 36 bytes in 48 characters, short enough for a QR code: 4 bytes time of expiry (seconds since 1970),
16 bytes target, 16 bytes HMAC-SHA256 (truncated, RFC 2104 section 5) over kind, expiry and target. It names
only a record: no personal data. The kind is signed but not written, so a link of one kind cannot be used as another.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from core.settings.keys import Keyring, keys
from core.types.errors import NotFound, TruongError
from core.types.message import _

_LENGTH = 48
_PURPOSE = "link"


class LinkExpired(TruongError):
    """The link was genuine and is over; the page says how to get a new one."""

    status: ClassVar[int] = 410
    default_code: ClassVar[str] = "link_expired"

    def __init__(self, target: UUID | None = None) -> None:
        super().__init__(_("This link has expired. Please ask the school for a new one."))
        self.target = target
        """What it named, to tell the holder whom to ask; the link itself opens nothing any more."""


def make_link(kind: str, target: UUID, expires: datetime, *, keyring: Keyring | None = None) -> str:
    """A token for a target.

    Args:
        kind: what the link is for, such as `finance.bill`; read with the same.
        target: id of the record.
        expires: aware; cut to the second.
    """
    head = struct.pack(">I", int(expires.astimezone(UTC).timestamp())) + target.bytes
    key = (keyring or keys()).derive(_PURPOSE)[0]
    return urlsafe_b64encode(head + _mac(key, kind, head)).decode()


def named_by(token: str) -> UUID:
    """The target that a token claims to name: nothing is checked, so only to look up how it has to be read.

    Raises:
        NotFound: when it is no token at all.
    """
    if len(token) != _LENGTH or not token.isascii():
        raise NotFound
    try:
        return UUID(bytes=urlsafe_b64decode(token)[4:20])
    except ValueError:
        raise NotFound from None


def read_link(kind: str, token: str, now: datetime, *, keyring: Keyring | None = None) -> UUID:
    """The target of a token.

    Raises:
        NotFound: when it was not made here, for this kind, or was changed.
        LinkExpired: when its time is over.
    """
    if len(token) != _LENGTH or not token.isascii():
        raise NotFound
    try:
        raw = urlsafe_b64decode(token)
    except ValueError:
        raise NotFound from None
    head, mac = raw[:20], raw[20:]
    genuine = False
    for key in (keyring or keys()).derive(_PURPOSE):
        genuine |= hmac.compare_digest(mac, _mac(key, kind, head))
    # One token, one text: base64 decoders forgive foreign characters.
    if not genuine or urlsafe_b64encode(raw).decode() != token:
        raise NotFound
    if now.timestamp() >= struct.unpack(">I", head[:4])[0]:
        raise LinkExpired(UUID(bytes=head[4:]))
    return UUID(bytes=head[4:])


def _mac(key: bytes, kind: str, head: bytes) -> bytes:
    return hmac.new(key, kind.encode() + b"\0" + head, hashlib.sha256).digest()[:16]
