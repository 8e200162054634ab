"""Names of rooms as people write them."""

from __future__ import annotations

import re

from core.sdk import fold

_WORD = re.compile(r"^(?:phòng|phong|room|p\.|p(?= ))\s*", re.IGNORECASE)


def room_name(text: str) -> str:
    """The name without the word for room, which pages put before it: `12` for `Phòng 12` and `P.12`, `Máy 1`."""
    plain = " ".join(text.split())
    bare = _WORD.sub("", plain) or plain
    return bare[:1].upper() + bare[1:]


def room_key(text: str) -> str:
    """What makes two written names the same room: no accents, case, dots or spaces, and without the word itself."""
    return re.sub(r"[\s.]", "", fold(room_name(text)))
