"""The grid of a book as people see it: pupils down, columns across, with what may be changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from core.sdk import Context, Message
from plugins.learners import public as learners

from ..grid.cells import Cell, stored
from ..grid.slots import RESULT_SLOT, Layout, Slot, result, spoken
from . import books, carrying
from .windows import Opening, openings
from .writing import cells_of


@dataclass(frozen=True, slots=True)
class RowResult:
    """The result of a pupil's row so far: `8.1`, `Đ`, `CĐ`, `M`; empty while it cannot be said, with the reason."""

    learner_id: UUID
    result: str
    why: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """A pupil with the stored texts of their cells by slot.

    Attributes:
        origins: by slot, the class or school where a cell was given; it is not changed here.
        beside: the comment of another class.
    """

    pupil: learners.ClassMember
    cells: Mapping[str, str]
    result: RowResult
    origins: Mapping[str, str] = field(default_factory=dict)
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A whole book."""

    book: books.Book
    columns: tuple[Slot, ...]
    openings: Mapping[str, Opening]
    rows: tuple[GridRow, ...]
    may_edit: bool

    def editable(self, slot: Slot) -> bool:
        """Whether the actor can enter something into a column now."""
        return self.may_edit and self.book.state == "open" and self.openings[slot.kind].open

    def editable_in(self, row: GridRow, slot: Slot) -> bool:
        """The same for the cell of a pupil."""
        return slot.name not in row.origins and self.editable(slot)

    @property
    def any_editable(self) -> bool:
        return any(self.editable(slot) for slot in self.columns)

    @property
    def missing(self) -> int:
        """Required cells that nothing stands in."""
        required = self.book.layout.required
        open_rows = [row for row in self.rows if RESULT_SLOT not in row.origins]
        return sum(not row.cells.get(slot) for row in open_rows for slot in required)

    @property
    def pending(self) -> int:
        """Cells of pupils who are still to make up a test."""
        return sum(text == "v" for row in self.rows for text in row.cells.values())

    @property
    def reasons(self) -> list[tuple[Slot, Message]]:
        """Columns that are closed now, and why."""
        return [(s, self.openings[s.kind].reason) for s in self.columns if not self.openings[s.kind].open]


def grid(ctx: Context, book: books.Book) -> Grid:
    """A book that the caller has opened with a right to see it, as a grid. A bounded number of statements."""
    pupils = learners.class_list(ctx, book.klass.id)
    book, joined_rows = rows_of(ctx, book)
    empty = carrying.Row({}, {})
    found = {pupil.id: joined_rows.get(pupil.id, empty) for pupil in pupils}
    results = {row.learner_id: row for row in row_results(book.layout, {id: row.cells for id, row in found.items()})}
    rows = tuple(
        GridRow(
            pupil,
            {slot: stored(cell) for slot, cell in found[pupil.id].cells.items()},
            results[pupil.id],
            found[pupil.id].origins,
            found[pupil.id].beside,
        )
        for pupil in pupils
    )
    opened = openings(ctx, book.klass.year_id, book.klass.grade, book.term)
    return Grid(book, book.layout.slots, opened, rows, books.may_edit(ctx, book))


def rows_of(ctx: Context, book: books.Book) -> tuple[books.Book, dict[UUID, carrying.Row]]:
    """The rows of a book with what was given elsewhere, and the book with columns for all of it."""
    have = cells_of(ctx, book.id)
    others = carrying.elsewhere(ctx, book.klass, book.term).get(book.course.code if book.course else carrying.OWN, {})
    book = books.with_columns(book, {slot for row in others.values() for slot in row})
    rows = {id: carrying.joined(book.layout, have.get(id, {}), others.get(id)) for id in {*have, *others}}
    return books.with_columns(book, {slot for row in rows.values() for slot in row.cells}), rows


def row_results(layout: Layout, cells: Mapping[UUID, Mapping[str, Cell]]) -> Iterator[RowResult]:
    """The results of rows, as far as the rules can say them."""
    for learner, row in cells.items():
        found = result(layout, row)
        why = found.why.value if found is not None and found.undetermined and found.why is not None else ""
        yield RowResult(learner, spoken(found), why)
