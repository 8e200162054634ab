"""Names of rooms as people write them."""

from __future__ import annotations

import re

from core.sdk import fold

_WORD = re.compile(r"^(?:phòng|phong|room|p\.|p(?= ))\s*", re.IGNORECASE)


def room_name(text: str) -> str:
    """The name without the word for room: `12` for `Phòng 12` and `P.12`."""
    plain = " ".join(text.split())
    return _WORD.sub("", plain) or plain


def room_key(text: str) -> str:
    """What makes two written names the same room: no accents, case, dots or spaces, and without the word itself."""
    return re.sub(r"[\s.]", "", fold(room_name(text)))
