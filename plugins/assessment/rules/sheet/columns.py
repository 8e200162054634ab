"""What the columns of a marks sheet are called, in all the ways that teachers call them."""

from __future__ import annotations

import re
from functools import lru_cache

from core.sdk import fold
from core.sdk.imports import Column, Header

_SPACES = re.compile(r"[\s_/,.;:\-–()*]+")
_RULES: tuple[tuple[str, str], ...] = (
    ("stt", r"^(stt|tt|so tt|so thu tu|#)$"),
    ("code", r"\b(ma hs|mahs|mshs|ma hoc sinh|ma so hs|ma so hoc sinh|ma dinh danh|ma hoc vien)\b|^ma( so)?$"),
    ("dob", r"\b(ngay sinh|ngay thang nam sinh|sinh ngay|ntns|ngay thang)\b|^ns$"),
    ("", r"\b(ca nam|dtbmcn|tbmcn|tbcn|dtbcn|cn)\b"),
    ("avg", r"(tbm|dtb|\btbhk\b)|\b(trung binh|tb mon|ket qua|kq|xep loai|danh gia hk)\b|^tb( hk| hki+)?$"),
    ("gk", r"(dggk|ktgk|\bd?gk)|\b(giua (hoc )?(ky|ki)|giua hk|giua)\b"),
    ("ck", r"(dgck|ktck|\bd?ck)|\b(cuoi (hoc )?(ky|ki)|cuoi hk|cuoi|thi hk|thi hoc (ky|ki)|kthk|diem thi)\b|^thi$"),
    ("tx", r"(dgtx|kttx|\bd?tx)|\b(thuong xuyen|danh gia tx)\b"),
    ("note", r"\b(nhan xet|ghi chu|loi phe|note)\b"),
    ("name_rest", r"^(ho dem|ho va dem|ho lot|ho va ten dem|ho chu lot|ho va chu lot|ho|ho ten dem)$"),
    ("name_given", r"^(ten|ten hs|ten goi)$"),
    ("name", r"\b(ho va ten|ho ten|hoten|ten hoc sinh|hoc sinh|ten day du|hoc vien)\b"),
)  # fmt: skip
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _RULES)
_MARKS = ("tx", "gk", "ck")
_SUB = re.compile(r"(lan |bai |cot )?\d{1,2}|diem")
"""What may stand below a group of marks; anything else there is already a mark."""


@lru_cache(maxsize=2048)
def resolve(texts: tuple[str, ...]) -> str | None:
    """The field of a column from its header texts, outermost group first."""
    plain = [_SPACES.sub(" ", fold(text)).strip() for text in texts]
    if len(plain) > 1 and plain[-1] in ("ho dem", "ho va dem", "ho lot", "ho", "ten"):
        return "name_given" if plain[-1] == "ten" else "name_rest"
    own = _field(plain[-1])
    if own is None and len(plain) > 1 and _SUB.fullmatch(plain[-1]):
        group = _field(plain[-2])
        return group if group in _MARKS and not plain[-2][-1:].isdigit() else None
    return own or None


def _field(text: str) -> str | None:
    """The field of one text; "" for a column that is knowingly left out."""
    return next((name for name, pattern in _COMPILED if pattern.search(text)), None)


def enough(fields: frozenset[str]) -> bool:
    """Whether these columns make a marks sheet: pupils, and at least two kinds of marks."""
    named = "name" in fields or "code" in fields or {"name_rest", "name_given"} <= fields
    return named and sum(kind in fields for kind in _MARKS) >= 2


def regular_columns(header: Header) -> list[int]:
    """Every column of regular marks, also those without a title right of one; a hidden one counts only alone."""
    found: list[Column] = []
    for column in header.columns:
        follows = bool(found) and found[-1].index == column.index - 1
        if column.field == "tx" or (not column.texts and follows):
            found.append(column)
    visible = [column.index for column in found if not column.hidden]
    return visible or [column.index for column in found]


def fields(header: Header) -> dict[str, int]:
    """The other columns by field; a name in two columns under one title is told apart."""
    found = {name: at for name, at in header.fields().items() if name != "tx"}
    if "name" in found and "name_given" not in found:
        beside = next((column for column in header.columns if column.index == found["name"] + 1), None)
        if beside is not None and not beside.hidden and (not beside.texts or beside.field == "name"):
            found |= {"name_rest": found["name"], "name_given": beside.index}
            del found["name"]
    elif "name" in found and "name_rest" not in found:
        found["name_rest"] = found.pop("name")
    return found
