"""The plan of an import: what would happen to each row, and why. Nothing is changed by making one."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import msgspec


class Status(StrEnum):
    """What happens to a row: taken over, taken over and shown to a person, or left out."""

    ACCEPT = "accept"
    WARN = "warn"
    REFUSE = "refuse"


class Finding(NamedTuple):
    """One thing found in one cell. The text of the message belongs to the code, the cell is quoted as typed."""

    code: str
    field: str
    cell: str = ""
    proposal: str = ""


class PlannedRow(msgspec.Struct, gc=False):
    """One data row. `value` is JSON, so that a hundred thousand of them stay small."""

    sheet: str
    row: int
    line: int
    status: str
    notes: tuple[str, ...]
    findings: list[Finding]
    value: bytes

    @property
    def warnings(self) -> list[str]:
        return sorted({finding.code for finding in self.findings if finding.code.startswith("W_")})

    @property
    def errors(self) -> list[str]:
        return sorted({finding.code for finding in self.findings if finding.code.startswith("E_")})

    def settle(self) -> None:
        """Set the status from the findings: the gravest counts."""
        if not self.findings:
            self.status = Status.ACCEPT
            return
        codes = [finding.code[0] for finding in self.findings]
        self.status = Status.REFUSE if "E" in codes else Status.WARN if "W" in codes else Status.ACCEPT


class IgnoredRow(NamedTuple):
    """A row that is no data: title, header, subtotal, signature ... and its first text."""

    sheet: str
    row: int
    line: int
    kind: str
    text: str = ""


class SheetLayout(NamedTuple):
    """How one sheet was understood: header rows, column letter of each field, columns that are not taken over."""

    sheet: str
    header_rows: tuple[int, ...]
    fields: dict[str, int]
    titles: dict[str, str]
    unmapped: tuple[tuple[int, str], ...]


class CountDiffers(NamedTuple):
    """A number that the file declares for a class and the rows that are really there."""

    label: str
    declared: int
    rows: int
    source: str


@dataclass(slots=True)
class Plan:
    """Everything that was understood of one file."""

    kind: str
    encoding: str = ""
    delimiter: str = ""
    rows: list[PlannedRow] = field(default_factory=list)
    ignored: list[IgnoredRow] = field(default_factory=list)
    ignored_sheets: list[str] = field(default_factory=list)
    layouts: list[SheetLayout] = field(default_factory=list)
    groups: dict[str, list[list[int]]] = field(default_factory=dict)
    differing: list[CountDiffers] = field(default_factory=list)

    def counts(self) -> Counter[str]:
        """Rows by status."""
        return Counter(str(row.status) for row in self.rows)

    def codes(self) -> Counter[str]:
        """Rows by code, notes included."""
        found: Counter[str] = Counter()
        for row in self.rows:
            found.update({finding.code for finding in row.findings} | set(row.notes))
        return found


@contextmanager
def collector_paused() -> Iterator[None]:
    """No collection of cycles while a large plan grows: its rows have none, and looking for them costs a sixth."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def origin(row: PlannedRow, column: str = "") -> str:
    """Where a row stands, as a person would say it: sheet and cell, or the line of a text file."""
    place = f"{column}{row.row}" if column else str(row.row)
    return f"{row.sheet}!{place}" if row.sheet else place


def first_text(cells: Sequence[object]) -> str:
    """The first text of a row that is no data, for the list of such rows."""
    return next((str(cell).strip()[:120] for cell in cells if cell not in ("", None)), "")
