"""Provinces: former names and usual spellings to the codes after 1 July 2025 (Decision 19/2025/QĐ-TTg)."""

from __future__ import annotations

import re
from functools import lru_cache

from core.sdk import fold
from core.sdk.imports import clean

from .names import traditional_tone

NAMES: dict[str, str] = {
    "01": "Hà Nội", "04": "Cao Bằng", "08": "Tuyên Quang", "11": "Điện Biên", "12": "Lai Châu", "14": "Sơn La",
    "15": "Lào Cai", "19": "Thái Nguyên", "20": "Lạng Sơn", "22": "Quảng Ninh", "24": "Bắc Ninh", "25": "Phú Thọ",
    "31": "Hải Phòng", "33": "Hưng Yên", "37": "Ninh Bình", "38": "Thanh Hóa", "40": "Nghệ An", "42": "Hà Tĩnh",
    "44": "Quảng Trị", "46": "Huế", "48": "Đà Nẵng", "51": "Quảng Ngãi", "52": "Gia Lai", "56": "Khánh Hòa",
    "66": "Đắk Lắk", "68": "Lâm Đồng", "75": "Đồng Nai", "79": "Hồ Chí Minh", "80": "Tây Ninh", "82": "Đồng Tháp",
    "86": "Vĩnh Long", "91": "An Giang", "92": "Cần Thơ", "96": "Cà Mau",
}  # fmt: skip

FORMER: dict[str, str] = {
    "Hà Giang": "08", "Yên Bái": "15", "Bắc Kạn": "19", "Bắc Giang": "24", "Vĩnh Phúc": "25", "Hòa Bình": "25",
    "Hải Dương": "31", "Thái Bình": "33", "Hà Nam": "37", "Nam Định": "37", "Quảng Bình": "44",
    "Thừa Thiên Huế": "46", "Quảng Nam": "48", "Kon Tum": "51", "Bình Định": "52", "Ninh Thuận": "56",
    "Phú Yên": "66", "Đắk Nông": "68", "Bình Thuận": "68", "Bình Phước": "75", "Bình Dương": "79",
    "Bà Rịa - Vũng Tàu": "79", "Long An": "80", "Tiền Giang": "82", "Bến Tre": "86", "Trà Vinh": "86",
    "Kiên Giang": "91", "Hậu Giang": "92", "Sóc Trăng": "92", "Bạc Liêu": "96",
}  # fmt: skip
"""Provinces of before July 2025 whose name is gone, and where they went."""

_SHORT: dict[str, str] = {
    "HN": "01", "HCM": "79", "TPHCM": "79", "Sài Gòn": "79", "SG": "79", "ĐN": "48", "HP": "31", "TT Huế": "46",
    "BRVT": "79", "Vũng Tàu": "79", "Bà Rịa": "79", "Đắc Lắc": "66", "Đăk Lăk": "66", "Đắc Lắk": "66",
    "Đắk Lắc": "66", "Đăc Lăc": "66", "Daklak": "66", "Đắc Nông": "68", "Đăk Nông": "68", "Daknong": "68",
    "Bắc Cạn": "19", "Thừa Thiên": "46",
}  # fmt: skip
"""Only what one province alone is called: ĐN is Đà Nẵng, while QN, CT, TB could be several."""

_PREFIX = re.compile(r"^(thành phố|thành phó|tp|tỉnh|t\.|tt\.)[\s.]*(?=\S)")
_KEY = re.compile(r"[\s.\-–_]+")


def _key(text: str) -> str:
    return _KEY.sub("", traditional_tone(text.casefold()))


_BY_KEY = {_key(name): code for code, name in NAMES.items()}
_BY_KEY |= {_key(name): code for name, code in FORMER.items()}
_BY_KEY |= {_key(name): code for name, code in _SHORT.items()}
_UNACCENTED = {_KEY.sub("", fold(name)): code for name, code in [*((n, c) for c, n in NAMES.items()), *FORMER.items()]}
_EXACT = {name: code for code, name in NAMES.items()} | FORMER


@lru_cache(maxsize=8192)
def parse_province(raw: str) -> tuple[str | None, str | None]:
    """The code of a province, and N_PROVINCE_SPELLING if it was written in another way than its name.

    A text without any accent is read as such; a wrong accent or letter is never guessed.
    """
    code = _EXACT.get(raw)
    if code:
        return code, None
    text = clean(raw)
    if not text:
        return None, None
    lowered = text.casefold()
    code = _lookup(lowered) or _lookup(_PREFIX.sub("", lowered))
    if code is None and "," in text:
        code = parse_province(text.rpartition(",")[2].strip())[0]
    return code, "N_PROVINCE_SPELLING" if code else None


def _lookup(lowered: str) -> str | None:
    code = _BY_KEY.get(_key(lowered))
    if code is None and lowered.isascii():
        code = _UNACCENTED.get(_KEY.sub("", re.sub(r"^(thanh pho|tp|tinh)[\s.]+", "", lowered)))
    return code
