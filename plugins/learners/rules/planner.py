"""From an uploaded list to a plan: every row accepted, to be checked or refused, with its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain, islice

from core.sdk.imports import (
    Cell,
    Finding,
    Plan,
    PlannedRow,
    Row,
    Sheet,
    SheetLayout,
    Tables,
    collector_paused,
    find_header,
    no_table,
)

from . import columns
from .classes import class_key, class_order, found_classes, grade_of, looks_like_class
from .duplicates import Entry, compare, siblings
from .fieldcount import repair
from .parsing import Parsed, RowParser
from .placing import Place, differing_counts, settle_classes
from .record import ENCODER
from .table import TableReader

_BUFFER = 80


@dataclass(frozen=True, slots=True)
class Expected:
    """What the school knows beforehand.

    Args:
        classes: its classes of the school year, None if it has none yet (then those found are proposed).
        first_year: the calendar year in which the school year begins.
    """

    classes: tuple[str, ...] | None = None
    first_year: int = 2026


@dataclass(slots=True)
class LearnerPlan(Plan):
    """A plan for a list of pupils: also the classes that were found, or that the school has."""

    classes: list[str] = field(default_factory=list)
    classes_proposed: bool = False
    links: dict[int, tuple[str, int]] = field(default_factory=dict)


class Planner:
    """Plans one file. Use `plan_learners`."""

    def __init__(self, tables: Tables, expected: Expected, tick: Callable[[int], None] | None = None) -> None:
        self.plan = LearnerPlan(tables.kind, tables.encoding, tables.delimiter)
        self._tables = tables
        self._expected = expected
        self._tick = tick
        self._places: list[Place] = []
        self._entries: list[Entry] = []
        self._declared: dict[str, tuple[int, str]] = {}
        self._named_classes: set[str] = set()
        self._seen: Counter[str] = Counter()
        self._keys: dict[str, str] = {}
        self._notes: dict[tuple[str, ...], tuple[str, ...]] = {}

    def run(self) -> LearnerPlan:
        """Read all sheets and settle what only the whole list can tell."""
        summaries: list[Sheet] = []
        for sheet in self._tables.sheets:
            if not sheet.visible:
                self.plan.ignored_sheets.append(sheet.name)
            elif not self._read_sheet(sheet):
                self.plan.ignored_sheets.append(sheet.name)
                summaries.append(sheet)
        if not self.plan.layouts:
            raise no_table("Họ và tên")
        for sheet in summaries:
            self._read_summary(sheet)
        self._find_classes()
        plan = self.plan
        settle_classes(plan.rows, self._places, plan.classes, self._expected.first_year)
        self._compare()
        plan.differing = differing_counts(plan.rows, self._places, plan.classes, self._declared)
        for row in self.plan.rows:
            row.settle()
        self._group()
        return self.plan

    def _read_sheet(self, sheet: Sheet) -> bool:
        source = sheet.rows()
        buffer = list(islice(source, _BUFFER))
        header = find_header(buffer, sheet.merges, sheet.hidden_columns, columns.resolve, columns.enough)
        if header is None:
            return False
        reader = TableReader(sheet, header, buffer)
        self.plan.layouts.append(
            SheetLayout(sheet.name, header.rows, reader.fields, reader.titles(), reader.unmapped())
        )
        parser = RowParser(reader.fields, is_text_file=self._tables.kind == "csv")
        self._read_rows(sheet, chain(buffer, source), reader, parser)
        self.plan.ignored.extend(reader.ignored)
        self._named_classes |= reader.named_classes
        return True

    def _read_rows(self, sheet: Sheet, rows: Iterable[Row], reader: TableReader, parser: RowParser) -> None:
        grade_by_name = reader.grade
        is_csv = self._tables.kind == "csv"
        for row, merged in reader.data_rows(rows):
            cells = row.cells
            if is_csv and reader.field_count != len(cells):
                cells = repair(cells, reader.field_count, reader.fields)
                parsed = parser.parse(_padded(cells, reader.width))
                parsed.findings.append(Finding("E_FIELD_COUNT", "row", f"{len(row.cells)} / {reader.field_count}"))
            else:
                parsed = parser.parse(cells, merged)
            self._keep(sheet.name, row, parsed, reader.heading, grade_by_name)
            if self._tick and len(self.plan.rows) % 2000 == 0:
                self._tick(len(self.plan.rows))

    def _keep(self, sheet: str, row: Row, parsed: Parsed, heading: str | None, grade: int | None) -> None:
        value = parsed.value
        key = self._class_key(parsed.class_cell) if parsed.class_cell else heading or ""
        if key:
            self._seen[key] += 1
        block_grade = grade_of(heading) if heading else grade
        self._places.append(Place(parsed.class_cell, key, heading, block_grade, parsed.birth_year))
        index = len(self.plan.rows)
        mother, father = value.me, value.cha
        phones: tuple[str, ...] = ()
        for person in (father, mother, value.nguoigiamho):
            if person and person.sdt:
                phones += tuple(person.sdt)
        self._entries.append(
            Entry(
                index,
                value.mahocsinh,
                value.sodinhdanh or (value.giayto.so if value.giayto else None),
                (value.hovaten or "").casefold(),
                value.ngaysinh or "",
                key,
                mother.hovaten.casefold() if mother and mother.hovaten else "",
                father.hovaten.casefold() if father and father.hovaten else "",
                phones,
                bool(parsed.findings) and any(finding.code[0] == "E" for finding in parsed.findings),
            )
        )
        value.lop = key or None
        noted = tuple(parsed.notes)
        noted = self._notes.setdefault(noted, noted)
        self.plan.rows.append(
            PlannedRow(sheet, row.number, row.line, "", noted, parsed.findings, ENCODER.encode(value))
        )

    def _class_key(self, cell: str) -> str:
        key = self._keys.get(cell)
        if key is None:
            key = self._keys[cell] = class_key(cell)
        return key

    def _read_summary(self, sheet: Sheet) -> None:
        """A sheet that counts classes: what it declares is compared, never taken over."""
        source = list(islice(sheet.rows(), 400))
        header = find_header(
            source, sheet.merges, sheet.hidden_columns, columns.summary, lambda found: {"lop", "siso"} <= found
        )
        if header is None:
            return
        fields = header.fields()
        for row in source:
            if row.number <= header.rows[-1] or max(fields["lop"], fields["siso"]) >= len(row.cells):
                continue
            key, number = class_key(str(row.cells[fields["lop"]])), row.cells[fields["siso"]]
            if looks_like_class(key) and isinstance(number, (int, float)):
                self._declared[key] = (int(number), sheet.name)
                self._named_classes.add(key)

    def _find_classes(self) -> None:
        """Those of the school, or proposed ones where it has none yet."""
        known = self._expected.classes
        self.plan.classes_proposed = known is None
        if known is None:
            self.plan.classes = found_classes(self._named_classes, self._seen)
        else:
            self.plan.classes = sorted(known, key=class_order)

    def _compare(self) -> None:
        canonical = {class_key(name) for name in self.plan.classes}
        for entry in self._entries:
            if entry.class_name not in canonical:
                entry.class_name, entry.refused = "", True
        verdicts = compare(self._entries)
        for index, findings in verdicts.findings.items():
            self.plan.rows[index].findings.extend(findings)
        self.plan.links = verdicts.links
        for index, (kind, other) in verdicts.links.items():
            if kind == "duplicate_of":
                self._point_to(self.plan.rows[index], self.plan.rows[other])

    @staticmethod
    def _point_to(row: PlannedRow, kept: PlannedRow) -> None:
        """Say where the earlier row of the same pupil stands."""
        place = f"{kept.sheet} · {kept.row}" if kept.sheet else str(kept.row)
        for at, finding in enumerate(row.findings):
            if finding.code in ("E_DUPLICATE", "E_DUPLICATE_OTHER_CLASS"):
                row.findings[at] = finding._replace(cell=place)

    def _group(self) -> None:
        imported = {index for index, row in enumerate(self.plan.rows) if row.status != "refuse"}
        groups, twins = siblings(self._entries, imported)
        self.plan.groups = {"siblings": groups, "twins": twins}


def _padded(cells: list[Cell], width: int) -> list[Cell]:
    return cells + [""] * (width - len(cells)) if len(cells) < width else cells


def plan_learners(
    tables: Tables, expected: Expected | None = None, tick: Callable[[int], None] | None = None
) -> LearnerPlan:
    """Plan the import of a list of pupils; nothing is changed. `tick` is called with the rows read so far.

    Raises:
        UnreadableFile: no sheet has a header with names of pupils.
    """
    with collector_paused():
        return Planner(tables, expected or Expected(), tick).run()
