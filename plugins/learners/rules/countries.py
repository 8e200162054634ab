"""Nationalities as schools write them, to ISO 3166-1 alpha-2."""

from __future__ import annotations

import re

from core.sdk.imports import Cell, clean

_NAMES: dict[str, str] = {
    "VN": "Việt Nam|VN|Viet Nam|Vietnam|CHXHCN Việt Nam|Kinh", "GB": "Anh|Vương quốc Anh|UK|Anh quốc",
    "US": "Mỹ|Hoa Kỳ|USA|Mĩ", "KR": "Hàn Quốc|Nam Hàn|Đại Hàn|Korea", "JP": "Nhật Bản|Nhật|Japan",
    "CN": "Trung Quốc|Trung Hoa|China", "TW": "Đài Loan|Taiwan", "FR": "Pháp|France", "DE": "Đức|Germany",
    "RU": "Nga|Liên bang Nga", "LA": "Lào", "KH": "Campuchia|Cam-pu-chia|Căm-pu-chia|Cambodia", "TH": "Thái Lan",
    "SG": "Singapore|Xinh-ga-po", "MY": "Malaysia|Ma-lai-xi-a", "ID": "Indonesia|In-đô-nê-xi-a",
    "PH": "Philippines|Phi-líp-pin", "AU": "Úc|Australia|Ô-xtrây-li-a", "CA": "Canada|Ca-na-đa", "IN": "Ấn Độ",
    "IT": "Ý|Italia|Italy", "ES": "Tây Ban Nha", "NL": "Hà Lan", "BE": "Bỉ", "CH": "Thụy Sĩ|Thuỵ Sĩ",
    "SE": "Thụy Điển|Thuỵ Điển", "NO": "Na Uy", "DK": "Đan Mạch", "FI": "Phần Lan", "PL": "Ba Lan",
    "CZ": "Séc|Cộng hòa Séc", "UA": "Ukraina|Ukraine|U-crai-na", "NZ": "New Zealand|Niu Di-lân", "BR": "Brazil|Bra-xin",
    "MM": "Myanmar|Mi-an-ma", "BN": "Brunei", "TL": "Đông Timor", "MN": "Mông Cổ", "KP": "Triều Tiên|Bắc Triều Tiên",
    "PT": "Bồ Đào Nha", "AT": "Áo",
    "HU": "Hungary|Hung-ga-ri", "IE": "Ireland|Ai-len", "ZA": "Nam Phi",
    "TR": "Thổ Nhĩ Kỳ",
    "IL": "Israel", "CU": "Cuba|Cu Ba", "NG": "Nigeria", "HK": "Hồng Kông|Hong Kong", "MO": "Ma Cao",
    "PK": "Pakistan",
    "LK": "Sri Lanka", "BD": "Bangladesh", "NP": "Nepal", "KZ": "Kazakhstan", "BG": "Bulgaria", "RO": "Romania",
    "GR": "Hy Lạp", "MX": "Mexico|Mê-hi-cô", "AR": "Argentina", "CL": "Chile", "EG": "Ai Cập", "SK": "Slovakia",
}  # fmt: skip
NAMES: dict[str, str] = {code: names.partition("|")[0] for code, names in _NAMES.items()}
_BY_NAME = {name.casefold(): code for code, names in _NAMES.items() for name in names.split("|")}
_NOTE = re.compile(r"quốc tịch\s*[:\-]?\s*([^,;.()]+)", re.IGNORECASE)


def parse_country(cell: Cell) -> str | None:
    """The country of a nationality column, None if it is empty or not known."""
    if cell == "Việt Nam":
        return "VN"
    return _BY_NAME.get(clean(str(cell or "")).removeprefix("Quốc tịch").strip(" :").casefold())


def country_in_note(note: str | None) -> str | None:
    """The country that a remark names: `Quốc tịch: Hàn Quốc`."""
    match = _NOTE.search(note or "")
    return _BY_NAME.get(match[1].strip().casefold()) if match else None
