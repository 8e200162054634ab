"""The plan of a workbook as it is kept: plain JSON, read back with types."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from ...models import MarkImport


class PlanCell(msgspec.Struct, frozen=True):
    """A mark of the workbook: its place, its stored text, and what stood there when the workbook was read."""

    slot: str
    value: str
    before: str

    @property
    def changes(self) -> bool:
        return self.value != self.before


class PlanFinding(msgspec.Struct, frozen=True):
    """Something to look at: `E_` refuses a cell or a row, `W_` warns. `place` names the column of the workbook."""

    code: str
    place: str
    raw: str
    proposal: str


class PlanRow(msgspec.Struct, frozen=True):
    """A row: whose, what it says, how it ends (`accept`, `warn`, `refuse`)."""

    row: int
    name: str
    pupil: UUID | None
    status: str
    result: str
    why: str
    cells: Sequence[PlanCell]
    findings: Sequence[PlanFinding]


class PlanSheet(msgspec.Struct, frozen=True):
    """A sheet: one subject. `mine` tells whether the uploader may enter its marks."""

    name: str
    course_id: UUID
    subject_vi: str
    subject_en: str
    mine: bool
    other_class: str
    """Name of another class that the sheet says it is about; nothing of it is taken then."""
    other_term: bool
    header_rows: Sequence[int]
    columns: dict[str, int]
    regular: Sequence[int]
    rows: Sequence[PlanRow]
    missing: Sequence[str]

    @property
    def usable(self) -> bool:
        return self.mine and not self.other_class and not self.other_term

    @property
    def changes(self) -> int:
        """Cells that confirming would write."""
        return sum(cell.changes for row in self.rows for cell in row.cells) if self.usable else 0

    def count(self, status: str) -> int:
        """Rows that end so."""
        return sum(row.status == status for row in self.rows)


class Plan(msgspec.Struct, frozen=True):
    """All sheets; `ignored` are those that are no marks of this class."""

    sheets: Sequence[PlanSheet]
    ignored: Sequence[str]


def plan_of(batch: MarkImport) -> Plan:
    """The plan of an import."""
    return msgspec.convert(batch.plan, Plan)
