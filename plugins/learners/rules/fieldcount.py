"""A CSV record with more or fewer fields than the header: refused, but shown as it was probably meant.

The record is always refused (E_FIELD_COUNT). What is worked out here is only the proposal that a person sees: which two
fields belong together, or where one is missing, judged by the columns whose cells have a shape.
"""

from __future__ import annotations

import re
from itertools import combinations

from core.sdk.imports import Cell

_SHAPES: dict[str, re.Pattern[str]] = {
    "ngaysinh": re.compile(r"\s*\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{2,4}\s*|\s*\d{4}\s*"),
    "sodinhdanh": re.compile(r"[\s']*[\d\s.]{9,15}\s*|[A-Z]\d{7,8}"),
    "mahocsinh": re.compile(r"\s*[A-Za-z]{0,4}\d{6,12}\s*"),
    "gioitinh": re.compile(r"\s*(nam|nữ|nu)\s*", re.IGNORECASE),
    "cha_sdt": re.compile(r"\s*(\+84|0)?[\d\s.]{9,12}.*"),
    "me_sdt": re.compile(r"\s*(\+84|0)?[\d\s.]{9,12}.*"),
    "cha_namsinh": re.compile(r"\s*\d{4}\s*"),
    "me_namsinh": re.compile(r"\s*\d{4}\s*"),
    "bhyt": re.compile(r"\s*[hH][sS][\d ]+\s*"),
    "lop": re.compile(r"\s*(lớp\s*)?\d{1,2}\s*[A-Za-z/.].{0,4}\s*", re.IGNORECASE),
    "quoctich": re.compile(r"[^\d]{2,30}"),
    "hovaten": re.compile(r"[^\d]{2,60}"),
    "cha_hovaten": re.compile(r"[^\d]{2,60}"),
    "me_hovaten": re.compile(r"[^\d]{2,60}"),
    "noisinh": re.compile(r"[^\d;,]{2,40}"),
    "noio": re.compile(r"[^,;]*\d[^,;]*[,;].*"),
}
_JOIN = "; "
_MOST = 2


def repair(cells: list[Cell], count: int, fields: dict[str, int]) -> list[Cell]:
    """The record brought to `count` fields in the most plausible way.

    Args:
        cells: the fields of the record as they were read.
        count: number of fields of the header.
        fields: field to column of the header.
    """
    texts = [str(cell or "") for cell in cells]
    surplus = len(texts) - count
    if surplus == 0 or abs(surplus) > _MOST:
        return [*texts[:count], *[""] * (count - len(texts))]
    best: list[str] = texts[:count] + [""] * (count - len(texts))
    best_score = -1.0
    for candidate in _joined(texts, surplus) if surplus > 0 else _opened(texts, -surplus):
        score = _score(candidate, fields)
        if score > best_score:
            best, best_score = candidate, score
    return list(best)


def _joined(texts: list[str], surplus: int) -> list[list[str]]:
    """All records in which `surplus` separators are taken as text."""
    records = []
    for cuts in combinations(range(1, len(texts)), surplus):
        record: list[str] = []
        for at, text in enumerate(texts):
            if at in cuts:
                record[-1] = f"{record[-1]}{_JOIN}{text}" if record[-1] and text else record[-1] + text
            else:
                record.append(text)
        records.append(record)
    return records


def _opened(texts: list[str], missing: int) -> list[list[str]]:
    """All records with `missing` empty fields put in."""
    records = []
    for places in combinations(range(len(texts) + missing), missing):
        rest = iter(texts)
        records.append(["" if at in places else next(rest) for at in range(len(texts) + missing)])
    return records


def _score(record: list[str], fields: dict[str, int]) -> float:
    score = 0.0
    for name, shape in _SHAPES.items():
        column = fields.get(name)
        text = record[column] if column is not None and column < len(record) else ""
        if text:
            score += 1 if shape.fullmatch(text) else -1
    return score
