"""Rows of a table that are no data: repeated headers, column numbers, totals, signatures, pre-numbered blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from core.data.fold import fold

from .cells import Cell, text_of
from .tables import Merge

_NUMBER = re.compile(r"\(?\s*(\d{1,3})\s*\)?\.?")
_TOTAL = re.compile(r"(tong( cong| so| hop)?|cong|si so|toan truong|cong chung)\b")
_TOTAL_ALL = re.compile(r"(tong|toan truong|cong chung)\b")
_SIGNATURE = re.compile(
    r"(nguoi lap|lap bieu|hieu truong|pho hieu truong|giao vien chu nhiem|gvcn$|ky ten|\(?ky,|\(?ky ten|thu ky"
    r"|xac nhan|kt\. ?hieu truong|thu truong|van thu|nguoi kiem|ky va ghi|ghi ro ho ten)"
)
_PLACE_DATE = re.compile(r"\bngay\b.{0,12}\bthang\b.{0,12}\bnam\b")


def filled(cells: Sequence[Cell]) -> list[int]:
    """Positions of the cells that hold anything visible."""
    return [
        at
        for at, cell in enumerate(cells)
        if cell is not None and cell != "" and not (isinstance(cell, str) and not cell.strip())
    ]


def is_column_numbers(texts: Sequence[str]) -> bool:
    """A row `(1) (2) (3)` or `1 2 3` under a header: rising by one, at least three of them."""
    numbers: list[int] = []
    for text in texts:
        match = _NUMBER.fullmatch(text)
        if not match:
            return False
        numbers.append(int(match.group(1)))
    return len(numbers) >= 3 and all(b - a == 1 for a, b in pairwise(numbers))


def is_header_again(texts: Sequence[str], header: frozenset[str]) -> bool:
    """The header repeated at a page break: nearly all texts are header texts."""
    known = sum(text.casefold() in header for text in texts)
    return known >= 2 and known * 5 >= len(texts) * 4


def total_kind(texts: Sequence[str]) -> str | None:
    """`total` or `subtotal` for a line that counts, else None."""
    for text in texts[:2]:
        folded = fold(text).lstrip("*-. ")
        if _TOTAL.match(folded):
            return "total" if _TOTAL_ALL.match(folded) else "subtotal"
    return None


def is_signature(texts: Sequence[str]) -> bool:
    """A line of the block below a list: place and date, offices, `(Ký, ghi rõ họ tên)`."""
    return any(_SIGNATURE.match(fold(text)) or _PLACE_DATE.search(fold(text)) for text in texts)


def texts_at(cells: Sequence[Cell], positions: Sequence[int]) -> list[str]:
    """The texts of some cells of a row."""
    return [text_of(cells[at]) for at in positions]


class MergedCells:
    """Vertically merged data cells: the value of the top cell holds for every row that it spans."""

    def __init__(self, merges: Sequence[Merge], after_row: int) -> None:
        self._spans: dict[int, list[Merge]] = {}
        for merge in merges:
            if merge.bottom > merge.top >= after_row and merge.right - merge.left < 3:
                for row in range(merge.top, min(merge.bottom, merge.top + 5000) + 1):
                    self._spans.setdefault(row, []).append(merge)
        self._values: dict[Merge, Cell] = {}

    def __bool__(self) -> bool:
        return bool(self._spans)

    def fill(self, number: int, cells: list[Cell]) -> tuple[int, ...]:
        """Write the values of merged cells into row `number` (counted from one); the columns concerned."""
        spans = self._spans.get(number - 1)
        if not spans:
            return ()
        touched: list[int] = []
        for merge in spans:
            if merge.left >= len(cells):
                cells.extend([""] * (merge.left + 1 - len(cells)))
            if number - 1 == merge.top:
                self._values[merge] = cells[merge.left]
            elif cells[merge.left] in ("", None):
                cells[merge.left] = self._values.get(merge, "")
            if cells[merge.left] not in ("", None):
                touched.append(merge.left)
        return tuple(touched)
