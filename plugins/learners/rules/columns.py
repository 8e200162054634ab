"""What the columns of a list of pupils are called, in all the ways that schools call them."""

from __future__ import annotations

import re
from functools import lru_cache

from core.sdk import fold
from core.sdk.imports import clean

_SPACES = re.compile(r"[\s_/,.;:\-–()\n*]+")

_FATHER = re.compile(r"\b(cha|bố|ba)\b")
_MOTHER = re.compile(r"\b(mẹ|má|me)\b")
_GUARDIAN = re.compile(r"\b(giám hộ|giam ho|đỡ đầu|do dau|nuôi dưỡng|nuoi duong|phụ huynh|phu huynh|bảo hộ|ph)\b")
_ASCII_FATHER = re.compile(r"\bbo\b(?! (gd|giao|y te))")

_PHONE = re.compile(r"\b(sdt|so dt|dien thoai|dt|di dong|phone|so lien he|lien lac|zalo)\b")
_YEAR = re.compile(r"\b(nam sinh|ns|ngay sinh|ngay thang nam sinh|sinh nam)\b")
_NAME = re.compile(r"\b(ho ten|ho va ten|ten|ho ten day du)\b")
_OTHER = re.compile(
    r"\b(nghe nghiep|nghe|cccd|cmnd|dinh danh|email|dia chi|noi o|dan toc|quan he|don vi|noi lam|noi cong tac)\b"
)

_EXACT: dict[str, str] = {
    "nữ": "nu", "nam": "nam_gioi", "dt": "dantoc", "tt": "stt", "stt": "stt", "số tt": "stt", "số thứ tự": "stt",
    "#": "stt", "tên": "ten", "họ": "hodem", "ngày": "ngay", "tháng": "thang", "năm": "nam",
    "gt": "gioitinh", "phái": "gioitinh", "giới": "gioitinh", "nam nữ": "gioitinh", "nữ nam": "gioitinh",
    "x nữ": "nu", "nữ x": "nu", "là nữ": "nu", "hs nữ": "nu", "học sinh nữ": "nu", "nữ đánh x": "nu",
    "hs nam": "nam_gioi", "học sinh nam": "nam_gioi", "nam x": "nam_gioi", "xã": "noio_xa", "phường": "noio_xa",
    "tỉnh": "noio_tinh", "huyện": "noio_huyen", "quận": "noio_huyen", "đối tượng": "doituongchinhsach",
}  # fmt: skip

_RULES: tuple[tuple[str, str], ...] = (
    ("bhyt", r"\b(bhyt|bao hiem y te|the bao hiem)\b"),
    ("sodinhdanh", r"\b(cccd|cmnd|ddcn|can cuoc|bca|bo cong an|dinh danh ca nhan|so dinh danh|ma so dinh danh|ddcd)\b"),
    ("mahocsinh", r"\b(ma hoc sinh|ma hs|ma so hs|ma so hoc sinh|csdl|ma dinh danh (hs|hoc sinh|nganh|bo)|ma nganh"
                  r"|ma dinh danh cua bo|mshs|ma moet|ma bo gd|ma hoc vien|ma so hoc vien|mahs)\b"),
    ("sodinhdanh", r"\b(ma dinh danh|dinh danh)\b"),
    ("mahocsinh", r"^ma( so)?$"),
    ("khuyettat", r"\b(khuyet tat|dang tat|hoa nhap)\b"),
    ("doituongchinhsach", r"\b(chinh sach|uu tien|dien cs|doi tuong cs|doi tuong chinh sach)\b"),
    ("quoctich", r"\b(quoc tich|nuoc quoc tich)\b"),
    ("noisinh", r"\b(noi sinh|khai sinh|noi dkks|sinh quan|tinh sinh)\b"),
    ("", r"\b(que quan|nguyen quan|ton giao|gvcn|giao vien chu nhiem|chu nhiem|si so)\b"),
    ("ngaysinh", r"\b(ngay sinh|ngay thang nam sinh|sinh ngay|ngay thang nam|ntns|ngay thang va nam sinh"
                 r"|ngay nam sinh)\b"),
    ("thang", r"^thang sinh$"),
    ("nam", r"^nam sinh$"),
    ("gioitinh", r"\b(gioi tinh|phai)\b"),
    ("dantoc", r"\b(dan toc|thanh phan dan toc)\b"),
    ("lop", r"^(ten lop|lop|lop hoc|ma lop|lop nam hoc.*|hoc lop|lop hien tai|lop \d{4}.*|xep lop)$"),
    ("ghichu", r"\b(ghi chu|thong tin khac|luu y|thong tin them|note)\b"),
    ("hodem", r"^(ho dem|ho va dem|ho lot|ho va ten dem|ho chu lot|ho dem hs|ho dem hoc sinh|ho va chu lot"
              r"|ho va ten lot|ho va lot|ho chu dem|ho ten dem|ho dem cua hs)$"),
    ("ten", r"^(ten hs|ten goi|ten rieng)$"),
    ("hovaten", r"\b(ho va ten|ho ten|ten hoc sinh|hoc sinh|hoten|ho va ten hs|ten day du)\b"),
)  # fmt: skip
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _RULES)

_PLACE = re.compile(r"\b(cho o|noi o|dia chi|thuong tru|ho khau|tam tru|cu tru|noi cu ngu|hktt|noi o hien nay)\b")
_DETAIL = re.compile(r"\b(so nha|thon|to|duong|xom|ap|to dan pho|khu pho|chi tiet|ngo|ban|khoi)\b")
_WARD = re.compile(r"\b(xa|phuong)\b")
_DISTRICT = re.compile(r"\b(huyen|quan|thi xa)\b")
_PROVINCE = re.compile(r"\b(tinh|tp|thanh pho)\b")


@lru_cache(maxsize=4096)
def resolve(texts: tuple[str, ...]) -> str | None:
    """The field of a column from its header texts, outermost group first; None if it is no field of a pupil."""
    plain = [_SPACES.sub(" ", clean(text).casefold()).strip() for text in texts]
    joined = " ".join(plain)
    folded = fold(joined)
    relation = _relation(joined, folded)
    if relation:
        return _of_person(relation, folded)
    last = plain[-1]
    if last in ("ngày", "tháng", "năm") and not _birth_group(plain[:-1]):
        return None
    if last in _EXACT and not (last == "tên" and len(plain) > 1 and "lớp" in plain[0]):
        return _EXACT[last]
    own = fold(last)
    if len(plain) > 1 and own in ("ten", "ho dem", "ho va dem", "ho lot", "ho"):
        return "ten" if own == "ten" else "hodem"
    place = _place(fold(" ".join(plain[:-1])), own)
    if place:
        return place
    for text in (folded, own):
        for name, pattern in _COMPILED:
            if pattern.search(text):
                return name or None
    return None


def _relation(joined: str, folded: str) -> str | None:
    found = [
        name
        for name, pattern in (("cha", _FATHER), ("me", _MOTHER), ("nguoigiamho", _GUARDIAN))
        if pattern.search(joined)
    ]
    if not found and joined.isascii() and _ASCII_FATHER.search(folded):
        found = ["cha"]
    if len(found) > 1:
        return "nguoigiamho"
    return found[0] if found else None


def _of_person(relation: str, folded: str) -> str | None:
    if _PHONE.search(folded):
        return f"{relation}_sdt"
    if _YEAR.search(folded):
        return f"{relation}_namsinh"
    if _OTHER.search(folded):
        return None
    return f"{relation}_hovaten"


def _birth_group(groups: list[str]) -> bool:
    return not groups or any("sinh" in group or "ngày" in group for group in groups)


def _place(group: str, own: str) -> str | None:
    """A part of the address: chi tiết, xã, (former) huyện, tỉnh, or all of it in one column."""
    if re.search(r"\b(noi sinh|khai sinh|noi dkks|sinh quan)\b", f"{group} {own}"):
        return None
    if _PLACE.search(own) and not _WARD.search(own) and not _PROVINCE.search(own):
        return "noio"
    in_group = bool(_PLACE.search(group))
    if in_group and not own:
        return "noio"
    many = sum(bool(pattern.search(own)) for pattern in (_WARD, _DISTRICT, _PROVINCE))
    if many > 1 or (many == 1 and _DETAIL.search(own) and _WARD.search(own) and _PROVINCE.search(own)):
        return "noio_xa" if many == 2 and not _PROVINCE.search(own) else "noio"
    if _WARD.search(own):
        return "noio_xa"
    if _DISTRICT.search(own):
        return "noio_huyen"
    if own in ("tinh", "tinh tp", "tinh thanh pho", "tp", "thanh pho", "tinh thanh") or (
        in_group and _PROVINCE.search(own)
    ):
        return "noio_tinh"
    if _DETAIL.search(own) and (in_group or re.match(r"(so nha|thon|to |xom|duong)", own)):
        return "noio_chitiet"
    return None


def enough(fields: frozenset[str]) -> bool:
    """Whether these columns make a list of pupils: names, and at least two things that tell persons apart."""
    named = "hovaten" in fields or {"hodem", "ten"} <= fields
    person = {
        "ngaysinh",
        "nam",
        "sodinhdanh",
        "mahocsinh",
        "gioitinh",
        "nu",
        "nam_gioi",
        "lop",
        "cha_hovaten",
        "dantoc",
    }
    return named and len(fields & person) >= 2


def summary(texts: tuple[str, ...]) -> str | None:
    """Columns of a sheet that counts classes: `lop`, `siso`, `nu`."""
    own = fold(_SPACES.sub(" ", clean(texts[-1]).casefold()).strip())
    if re.search(r"^(lop|ten lop)$", own):
        return "lop"
    if re.search(r"\b(si so|tong so|so hs|so hoc sinh|ts hs)\b", own):
        return "siso"
    if re.search(r"\b(gvcn|chu nhiem)\b", own):
        return "gvcn"
    return "khoi" if own == "khoi" else None
