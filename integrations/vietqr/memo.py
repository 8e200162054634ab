"""The text of a transfer: what banks leave intact on its way."""

from __future__ import annotations

import re
import unicodedata

from .payload import MAX_PURPOSE


def ascii_words(text: str) -> str:
    """ASCII letters, digits and single spaces: banks drop marks and punctuation, so we never send any."""
    bare = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return re.sub(r"[^A-Za-z0-9]+", " ", bare).strip()


def transfer_memo(reference: str, prefix: str = "") -> str:
    """`<prefix> <reference>`, at most 25 characters; the prefix gives way, the reference never.

    Raises:
        ValueError: for a reference that alone is too long or not plain.
    """
    if not re.fullmatch(rf"[A-Z0-9]{{1,{MAX_PURPOSE}}}", reference):
        raise ValueError("the reference does not fit into a transfer text")
    room = MAX_PURPOSE - len(reference) - 1
    words = ascii_words(prefix)
    return f"{words} {reference}" if words and len(words) <= room else reference
