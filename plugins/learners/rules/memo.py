"""Small tools of the row parsers: results remembered by cell, findings told apart from notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from core.sdk.imports import Cell, Finding, clean, is_error, text_of

T = TypeVar("T")
_CACHE_LIMIT = 4096


class Memo(dict[Cell, T], Generic[T]):
    """Results of a pure parser by cell; it forgets everything when it has grown too large."""

    def __init__(self, parse: Callable[[Cell], T], limit: int = _CACHE_LIMIT) -> None:
        super().__init__()
        self._parse, self._limit = parse, limit

    def __missing__(self, cell: Cell) -> T:
        if len(self) >= self._limit:
            self.clear()
        result = self[cell] = self._parse(cell)
        return result


def plain(cell: Cell) -> str:
    return "" if is_error(cell) else cell if isinstance(cell, str) else text_of(cell)


def say(code: str, field: str, cell: Cell, notes: list[str], add: Callable[[Finding], None]) -> None:
    if code[0] == "N":
        notes.append(code)
    else:
        add(Finding(code, field, clean(cell) if isinstance(cell, str) else text_of(cell)))
