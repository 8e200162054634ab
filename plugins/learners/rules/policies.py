"""Policy groups of families and pupils (who is entitled to exemptions and support), and kinds of disability."""

from __future__ import annotations

import re

from core.sdk.imports import Cell, clean, is_error

_GROUPS: dict[str, str] = {
    "Hộ nghèo": "HN|Nghèo|Con hộ nghèo|Thuộc hộ nghèo|Gia đình hộ nghèo|Hộ nghèo (HN)|H.Nghèo|Gia đình nghèo",
    "Hộ cận nghèo": "HCN|Cận nghèo|Con hộ cận nghèo|Thuộc hộ cận nghèo|CN|H.CN|Hộ cận nghèo (HCN)|Gia đình cận nghèo",
    "Mồ côi": "Mồ côi cha mẹ|Mồ côi cả cha lẫn mẹ|Mồ côi cha và mẹ|MC|Trẻ mồ côi|Mồ côi cha|Mồ côi mẹ|HS mồ côi"
              "|Mồ côi bố mẹ|Mồ côi bố|Mồ côi cả cha và mẹ",
    "Con thương binh": "Con TB|CTB|TB|Con của thương binh|Con thương binh (TB)|Con T.Binh|Con em thương binh",
    "Con liệt sĩ": "Con LS|CLS|Con liệt sỹ|Con của liệt sĩ",
    "Con bệnh binh": "Con BB|CBB",
    "Con người có công": "Con NCC|Người có công|Con người có công với cách mạng|Con của người có công",
    "Dân tộc thiểu số": "DTTS|Người dân tộc thiểu số|HS dân tộc thiểu số",
    "Khuyết tật": "KT|HSKT|Học sinh khuyết tật|HS khuyết tật|Trẻ khuyết tật",
    "Vùng đặc biệt khó khăn": "ĐBKK|Xã ĐBKK|Thôn ĐBKK|Vùng ĐBKK|Xã đặc biệt khó khăn",
    "Bảo trợ xã hội": "BTXH|Trẻ bảo trợ xã hội|Đối tượng bảo trợ xã hội",
}  # fmt: skip
NAMES = tuple(_GROUPS)
_NONE = frozenset({"không", "ko", "k", "0", "-", "--", "x", "không có", "bình thường", "không thuộc diện nào"})
_KEY = re.compile(r"[\s.\-()]+")


def _key(text: str) -> str:
    return _KEY.sub("", text.casefold())


_BY_KEY = {_key(name): name for name in _GROUPS} | {
    _key(spelling): name for name, spellings in _GROUPS.items() for spelling in spellings.split("|")
}


def parse_policy(cell: Cell) -> tuple[str | None, str | None]:
    """The policy group, and N_POLICY_SPELLING or W_POLICY_UNKNOWN if there is something to say."""
    if cell is None or cell == "":
        return None, None
    raw = str(cell)
    if raw in _GROUPS:
        return raw, None
    text = clean(raw)
    if not text or is_error(cell) or text.casefold() in _NONE:
        return None, None
    name = _BY_KEY.get(_key(text))
    return (name, "N_POLICY_SPELLING") if name else (None, "W_POLICY_UNKNOWN")


def parse_disability(cell: Cell) -> str | None:
    """The kind of disability as the school wrote it; `không`, `0` and a dash are none."""
    if cell is None or cell == "":
        return None
    text = clean(str(cell)) if not isinstance(cell, float) else ""
    if not text or is_error(cell) or text.casefold() in _NONE:
        return "Có" if text.casefold() == "x" else None
    return text
