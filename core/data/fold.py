"""One folding for every search: typed without accents, found with them."""

from __future__ import annotations

import unicodedata

_D = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d"})


def fold(text: str) -> str:
    """Lower case, without marks, đ as d, runs of white space as one space.

    NFD, then every combining mark is dropped (Unicode category Mn), then casefold.
    """
    if text.isascii():
        return " ".join(text.casefold().split())
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    return " ".join(bare.translate(_D).casefold().split())
