"""The canonical bytes of an audit entry, and its hash. Pure.

JSON with sorted keys, no spaces and UTF-8, restricted to values that PostgreSQL's jsonb gives back unchanged:
a number with a fraction is refused (money is integer, marks are written as text), NUL and lone surrogates
become U+FFFD.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from core.types.message import Message

_VERSION = 1


class Facts(NamedTuple):
    """What an entry says, in the order of its columns."""

    id: UUID
    school_id: UUID | None
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    action: str
    target_type: str
    target_id: str
    detail: dict[str, Any]


def plain(value: object) -> Any:
    """The value as plain JSON.

    Raises:
        TypeError: for a float or anything else that has no exact JSON form.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):  # an enumeration of texts too
        return clean(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return {clean(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
        items = value if isinstance(value, Sequence) else sorted(value, key=str)
        return [plain(item) for item in items]
    return _scalar(value)


def _scalar(value: object) -> Any:
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Message):
        return plain(value.to_json())
    raise TypeError(f"an audit entry cannot hold a {type(value).__name__}")


def clean(text: str) -> str:
    """The text without what jsonb and UTF-8 cannot carry."""
    if text.isascii() and "\0" not in text:
        return str(text)
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def moment(at: datetime) -> str:
    """UTC to the microsecond, as the database keeps it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entry_hash(facts: Facts) -> bytes:
    """SHA-256 over the canonical bytes of an entry."""
    body = [
        _VERSION,
        facts.id.hex,
        facts.school_id.hex if facts.school_id else None,
        moment(facts.at),
        facts.actor_kind,
        facts.actor_id.hex if facts.actor_id else None,
        facts.actor_name,
        facts.action,
        facts.target_type,
        facts.target_id,
        facts.detail,
    ]
    return sha256(dumps(body).encode()).digest()


dumps = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def link_hash(previous: bytes, seq: int, entry: bytes) -> bytes:
    """The hash of a link: SHA-256 over the hash before it, its number (8 bytes, big endian) and its entry's hash."""
    return sha256(previous + seq.to_bytes(8, "big") + entry).digest()
