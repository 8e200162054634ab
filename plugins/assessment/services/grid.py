"""The grid of a book as people see it: pupils down, columns across, with what may be changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from core.sdk import Context, Message
from plugins.learners import public as learners

from ..grid.cells import Cell, stored
from ..grid.slots import Layout, Slot, result, spoken
from . import books
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
    """A pupil with the stored texts of their cells by slot."""

    pupil: learners.ClassMember
    cells: Mapping[str, str]
    result: RowResult


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

    @property
    def any_editable(self) -> bool:
        return any(self.editable(slot) for slot in self.columns)

    @property
    def missing(self) -> int:
        """Required cells that nothing stands in."""
        required = self.book.layout.required
        return sum(not row.cells.get(slot) for row in self.rows for slot in required)

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
    have = cells_of(ctx, book.id)
    pupils = learners.class_list(ctx, book.klass.id)
    results = {row.learner_id: row for row in row_results(book.layout, {p.id: have.get(p.id, {}) for p in pupils})}
    rows = tuple(
        GridRow(pupil, {slot: stored(cell) for slot, cell in have.get(pupil.id, {}).items()}, results[pupil.id])
        for pupil in pupils
    )
    opened = openings(ctx, book.klass.year_id, book.klass.grade, book.term)
    return Grid(book, book.layout.slots, opened, rows, books.may_edit(ctx, book))


def row_results(layout: Layout, cells: Mapping[UUID, Mapping[str, Cell]]) -> Iterator[RowResult]:
    """The results of rows, as far as the rules can say them."""
    for learner, row in cells.items():
        found = result(layout, row)
        why = found.why.value if found is not None and found.undetermined and found.why is not None else ""
        yield RowResult(learner, spoken(found), why)
