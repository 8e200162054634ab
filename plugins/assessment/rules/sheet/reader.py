"""A workbook of marks as a plan: whose row, which marks, what was found. Nothing is changed by reading."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

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


class _Reader:
    """Reads one sheet."""

    def __init__(
        self, sheet: Sheet, header: Header, told: About, subject: SheetSubject, roll: Sequence[Pupil], rules: MarkRules
    ) -> None:
        self._sheet, self._header, self._told, self._subject = sheet, header, told, subject
        self._roll, self._rules = roll, rules
        self._fields = fields(header)
        self._regular = tuple(regular_columns(header))
        self._ignored: list[IgnoredRow] = []

    def read(self, rows: Sequence[Row]) -> MarksSheet:
        """The rows with their pupils: first those that are named exactly, then the misspelt ones among the rest."""
        data = [(row, self._written(row.cells)) for row in self._data(rows)]
        finder, taken = Finder(self._roll), set[Hashable]()
        matches: list[Match] = []
        for _row, named in data:
            match = finder.exact(named)
            if match.pupil is not None:
                match = Match(None, "E_DUPLICATE") if match.pupil.ref in taken else match
                taken |= {match.pupil.ref} if match.pupil else set()
            matches.append(match)
        made: list[MarksRow] = []
        for (row, named), exact in zip(data, matches, strict=True):
            match = exact if exact.pupil or exact.code else finder.near(named, taken)
            taken |= {match.pupil.ref} if match.pupil else set()
            made.append(self._row(row, named, match))
        missing = [pupil for pupil in self._roll if pupil.ref not in taken]
        layout = Layout(self._header.rows, self._fields, self._regular)
        return MarksSheet(self._sheet.name, self._subject, self._told, layout, made, self._ignored, missing)

    def _data(self, rows: Sequence[Row]) -> Iterator[Row]:
        first, last = self._header.rows[0], self._header.rows[-1]
        merged = MergedCells(self._sheet.merges, last)
        width = max(*self._fields.values(), *self._regular) + 1
        for row in rows:
            row.cells.extend([""] * (width - len(row.cells)))
            if row.number > last:
                merged.fill(row.number, row.cells)
            kind = ("title" if row.number < first else "header") if row.number <= last else self._kind(row.cells)
            if kind is None:
                yield row
            elif filled(row.cells):
                self._ignored.append(IgnoredRow(self._sheet.name, row.number, row.line, kind, first_text(row.cells)))

    def _kind(self, cells: Sequence[Cell]) -> str | None:
        """None for a row of a pupil, else what it is."""
        texts = texts_at(cells, filled(cells))
        named = self._written(cells)
        if is_column_numbers(texts):
            return "column_numbers"
        if is_header_again(texts, self._header.texts()):
            return "header_repeated"
        if not any(char.isalpha() for char in named.name) and not named.code:
            return "remark"
        has_marks = any(filled([cells[at]]) for at in (*self._regular, *self._at("gk"), *self._at("ck")))
        if not has_marks and (total_kind([named.name]) or is_signature(texts)):
            return total_kind([named.name]) or "signature"
        return None

    def _at(self, name: str) -> tuple[int, ...]:
        return (self._fields[name],) if name in self._fields else ()

    def _cell(self, cells: Sequence[Cell], name: str) -> Cell:
        return cells[self._fields[name]] if name in self._fields else ""

    def _written(self, cells: Sequence[Cell]) -> Written:
        name = " ".join(text_of(self._cell(cells, part)) for part in ("name", "name_rest", "name_given"))
        return written(self._cell(cells, "code"), name, self._cell(cells, "dob"))

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
