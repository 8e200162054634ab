"""Workbooks of primary classes (Circular 27/2020): a sheet for each subject with levels, test marks and comments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from core.sdk import fold
from core.sdk.imports import (
    Cell,
    Finding,
    Header,
    Row,
    Sheet,
    Tables,
    find_header,
    first_text,
    is_date,
    no_table,
    text_of,
)

from ...grid.cells import Unreadable, read, stored
from ...grid.slots import COMMENT_SLOT, Layout
from ...rules.sheet.columns import fields
from ...rules.sheet.pupils import Pupil, Written
from ...rules.sheet.reader import Roll, matched
from ...rules.sheet.subjects import About, SheetSubject, about

_SPACES = re.compile(r"[\s_/,.;:\-–()*]+")
_RULES = (
    ("stt", r"^(stt|tt|so tt|so thu tu|#)$"),
    ("code", r"\b(ma hs|mahs|mshs|ma hoc sinh|ma so hs|ma dinh danh)\b|^ma( so)?$"),
    ("dob", r"\b(ngay sinh|ngay thang nam sinh|sinh ngay|ntns)\b"),
    ("note", r"\b(nhan xet|loi phe|ghi chu)\b"),
    ("test", r"\b(diem|ktdk|kiem tra)\b"),
    ("level", r"\b(muc|mdd|muc dat duoc|xep loai|danh gia)\b"),
    ("name_rest", r"^(ho dem|ho va dem|ho lot|ho va ten dem|ho)$"),
    ("name_given", r"^ten$"),
    ("name", r"\b(ho va ten|ho ten|hoten|ten hoc sinh|hoc sinh)\b"),
)
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _RULES)
_WORDS = {"hoan thanh tot": "T", "hoan thanh": "H", "chua hoan thanh": "C"}
_MIDDLE = re.compile(r"\bgiua\b|\bghk")
_END = re.compile(r"\bcuoi\b|\bchk|\bcn\b")


@dataclass(slots=True)
class PrimaryRow:
    """A row: whose it is, the stored texts by slot, and what was found."""

    number: int
    written: Written
    pupil: Pupil | None
    cells: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)

    @property
    def status(self) -> str:
        return "refuse" if self.pupil is None else "warn" if self.findings else "accept"


@dataclass(frozen=True, slots=True)
class PrimarySheet:
    """A sheet as it was understood."""

    name: str
    subject: SheetSubject
    about: About
    header_rows: tuple[int, ...]
    columns: dict[str, int]
    rows: list[PrimaryRow]
    missing: list[Pupil]


def read_primary(
    tables: Tables, roll: Sequence[Pupil], subjects: Sequence[SheetSubject], layouts: Mapping[str, Layout]
) -> tuple[list[PrimarySheet], list[str]]:
    """Every visible sheet that is about a subject of the class, and the names of the others.

    Args:
        layouts: the books of the term by code of the subject.

    Raises:
        UnreadableFile: no sheet has a header row with pupils and levels.
    """
    sheets, ignored, tabular = list[PrimarySheet](), list[str](), False
    for sheet in tables.sheets:
        rows = list(sheet.rows()) if sheet.visible else []
        header = find_header(rows, sheet.merges, sheet.hidden_columns, _resolve, _enough) if rows else None
        tabular = tabular or header is not None
        titles = [first_text(row.cells) for row in rows if header and row.number < header.rows[0]]
        told = about(sheet.name, titles, subjects)
        if header is None or told.subject is None:
            ignored.append(sheet.name)
        else:
            point = _point(" ".join((*titles, sheet.name)))
            layout = layouts[told.subject.code]
            sheets.append(_read(sheet, rows, header, told, told.subject, _Columns(header, layout, point), roll))
    if not tabular:
        raise no_table("Họ và tên")
    return sheets, ignored


@lru_cache(maxsize=512)
def _resolve(texts: tuple[str, ...]) -> str | None:
    """The field of a column from its header texts; levels and tests with their moment where the header says it."""
    plain = [_SPACES.sub(" ", fold(text)).strip() for text in texts]
    found = next((name for text in reversed(plain) for name, rule in _COMPILED if rule.search(text)), None)
    if found in ("level", "test"):
        point = _point(" ".join(plain))
        return f"{found}_{point}" if point else found
    return found


def _point(text: str) -> str:
    plain = fold(text)
    return "mid" if _MIDDLE.search(plain) else "end" if _END.search(plain) else ""


def _enough(found: frozenset[str]) -> bool:
    named = "name" in found or "code" in found or {"name_rest", "name_given"} <= found
    return named and any(name.startswith("level") for name in found)


class _Columns:
    """Which column holds which slot of the book. Without a moment of its own a column is of the sheet's, or the end."""

    def __init__(self, header: Header, layout: Layout, point: str) -> None:
        self.fields = fields(header)
        self.layout = layout
        kinds = list(dict.fromkeys(slot.kind for slot in layout.slots if slot.name != COMMENT_SLOT))
        self.slots: dict[str, int] = {}
        for name, at in self.fields.items():
            what, _dash, moment = name.partition("_")
            if what in ("level", "test"):
                kind = kinds[0] if (moment or point) == "mid" else kinds[-1]
                self.slots[kind if what == "level" else f"{kind}_d"] = at
        if "note" in self.fields:
            self.slots[COMMENT_SLOT] = self.fields["note"]


def _read(
    sheet: Sheet,
    rows: Sequence[Row],
    header: Header,
    told: About,
    subject: SheetSubject,
    columns: _Columns,
    roll: Sequence[Pupil],
) -> PrimarySheet:
    places = [*columns.slots.values()]
    found = matched(Roll(sheet, header, columns.fields, places), rows, roll)
    made = []
    for row, named, match in found.rows:
        cells, findings = _cells(row.cells, columns)
        if match.code:
            findings.insert(0, Finding(match.code, "name", named.name, match.pupil.name if match.pupil else ""))
        made.append(PrimaryRow(row.number, named, match.pupil, cells if match.pupil else {}, findings))
    at = {**columns.fields, **columns.slots}
    return PrimarySheet(sheet.name, subject, told, header.rows, at, made, found.missing)


def _cells(cells: Sequence[Cell], columns: _Columns) -> tuple[dict[str, str], list[Finding]]:
    found: dict[str, str] = {}
    findings: list[Finding] = []
    for slot, at in columns.slots.items():
        text = text_of(cells[at])
        if not text:
            continue
        column = columns.layout.slot(slot)
        if column is None:
            findings.append(Finding("E_TEST_NONE", slot, text, ""))
        elif is_date(cells[at]) and column.accept != "text":
            findings.append(Finding("E_CELL_DATE", slot, text, ""))
        else:
            typed = _WORDS.get(fold(text), text) if column.accept == "level" else text
            try:
                found[slot] = stored(read(typed, column.accept))
            except Unreadable:
                findings.append(Finding("E_MARK_UNREADABLE", slot, text, ""))
    return found, findings
