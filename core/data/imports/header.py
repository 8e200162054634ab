"""Where the table of a sheet begins, and what its columns are called.

Headers of real lists have one to three rows, with merged groups (Father: name, year, phone), stand below some title
rows, and may have a row of column numbers under them. The words are the caller's field of knowledge: it gives a
`Resolver` that names the field of a column from its texts, outermost group first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .cells import Cell, clean
from .tables import Merge, Row

Resolver = Callable[[tuple[str, ...]], str | None]
SEARCH_ROWS = 60
_LONGEST = 90


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its position, the header texts from the group down, and its field if it was recognised."""

    index: int
    texts: tuple[str, ...]
    field: str | None
    hidden: bool

    @property
    def title(self) -> str:
        return " / ".join(self.texts)


@dataclass(frozen=True, slots=True)
class Header:
    """The header of one table: row numbers (as the sheet counts) and all its columns."""

    rows: tuple[int, ...]
    columns: tuple[Column, ...]

    def fields(self) -> dict[str, int]:
        """Field to column. Where a field occurs in hidden and visible columns, a visible one counts; else the first."""
        chosen: dict[str, Column] = {}
        for column in self.columns:
            if column.field is None:
                continue
            present = chosen.get(column.field)
            if present is None or (present.hidden and not column.hidden):
                chosen[column.field] = column
        return {name: column.index for name, column in chosen.items()}

    def texts(self) -> frozenset[str]:
        """Every single header text, to know the header again further down."""
        return frozenset(text.casefold() for column in self.columns for text in column.texts)


def find_header(
    rows: Sequence[Row],
    merges: Sequence[Merge],
    hidden: frozenset[int],
    resolve: Resolver,
    enough: Callable[[frozenset[str]], bool],
) -> Header | None:
    """The header among the first `rows` of a sheet, or None where there is no table of this kind."""
    best, best_fields = -1, frozenset[str]()
    for at, row in enumerate(rows[:SEARCH_ROWS]):
        fields = _fields_of(_texts(row), resolve)
        if len(fields) > len(best_fields):
            best, best_fields = at, fields
    if best < 0 or len(best_fields) < 2:
        return None
    first = best
    while first > 0 and best - first < 2 and _is_group_row(rows[first - 1], rows[best], resolve):
        first -= 1
    last = best
    while last + 1 < len(rows) and last - first < 2 and _is_sub_row(rows, first, last + 1, merges, resolve):
        last += 1
    columns = _columns(rows, first, last, merges, hidden, resolve)
    found = frozenset(column.field for column in columns if column.field)
    if not enough(found):
        return None
    return Header(tuple(row.number for row in rows[first : last + 1]), columns)


def _texts(row: Row) -> list[str]:
    return [clean(cell) if isinstance(cell, str) else "" for cell in row.cells]


def _fields_of(texts: Sequence[str], resolve: Resolver) -> frozenset[str]:
    found = {resolve((text,)) for text in texts if text and len(text) <= _LONGEST}
    return frozenset(name for name in found if name)


def _filled(cells: Sequence[Cell]) -> list[int]:
    return [index for index, cell in enumerate(cells) if cell not in ("", None)]


def _is_group_row(above: Row, below: Row, resolve: Resolver) -> bool:
    """A row of groups: some texts, the groups give the names below another meaning."""
    texts = _texts(above)
    filled = [index for index, text in enumerate(texts) if text]
    if len(filled) < 2 or len(filled) != len(_filled(above.cells)):
        return False
    lower = _texts(below)
    changed = 0
    group = ""
    for index, text in enumerate(lower):
        group = texts[index] if index < len(texts) and texts[index] else group
        if text and group and resolve((group, text)) not in (None, resolve((text,))):
            changed += 1
    return changed > 0 or len(_fields_of(texts, resolve)) >= 2


def _is_sub_row(rows: Sequence[Row], first: int, at: int, merges: Sequence[Merge], resolve: Resolver) -> bool:
    """A second header row: only short texts, under groups, most of them recognised together with their group."""
    row = rows[at]
    texts = _texts(row)
    filled = _filled(row.cells)
    if not filled or any(not texts[index] or len(texts[index]) > _LONGEST for index in filled):
        return False
    top = _spread(rows[first], merges)
    known = 0
    for index in filled:
        above = top[index] if index < len(top) else ""
        own = clean(str(rows[at - 1].cells[index])) if index < len(rows[at - 1].cells) else ""
        if own and own == above and resolve((above,)) and not resolve((above, texts[index])):
            return False
        if resolve((above, texts[index]) if above else (texts[index],)):
            known += 1
    own_fields = _fields_of(texts, resolve)
    return known * 2 > len(filled) and (len(own_fields) >= 2 or known == len(filled))


def _spread(row: Row, merges: Sequence[Merge]) -> list[str]:
    """The texts of a header row with each group written into all of its columns."""
    texts = _texts(row)
    merged = _merged(row, merges)
    return [text or merged.get(at) or _group_before(texts, merged, at) for at, text in enumerate(texts)]


def _columns(
    rows: Sequence[Row], first: int, last: int, merges: Sequence[Merge], hidden: frozenset[int], resolve: Resolver
) -> tuple[Column, ...]:
    levels = rows[first : last + 1]
    own = [_texts(row) for row in levels]
    merged = [_merged(row, merges) for row in levels]
    columns: list[Column] = []
    for index in range(max(len(level) for level in own)):
        parts: list[str] = []
        for depth, level in enumerate(own):
            text = level[index] if index < len(level) else ""
            if not text:
                text = merged[depth].get(index, "")
            if not text and any(index < len(lower) and lower[index] for lower in own[depth + 1 :]):
                text = _group_before(level, merged[depth], index)
            if text and text not in parts:
                parts.append(text)
        texts = tuple(parts)
        columns.append(Column(index, texts, resolve(texts) if texts else None, index in hidden))
    return tuple(columns)


def _merged(row: Row, merges: Sequence[Merge]) -> dict[int, str]:
    """Text of each column that a merged header cell of this row reaches to the right."""
    texts = _texts(row)
    reach: dict[int, str] = {}
    for merge in merges:
        if merge.top == row.number - 1 and merge.left < len(texts):
            reach.update(dict.fromkeys(range(merge.left, merge.right + 1), texts[merge.left]))
    return reach


def _group_before(level: Sequence[str], merged: dict[int, str], index: int) -> str:
    """The group text that stands further left, where groups are written once and not merged."""
    for before in range(min(index, len(level)) - 1, -1, -1):
        if level[before]:
            return "" if before in merged else level[before]
    return ""
