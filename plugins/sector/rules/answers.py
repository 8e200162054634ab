"""Reading the sector's answer: what was taken, what was refused and why, whichever way the file is arranged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from core.sdk import fold
from core.sdk.imports import Cell, Header, Row, Sheet, Tables, filled, find_header, is_error, text_of

from ..port import Answer, AnswerRow, Outcome
from .shapes import common, squeezed

_FIRST = 30
_LONG_ID = 12
_SHORT_ID = 9
"""A personal ID that a spreadsheet took for a number has lost up to three zeros."""


@cache
def _headers() -> Mapping[str, str]:
    """Header texts to what they tell; where one is used twice, the name that comes first here counts."""
    words: Mapping[str, Any] = common()["answer"]
    names = ("row", "row_id", "personal_id", "pupil_code", "sector_code", "full_name", "status", "message",
             "weak_status", "weak_message")  # fmt: skip
    return {squeezed(text): name for name in reversed(names) for text in words[name]}


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(squeezed(text) for text in common()["answer"][name])


def _resolve(texts: tuple[str, ...]) -> str | None:
    return _headers().get(squeezed(texts[-1])) if texts else None


def _enough(found: frozenset[str]) -> bool:
    """A result, and something that says whose."""
    named = found & {"row", "row_id", "personal_id", "pupil_code", "full_name"}
    return bool(named) and bool(found & {"status", "weak_status", "message", "sector_code"})


def read_answer(tables: Tables) -> Answer | None:
    """The answer in a file; None where there is none that can be understood."""
    for sheet in tables.sheets:
        rows = list(sheet.rows())
        header = find_header(rows, sheet.merges, sheet.hidden_columns, _resolve, _enough)
        if header is not None:
            return Answer(_told(rows[: header.rows[0]]), tuple(_rows(rows, header)), "", _unread(header))
    for sheet in tables.sheets:
        if (refused := _refused_whole(sheet)) is not None:
            return Answer("FAILED", (), refused, ())
    return None


def _unread(header: Header) -> tuple[str, ...]:
    return tuple(column.title for column in header.columns if column.field is None and column.title)


def _rows(rows: Sequence[Row], header: Header) -> Iterator[AnswerRow]:
    places = header.fields()
    for name in ("status", "message"):
        weak = places.pop(f"weak_{name}", None)
        if weak is not None:
            places.setdefault(name, weak)
    for row in rows:
        if row.number <= header.rows[-1] or len(filled(row.cells)) < 2:
            continue
        texts = {name: _text(row.cells, at) for name, at in places.items()}
        found = AnswerRow(
            line=row.number,
            row_id=texts.get("row_id", "").lower(),
            number=_number(texts.get("row", "")),
            personal_id=_personal_id(texts.get("personal_id", "")),
            pupil_code=texts.get("pupil_code", ""),
            full_name=texts.get("full_name", ""),
            sector_code=texts.get("sector_code", ""),
            accepted=_accepted(texts),
            message=texts.get("message", ""),
        )
        if found.row_id or found.number or found.personal_id or found.pupil_code or texts.get("status"):
            yield found


def _text(cells: Sequence[Cell], at: int) -> str:
    if at >= len(cells) or is_error(cells[at]):
        return ""
    return text_of(cells[at]).removeprefix("'").strip()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _personal_id(text: str) -> str:
    digits = "".join(text.split())
    return digits.zfill(_LONG_ID) if digits.isdecimal() and len(digits) >= _SHORT_ID else digits


def _accepted(texts: Mapping[str, str]) -> bool | None:
    """Whether the row was taken; None where nobody can say."""
    status = squeezed(texts.get("status", ""))
    if status in _words("refused"):
        return False
    if status in _words("accepted"):
        return True
    if status:
        return None
    if texts.get("message"):
        return False
    return True if texts.get("sector_code") else None


def _told(rows: Sequence[Row]) -> Outcome | None:
    """What the lines above the table say of the whole file: `Kết quả: THÀNH CÔNG MỘT PHẦN`."""
    for row in rows[:_FIRST]:
        for cell in row.cells:
            found = _outcome(cell)
            if found:
                return found
    return None


def _outcome(cell: Cell) -> Outcome | None:
    if not isinstance(cell, str):
        return None
    text = squeezed(cell.rpartition(":")[2])
    if text in _words("partial"):
        return "PARTIAL"
    if text in _words("refused"):
        return "FAILED"
    return "SUCCESS" if text in _words("accepted") - {"1"} else None


def _refused_whole(sheet: Sheet) -> str | None:
    """The reason of a file that was refused as a whole, and has no table."""
    lines = [text_of(cell) for row in _head(sheet) for cell in row.cells if text_of(cell)]
    if not any(_outcome(line) == "FAILED" for line in lines):
        return None
    return "; ".join(line for line in lines if _outcome(line) is None)[:500]


def _head(sheet: Sheet) -> Iterator[Row]:
    for row in sheet.rows():
        if row.number > _FIRST:
            return
        yield row


def same_name(ours: str, theirs: str) -> bool:
    """Whether two spellings are one name: letter case, accents and spaces aside."""
    return fold(ours) == fold(theirs)
