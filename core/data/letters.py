"""Whether the fonts of printed documents have every letter of Vietnamese: without one, an empty box is printed."""

from __future__ import annotations

import unicodedata
from itertools import product
from pathlib import Path

import fontpkg_be_vietnam_pro
from fontTools.ttLib import TTFont

FACES = ("BeVietnamPro-Regular.ttf", "BeVietnamPro-SemiBold.ttf")
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_VOWELS = "aăâeêioôơuưy"
LETTERS = "đĐ" + "".join(
    unicodedata.normalize("NFC", vowel + tone) for vowel, tone in product(_VOWELS + _VOWELS.upper(), _TONES)
)
"""12 vowels with 6 tones and đ, small and capital: 146."""
_OTHERS = "0123456789–/,.;:()"


def missing() -> str:
    """Letters that one of the faces lacks, in the order of the alphabet; empty when all are there."""
    folder, lacking = Path(fontpkg_be_vietnam_pro.ROOT) / "files", set[str]()
    for face in FACES:
        with TTFont(folder / face, lazy=True) as font:
            known = font.getBestCmap() or {}
        lacking |= {letter for letter in LETTERS + _OTHERS if ord(letter) not in known}
    return "".join(sorted(lacking))
