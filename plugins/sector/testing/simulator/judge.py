"""What the sector's database checks, as far as its public data dictionary tells: codes, formats, duplicates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

_ETHNIC = """
kinh, tày, thái, hoa, khmer, mường, nùng, hmông, dao, gia rai, ngái, ê đê, ba na, xơ đăng, sán chay, cơ ho, chăm,
sán dìu, hrê, mnông, raglay, xtiêng, bru-vân kiều, thổ, giáy, cơ tu, gié triêng, mạ, khơ mú, co, tà ôi, chơ ro, kháng,
xinh mun, hà nhì, chu ru, lào, la chí, la ha, phù lá, la hủ, lự, lô lô, chứt, mảng, pà thẻn, cơ lao, cống, bố y, si la,
pu péo, brâu, ơ đu, rơ măm"""
ETHNIC = frozenset(" ".join(_ETHNIC.split()).split(", "))
_DIGITS = re.compile(r"\d{12}")


@dataclass
class Memory:
    """What the sector holds: pupils by personal ID or row id, and versions of rows."""

    codes: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    next_number: int = 1


@dataclass(frozen=True)
class Verdict:
    """Taken with a code, or refused with a reason."""

    code: str
    reason: str

    @property
    def taken(self) -> bool:
        return not self.reason


def judge(row: Mapping[str, str], memory: Memory, seen: set[str]) -> Verdict:
    """One row of pupils' records. Header texts are those of the file."""
    reason = _fault(row, memory, seen)
    if reason:
        return Verdict("", reason)
    key = row.get("Số định danh cá nhân") or row.get("Mã dòng", "")
    if key not in memory.codes:
        memory.codes[key] = f"23{memory.next_number:08d}"
        memory.next_number += 1
    if row.get("Mã dòng"):
        memory.versions[row["Mã dòng"]] = int(row.get("Phiên bản") or 0)
    return Verdict(memory.codes[key], "")


def _fault(row: Mapping[str, str], memory: Memory, seen: set[str]) -> str:
    number = row.get("Số định danh cá nhân", "")
    if number and not _DIGITS.fullmatch(number):
        return "Số định danh cá nhân không đủ 12 chữ số"
    if number and number in seen:
        return "Trùng số định danh cá nhân trong tệp"
    seen.add(number)
    if not row.get("Họ và tên"):
        return "Thiếu họ và tên"
    if row.get("Giới tính") not in ("Nam", "Nữ"):
        return "Giới tính không hợp lệ"
    if row.get("Dân tộc", "").casefold() not in ETHNIC:
        return "Dân tộc không có trong danh mục"
    try:
        born = datetime.strptime(row.get("Ngày sinh", ""), "%d/%m/%Y")  # noqa: DTZ007  (a day of birth)
    except ValueError:
        return "Ngày sinh không đúng định dạng dd/mm/yyyy"
    if number and number[4:6] != f"{born:%y}":
        return "Số định danh cá nhân không khớp năm sinh"
    version = int(row.get("Phiên bản") or 0)
    if version <= memory.versions.get(row.get("Mã dòng", ""), 0):
        return "Phiên bản không lớn hơn phiên bản đã nhận"
    return ""
