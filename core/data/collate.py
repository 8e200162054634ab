"""Vietnamese alphabetical order as a plain text key, given name first.

The embedded PostgreSQL is built without ICU, so the order lives in a stored key that sorts under the C collation:
the same order on every server, and an index serves it. Order of letters and of tones (ngang, huyền, hỏi, ngã, sắc,
nặng) as in Vietnamese dictionaries.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER = {letter: chr(0x61 + i) for i, letter in enumerate(_ALPHABET)}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


@lru_cache(maxsize=65536)
def _word_key(word: str) -> tuple[str, str]:
    """Letters (first level) and tones (second level) of one word."""
    letters: list[str] = []
    tone = "0"
    for char in unicodedata.normalize("NFC", word.casefold()):
        kept = ""
        for part in unicodedata.normalize("NFD", char):
            if part in _TONES:
                tone = _TONES[part]
            else:
                kept += part
        letter = unicodedata.normalize("NFC", kept)
        letters.append(_LETTER.get(letter, letter if letter.isascii() else "~"))
    return "".join(letters), tone


def sort_key(full_name: str) -> str:
    """The key of a name: given name, then surname, then middle names; tones decide only between equal letters.

    >>> sorted(["Trần Văn Ân", "Lê Thị An", "Bùi Ánh"], key=sort_key)
    ['Lê Thị An', 'Bùi Ánh', 'Trần Văn Ân']
    """
    words = full_name.split()
    if not words:
        return ""
    ordered = [words[-1], *words[:-1]]
    keys = [_word_key(word) for word in ordered]
    letters, tones = [letter for letter, _ in keys], [tone for _, tone in keys]
    return letters[0] + tones[0] + " " + " ".join(letters[1:]) + "\t" + "".join(tones[1:])
