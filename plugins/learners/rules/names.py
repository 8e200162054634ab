"""Names as Vietnamese schools write them: one spelling for comparing, nothing guessed."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from core.sdk.imports import clean

_LOWER = "a-zàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
_UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ"
_TIDY = re.compile(f"[{_UPPER}][{_LOWER}]*(?: [{_UPPER}][{_LOWER}]*)*")
"""A name that needs no repair, except perhaps for the place of a tone mark."""

_NEW_TONE = re.compile(rf"(?<![qQ])([oO][àáảãạèéẻẽẹÀÁẢÃẠÈÉẺẼẸ]|[uU][ỳýỷỹỵỲÝỶỸỴ])(?![{_LOWER}{_UPPER}])")
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}

_SUFFIX = re.compile(r"\s*\(\s*([A-Za-z]|\d)\s*\)\s*\Z")
_DEAD = re.compile(r"\s*[(\-,–]?\s*\(?\s*\b(đã mất|đã chết|đã qua đời|đã từ trần|mất)\s*\)?\s*\Z", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")

_TCVN3 = re.compile(r"[¡-©ª-¿×÷ÞþßØøÆæ]")
_TCVN3_CASE = re.compile(rf"[{_LOWER}][ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖÙÚÛÜÝ]")
_VNI = re.compile(
    r"[aAeE][àáãåäâêèéëùúûøïÀÁÃÅÄÂÊÈÉËÙÚÛØÏ]|[oO][âäåùúûøÂÄÅÙÚÛØ]|[öÖ][ùøûõïÙØÛÕÏ]|[ôÔ][øûùØÛÙ]"
    r"|[aeiouyAEIOUY][ïåäûÏÅÄÛ]|[uU][øûïõùØÛÏÕÙ]|Ñ[aeiouyöôùAEIOUY]"
)


class Name(NamedTuple):
    """A name that was read; `suffix` tells namesakes apart, `dead` comes from `(đã mất)`."""

    text: str | None
    suffix: str | None = None
    dead: bool = False
    notes: tuple[str, ...] = ()
    error: str | None = None


NOTHING = Name(None)
_TIDY_WORDS: set[str] = set()
"""Single words that were found to need no repair: names are made of few thousand words."""

_TIDY_WORDS_LIMIT = 20_000


def traditional_tone(text: str) -> str:
    """The tone mark in the traditional place: hoà becomes hòa, thuý becomes thúy; quý stays.

    >>> traditional_tone("Hoà Thuỳ Quý Toàn")
    'Hòa Thùy Quý Toàn'
    """

    def moved(match: re.Match[str]) -> str:
        first, second = match.group(1)[0], match.group(1)[1]
        bare, tone = "", ""
        for part in unicodedata.normalize("NFD", second):
            if part in _TONES:
                tone = part
            else:
                bare += part
        return unicodedata.normalize("NFC", first + tone) + bare

    return _NEW_TONE.sub(moved, text)


def is_legacy(text: str) -> bool:
    """Whether the letters come from a font code before Unicode (TCVN3, VNI): Vietnamese never looks like this.

    >>> is_legacy("NguyÔn ThÞ Hoa"), is_legacy("Nguyeãn Vaên"), is_legacy("Nguyễn Thị Hoa"), is_legacy("Jürgen")
    (True, True, False, False)
    """
    if _TCVN3.search(text):
        return True
    if text.isupper():
        return bool(re.search(r"[AE][ÀÁÃÅÄÂÊÈËÙÛØÏ]|O[ÂÄÅÛØ]|Ö[ÙØÛÏ]|Ñ[AEIOUÖ]", text)) and not _TIDY.fullmatch(text)
    return bool(_TCVN3_CASE.search(text) or _VNI.search(text))


def parse_name(raw: str, *, parent: bool = False) -> Name:
    """Read the name of a pupil, or of a parent.

    Args:
        raw: the text of the cell, or of both cells with a space between them.
        parent: a parent's name may carry `(đã mất)` and has no `(A)`.
    """
    if _TIDY_WORDS.issuperset(raw.split(" ")):
        return Name(raw)
    if _TIDY.fullmatch(raw) and not _NEW_TONE.search(raw) and not is_legacy(raw):
        if len(_TIDY_WORDS) < _TIDY_WORDS_LIMIT:
            _TIDY_WORDS.update(raw.split(" "))
        return Name(raw)
    return _repair(raw, parent)


def _repair(raw: str, parent: bool) -> Name:
    text = clean(raw)
    if not text:
        return NOTHING
    notes: list[str] = []
    if not unicodedata.is_normalized("NFC", raw):
        notes.append("N_NAME_NFD")
    if unicodedata.normalize("NFC", raw) != text:
        notes.append("N_NAME_SPACES")
    suffix, dead = None, False
    if parent:
        match = _DEAD.search(text)
        if match and match.start() > 0:
            text, dead = text[: match.start()].rstrip(" -,("), True
            notes.append("N_PARENT_FORMAT")
    else:
        match = _SUFFIX.search(text)
        if match and match.start() > 0:
            text, suffix = text[: match.start()], match.group(1).upper()
            notes.append("N_NAME_SUFFIX")
    if "Ð" in text or "ð" in text:
        text = text.replace("Ð", "Đ").replace("ð", "đ")
        notes.append("N_NAME_ETH")
    if is_legacy(text):
        return Name(None, None, dead, tuple(notes), "E_NAME_LEGACY_FONT")
    if (text.isupper() and len(text) > 1) or text.islower():
        text = _WORD.sub(lambda word: word.group()[0].upper() + word.group()[1:].lower(), text)
        notes.append("N_PARENT_FORMAT" if parent else "N_NAME_CASE")
    moved = traditional_tone(text)
    if moved != text:
        text = moved
        notes.append("N_NAME_TONE")
    if not _WORD.search(text):
        return NOTHING
    if parent:
        notes = ["N_PARENT_FORMAT"] if "N_PARENT_FORMAT" in notes else []
    return Name(text, suffix, dead, tuple(dict.fromkeys(notes)))
