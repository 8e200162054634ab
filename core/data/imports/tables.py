"""Any uploaded list as sheets of rows: Excel workbooks and CSV texts look the same from here on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from .cells import Cell


class Row(NamedTuple):
    """One row: its number as the spreadsheet counts (or the record of a CSV), the line of a CSV, the cells."""

    number: int
    line: int
    cells: list[Cell]


class Merge(NamedTuple):
    """A merged range, zero-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int


class Sheet(Protocol):
    """A sheet that can be read from the top, once or more often."""

    @property
    def name(self) -> str: ...
    @property
    def visible(self) -> bool: ...
    @property
    def merges(self) -> tuple[Merge, ...]: ...
    @property
    def hidden_columns(self) -> frozenset[int]: ...
    def rows(self) -> Iterator[Row]: ...


@dataclass(frozen=True, slots=True)
class Tables:
    """A file that was read: `kind` is "workbook" or "csv"; `encoding` and `delimiter` only for a CSV."""

    kind: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    delimiter: str = ""
