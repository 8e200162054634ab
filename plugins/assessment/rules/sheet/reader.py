"""A workbook of marks as a plan: whose row, which marks, what was found. Nothing is changed by reading."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from core.sdk.imports import (
    Cell,
    Finding,
    Header,
    IgnoredRow,
    MergedCells,
    Row,
    Sheet,
    Status,
    Tables,
    filled,
    find_header,
    first_text,
    is_column_numbers,
    is_header_again,
    is_signature,
    no_table,
    text_of,
    texts_at,
    total_kind,
)

from ..averages import kept, term_average, term_comment
from ..because import Result
from ..marks import State, TermMarks, half_up
from ..ruleset import MarkRules
from .cells import BLANK, ReadMark, read_mark
from .columns import enough, fields, regular_columns, resolve
from .pupils import Finder, Match, Pupil, Written, written
from .subjects import About, SheetSubject, about


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet was understood. Columns count from zero; `regular` are those of the regular marks."""

    header_rows: tuple[int, ...]
    fields: dict[str, int]
    regular: tuple[int, ...]


@dataclass(slots=True)
class MarksRow:
    """One pupil in one subject. `result` is the average or result by the rule; that of the teacher is only compared."""

    sheet: str
    row: int
    written: Written
    pupil: Pupil | None
    regular: list[ReadMark]
    mid: ReadMark
    end: ReadMark
    result: Result[Decimal] | Result[bool]
    typed: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """No pupil, no row. A refused *cell* leaves the rest of its row alone."""
        return self.pupil is None

    @property
    def status(self) -> Status:
        if self.refused:
            return Status.REFUSE
        return Status.WARN if self.findings else Status.ACCEPT

    @property
    def why(self) -> str | None:
        """Why there is no average, in the words of exchange files."""
        if self.refused:
            return "no_pupil"
        return self.result.why.value if self.result.why else None

    def marks(self) -> TermMarks:
        """The marks of the row, as the engine takes them."""
        return TermMarks(tuple(one.mark for one in self.regular), self.mid.mark, self.end.mark)


@dataclass(slots=True)
class MarksSheet:
    """One sheet, one subject; `missing` are pupils of the class without a row."""

    name: str
    subject: SheetSubject
    about: About
    layout: Layout
    rows: list[MarksRow]
    ignored: list[IgnoredRow]
    missing: list[Pupil]


@dataclass(slots=True)
class MarksPlan:
    """Everything that was understood of a file; `ignored` names sheets that are no marks of this class."""

    sheets: list[MarksSheet] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_marks(tables: Tables, roll: Sequence[Pupil], subjects: Sequence[SheetSubject], rules: MarkRules) -> MarksPlan:
    """Read every visible sheet that is about a subject of the class.

    Raises:
        UnreadableFile: no sheet has a header row with pupils and marks.
    """
    plan = MarksPlan()
    tabular = False
    for sheet in tables.sheets:
        rows = list(sheet.rows()) if sheet.visible else []
        header = find_header(rows, sheet.merges, sheet.hidden_columns, resolve, enough) if rows else None
        tabular = tabular or header is not None
        titles = [first_text(row.cells) for row in rows if header and row.number < header.rows[0]]
        subject = about(sheet.name, titles, subjects)
        if header is None or subject.subject is None:
            plan.ignored.append(sheet.name)
        else:
            plan.sheets.append(_Reader(sheet, header, subject, subject.subject, roll, rules).read(rows))
    if not tabular:
        raise no_table("Họ và tên")
    return plan


@dataclass(frozen=True, slots=True)
class Roll:
    """Where a sheet names its pupils, and in which columns its marks stand."""

    sheet: Sheet
    header: Header
    fields: dict[str, int]
    marks: Sequence[int]

    def written(self, cells: Sequence[Cell]) -> Written:
        """How a row names its pupil."""

        def cell(name: str) -> Cell:
            return cells[self.fields[name]] if name in self.fields else ""

        name = " ".join(text_of(cell(part)) for part in ("name", "name_rest", "name_given"))
        return written(cell("code"), name, cell("dob"))


class Matched(NamedTuple):
    """The rows of a sheet with their pupils; what else stands there; pupils without a row."""

    rows: list[tuple[Row, Written, Match]]
    ignored: list[IgnoredRow]
    missing: list[Pupil]


def matched(at: Roll, rows: Sequence[Row], roll: Sequence[Pupil]) -> Matched:
    """The rows with their pupils: first those that are named exactly, then the misspelt ones among the rest."""
    ignored: list[IgnoredRow] = []
    data = [(row, at.written(row.cells)) for row in _data(at, rows, ignored)]
    finder, taken = Finder(roll), set[Hashable]()
    matches: list[Match] = []
    for _row, named in data:
        match = finder.exact(named)
        if match.pupil is not None:
            match = Match(None, "E_DUPLICATE") if match.pupil.ref in taken else match
            taken |= {match.pupil.ref} if match.pupil else set()
        matches.append(match)
    found = []
    for (row, named), exact in zip(data, matches, strict=True):
        match = exact if exact.pupil or exact.code else finder.near(named, taken)
        taken |= {match.pupil.ref} if match.pupil else set()
        found.append((row, named, match))
    return Matched(found, ignored, [pupil for pupil in roll if pupil.ref not in taken])


def _data(at: Roll, rows: Sequence[Row], ignored: list[IgnoredRow]) -> Iterator[Row]:
    first, last = at.header.rows[0], at.header.rows[-1]
    merged = MergedCells(at.sheet.merges, last)
    width = max(*at.fields.values(), *at.marks) + 1
    for row in rows:
        row.cells.extend([""] * (width - len(row.cells)))
        if row.number > last:
            merged.fill(row.number, row.cells)
        kind = ("title" if row.number < first else "header") if row.number <= last else _kind(at, row.cells)
        if kind is None:
            yield row
        elif filled(row.cells):
            ignored.append(IgnoredRow(at.sheet.name, row.number, row.line, kind, first_text(row.cells)))


def _kind(at: Roll, cells: Sequence[Cell]) -> str | None:
    """None for a row of a pupil, else what it is."""
    texts = texts_at(cells, filled(cells))
    named = at.written(cells)
    if is_column_numbers(texts):
        return "column_numbers"
    if is_header_again(texts, at.header.texts()):
        return "header_repeated"
    if not any(char.isalpha() for char in named.name) and not named.code:
        return "remark"
    has_marks = any(filled([cells[place]]) for place in at.marks)
    if not has_marks and (total_kind([named.name]) or is_signature(texts)):
        return total_kind([named.name]) or "signature"
    return None


class _Reader:
    """Reads one sheet."""

    def __init__(
        self, sheet: Sheet, header: Header, told: About, subject: SheetSubject, roll: Sequence[Pupil], rules: MarkRules
    ) -> None:
        self._sheet, self._header, self._told, self._subject = sheet, header, told, subject
        self._roll, self._rules = roll, rules
        self._fields = fields(header)
        self._regular = tuple(regular_columns(header))

    def read(self, rows: Sequence[Row]) -> MarksSheet:
        """The rows with their pupils and marks."""
        places = [*self._regular, *(self._fields[name] for name in ("gk", "ck") if name in self._fields)]
        found = matched(Roll(self._sheet, self._header, self._fields, places), rows, self._roll)
        made = [self._row(*one) for one in found.rows]
        layout = Layout(self._header.rows, self._fields, self._regular)
        return MarksSheet(self._sheet.name, self._subject, self._told, layout, made, found.ignored, found.missing)

    def _cell(self, cells: Sequence[Cell], name: str) -> Cell:
        return cells[self._fields[name]] if name in self._fields else ""

    def _row(self, row: Row, named: Written, match: Match) -> MarksRow:
        scored, required = self._subject.scored, self._subject.required
        read = [read_mark(row.cells[at], scored=scored, scale=self._rules.scale) for at in self._regular]
        places = kept([one.mark for one in read], required)
        regular = [read[at] for at in places] + [BLANK] * (required - len(places))
        mid, end = (
            read_mark(self._cell(row.cells, name), scored=scored, scale=self._rules.scale) for name in ("gk", "ck")
        )
        columns = ["tx"] * len(regular) + ["gk", "ck"]
        findings = [
            Finding(one.code, column, one.raw, one.proposal)
            for column, one in zip(columns, (*regular, mid, end), strict=True)
            if one.code
        ]
        if match.code:
            findings.insert(0, Finding(match.code, "name", named.name, match.pupil.name if match.pupil else ""))
        marks = TermMarks(tuple(one.mark for one in regular), mid.mark, end.mark)
        made = term_average if scored else term_comment
        result = made(self._rules, marks, required)
        if len(regular) > required:
            findings.append(Finding("W_TX_COUNT", "tx", str(len(regular)), str(required)))
        typed = self._cell(row.cells, "avg")
        findings += self._compared(typed, result)
        where = self._sheet.name
        return MarksRow(where, row.number, named, match.pupil, regular, mid, end, result, text_of(typed), findings)

    def _compared(self, typed: Cell, result: Result[Decimal] | Result[bool]) -> list[Finding]:
        """The teacher's own average or result is compared, never taken."""
        scored = self._subject.scored
        mark = read_mark(typed, scored=scored, scale=self._rules.scale).mark
        if mark.state in (State.MISSING, State.REFUSED, State.PENDING):
            return []
        raw = text_of(typed)
        if result.undetermined:
            return [Finding("W_AVG_PENDING", "avg", raw)]
        if result.exempt or mark.state is State.EXEMPT:
            same = result.exempt and mark.state is State.EXEMPT
        elif isinstance(result.value, bool):
            same = mark.passed == result.value
        else:
            same = half_up(mark.as_score(), self._rules.average_decimals) == result.value
        return [] if same else [Finding("W_AVG_DIFFERS", "avg", raw, _result_text(result))]


def _result_text(result: Result[Decimal] | Result[bool]) -> str:
    if result.exempt:
        return "M"
    if isinstance(result.value, bool):
        return "Đ" if result.value else "CĐ"
    return str(result.value)
