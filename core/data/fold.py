"""One folding for every search: typed without accents, found with them."""

from __future__ import annotations

import unicodedata


class _Letters(dict[int, str]):
    """What each character folds to; a text then folds in one pass. Latin and its neighbours are remembered."""

    def __missing__(self, code: int) -> str:
        bare = "".join(c for c in unicodedata.normalize("NFD", chr(code)) if unicodedata.category(c) != "Mn")
        folded = bare.casefold()
        if code < 0x3000:
            self[code] = folded
        return folded


_LETTERS = _Letters({ord(letter): "d" for letter in "đĐðÐ"})


def fold(text: str) -> str:
    """Lower case, without marks, đ as d, runs of white space as one space.

    NFD, then every combining mark is dropped (Unicode category Mn), then casefold.
    """
    if text.isascii():
        return " ".join(text.casefold().split())
    return " ".join(text.translate(_LETTERS).split())
