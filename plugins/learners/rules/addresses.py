"""Addresses after 1 July 2025 have two levels; a former one keeps its province and waits for a person."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from core.sdk.imports import clean

from .names import traditional_tone
from .provinces import parse_province

_FORMER_SHORT = re.compile(r"(?<!\w)[qh]\.\s*\w|(?<!\w)q\s*\d", re.IGNORECASE)
_FORMER_WORD = re.compile(r"(?<!\w)(quận|huyện|thị xã|thị trấn|thành phố|tp|tx|tt)(?!\w)", re.IGNORECASE)
_WARD = re.compile(r"^(phường|xã|đặc khu|p|x|đk)(?:\s*\.\s*|\s+)(\S.*)$", re.IGNORECASE)
_WARD_WORDS = {"phường": "Phường", "p": "Phường", "xã": "Xã", "x": "Xã", "đặc khu": "Đặc khu", "đk": "Đặc khu"}
_IS_WARD = re.compile(r"^(phường|xã|đặc khu|thị trấn)\s|^[px]\s*\.|^tt\s*\.", re.IGNORECASE)
_SPLIT = re.compile(r"\s*[,;]\s*|\s+[-–]\s+")


class Address(msgspec.Struct, frozen=True, gc=False):
    """`chitiet`, `xa`, `tinh` of the national dictionary; `goc` is a former commune as it was typed."""

    chitiet: str | None
    xa: str | None
    tinh: str | None
    diachicu: bool
    goc: str | msgspec.UnsetType = msgspec.UNSET


def is_former(text: str) -> bool:
    """Whether a commune cell speaks of a level that no longer exists: quận, huyện, thị xã, thị trấn, TP."""
    return bool(_FORMER_WORD.search(text) or _FORMER_SHORT.search(text))


@lru_cache(maxsize=8192)
def parse_ward(raw: str) -> tuple[str | None, bool, str | None]:
    """The name of a commune, whether it is a former one, and N_WARD_SPELLING if it was abbreviated.

    >>> parse_ward("P.Láng"), parse_ward("Xã Kim Chung, huyện Đông Anh")[:2]
    (('Phường Láng', False, 'N_WARD_SPELLING'), ('Xã Kim Chung, huyện Đông Anh', True))
    """
    text = clean(raw)
    if not text:
        return None, False, None
    if is_former(text):
        return text, True, None
    match = _WARD.match(text)
    if match:
        name = match[2]
        if name.isupper() and len(name) > 2:
            name = name.title()
        text = f"{_WARD_WORDS[match[1].casefold()]} {name}"
    text = traditional_tone(text)
    return text, False, "N_WARD_SPELLING" if text != clean(raw) else None


def parse_address(detail: str, ward: str, province: str, district: str = "") -> tuple[Address | None, list[str]]:
    """An address in columns of its own; `district` is a column that only former layouts have.

    Returns:
        The address or None if all is empty, and the codes of what there is to say.
    """
    codes: list[str] = []
    detail = clean(detail)
    code, note = parse_province(province) if province else (None, None)
    if note:
        codes.append(note)
    name, former, spelling = parse_ward(ward)
    district = clean(district)
    if former and not district and name:
        name, former = _without_province(name, code, former)
    if district:
        name, former = ", ".join(part for part in (name, district) if part), True
    if not detail and not name and not code:
        return None, codes
    if former:
        return Address(detail or None, None, code, True, name or ""), [*codes, "W_ADDRESS_FORMER"]
    if spelling:
        codes.append(spelling)
    return Address(detail or None, name, code, False), codes


def _without_province(name: str, code: str | None, former: bool) -> tuple[str, bool]:
    """`Phường Láng, TP Hà Nội` beside the province Hà Nội is no former address: the city is the province."""
    head, comma, tail = name.rpartition(",")
    if comma and code and parse_province(tail.strip())[0] == code and not is_former(head):
        return parse_ward(head)[0] or head, False
    return name, former


_TAILS: dict[str, tuple[Address, list[str]]] = {}
_TAILS_LIMIT = 4096
_PLAIN_HEAD = re.compile(r"(?!(?:phường|xã|đặc khu|thị trấn|tt|p|x)[\s.])[^\s,;–\-]+(?: [^\s,;–\-]+)*", re.IGNORECASE)


def parse_whole_address(raw: str) -> tuple[Address | None, list[str]]:
    """An address in one cell: detail, commune, province, separated by commas.

    House numbers differ, communes repeat: what stands behind the first comma is remembered.
    """
    head, comma, tail = raw.partition(", ")
    if not comma or not tail or not _PLAIN_HEAD.fullmatch(head):
        return _whole_address(raw)
    known = _TAILS.get(tail)
    if known is None:
        address, codes = _whole_address(f"Số 1, {tail}")
        if address is None or address.chitiet != "Số 1":
            return _whole_address(raw)
        if len(_TAILS) >= _TAILS_LIMIT:
            _TAILS.clear()
        known = _TAILS[tail] = address, codes
    address, codes = known
    return Address(clean(head), address.xa, address.tinh, address.diachicu, address.goc), codes


def _whole_address(raw: str) -> tuple[Address | None, list[str]]:
    parts = [part for part in _SPLIT.split(clean(raw)) if part]
    if not parts:
        return None, []
    codes: list[str] = []
    province, note = parse_province(parts[-1])
    if province:
        parts.pop()
        if note:
            codes.append(note)
    start = next((at for at, part in enumerate(parts) if _IS_WARD.match(part) or (at and is_former(part))), None)
    if start is None:
        start = len(parts) - 1 if len(parts) > 1 and province else len(parts)
    detail, ward = ", ".join(parts[:start]), ", ".join(parts[start:])
    name, former, spelling = parse_ward(ward)
    if former:
        return Address(detail or None, None, province, True, name or ""), [*codes, "W_ADDRESS_FORMER"]
    if spelling:
        codes.append(spelling)
    return Address(detail or None, name, province, False), codes
