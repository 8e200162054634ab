"""The 54 ethnic groups by the codes of the statistics office; usual spellings only, no typing error is guessed."""

from __future__ import annotations

import re

from core.sdk.imports import Cell, clean, is_error

from .names import traditional_tone

NAMES: dict[str, str] = {
    "01": "Kinh", "02": "Tày", "03": "Thái", "04": "Hoa", "05": "Khmer", "06": "Mường", "07": "Nùng", "08": "HMông",
    "09": "Dao", "10": "Gia Rai", "11": "Ngái", "12": "Ê Đê", "13": "Ba Na", "14": "Xơ Đăng", "15": "Sán Chay",
    "16": "Cơ Ho", "17": "Chăm", "18": "Sán Dìu", "19": "Hrê", "20": "Mnông", "21": "Raglay", "22": "Xtiêng",
    "23": "Bru-Vân Kiều", "24": "Thổ", "25": "Giáy", "26": "Cơ Tu", "27": "Gié Triêng", "28": "Mạ", "29": "Khơ Mú",
    "30": "Co", "31": "Tà Ôi", "32": "Chơ Ro", "33": "Kháng", "34": "Xinh Mun", "35": "Hà Nhì", "36": "Chu Ru",
    "37": "Lào", "38": "La Chí", "39": "La Ha", "40": "Phù Lá", "41": "La Hủ", "42": "Lự", "43": "Lô Lô",
    "44": "Chứt", "45": "Mảng", "46": "Pà Thẻn", "47": "Cơ Lao", "48": "Cống", "49": "Bố Y", "50": "Si La",
    "51": "Pu Péo", "52": "Brâu", "53": "Ơ Đu", "54": "Rơ Măm",
}  # fmt: skip

_OTHER_SPELLINGS: dict[str, str] = {
    "01": "Việt|Việt (Kinh)|Kinh (Việt)|Kinh Việt",
    "03": "Thái trắng|Thái đen",
    "04": "Hán|Hoa (Hán)",
    "05": "Khơ me|Khơ mer|Khmer Nam Bộ|Khơ-me|Khme|Khơ Me Krôm|Miên",
    "07": "Nùng An",
    "08": "Mông|H'Mông|H Mông|Hmong|H'mong|Mèo|Mông (Mèo)|HMông (Mèo)",
    "09": "Dao đỏ|Dao tiền|Mán",
    "10": "Jrai|Gia-rai|Gia Lai|J'rai|Jarai|Gia Rai (Jrai)",
    "12": "Ê-đê|Êđê|Rađê|Ra Đê|Rhade",
    "13": "Ba-na|Bana|Bahnar|Ba Na (Bahnar)",
    "14": "Xơ-đăng|Xê Đăng|Sê Đăng|Xơ Teng|Sơ Đăng",
    "15": "Cao Lan|Sán Chỉ|Sán Chí|Cao Lan - Sán Chỉ|Sán Chay (Cao Lan - Sán Chỉ)",
    "16": "K'Ho|Kơ Ho|Cơ-ho|Kơho|KHo",
    "17": "Chàm|Chăm (Chàm)",
    "18": "Sán Dìu (Trại)",
    "19": "H'rê|Hre|Hơ Rê",
    "20": "M'Nông|Mơ Nông|M'nông",
    "21": "Raglai|Ra Glai|Ra-glai|Rắc Lây|Ra Glay",
    "22": "X'tiêng|S'tiêng|Stiêng|Xtiêng (Stiêng)",
    "23": "Bru - Vân Kiều|Vân Kiều|Bru|Bru Vân Kiều",
    "26": "Cơ-tu|Ka Tu|Katu|Cà Tu|K'tu",
    "27": "Gié-Triêng|Giẻ Triêng|Gié - Triêng|Giẻ-Triêng|Xơ Triêng",
    "29": "Khơ-mú|Khmú|Khơmú",
    "30": "Cor|Kor|Co (Cor)",
    "31": "Tà-ôi|Pa Cô|Tà Ôi (Pa Cô)|Pa Kô",
    "32": "Chơ-ro|Châu Ro|Chrau",
    "34": "Xinh-mun",
    "36": "Chu-ru|Churu",
    "43": "Lô-lô",
    "51": "Pu-péo",
    "53": "Ơ-đu",
    "54": "Rơ-măm",
}
_KEY = re.compile(r"[\s'’‘`\-–.()]+")
_FOREIGN = re.compile(r"(người )?nước ngoài|ngoại quốc|không có|không")


def _key(text: str) -> str:
    return _KEY.sub("", traditional_tone(text.casefold()))


_BY_KEY = {_key(name): code for code, name in NAMES.items()} | {
    _key(spelling): code for code, spellings in _OTHER_SPELLINGS.items() for spelling in spellings.split("|")
}
_BY_NAME = {name: code for code, name in NAMES.items()}


def parse_ethnic(cell: Cell) -> tuple[str | None, str | None]:
    """The code of the ethnic group, and N_ETHNIC_SPELLING or W_ETHNIC_UNKNOWN if there is something to say."""
    if cell is None or cell == "":
        return None, None
    raw = str(cell)
    code = _BY_NAME.get(raw)
    if code:
        return code, None
    text = clean(raw)
    if not text or is_error(cell) or _FOREIGN.fullmatch(text.casefold()):
        return None, None
    code = _BY_KEY.get(_key(re.sub(r"^(người |dân tộc )", "", text.casefold())))
    return (code, "N_ETHNIC_SPELLING") if code else (None, "W_ETHNIC_UNKNOWN")
