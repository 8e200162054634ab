"""Saving cells: what can be saved is, what somebody else changed meanwhile is not overwritten, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.sdk import Context, Message, _
from core.sdk.audit import record
from core.sdk.data import query
from core.sdk.events import emit
from plugins.learners import public as learners

from ..access import EDIT
from ..events import MARKS_CHANGED
from ..grid.cells import Cell, Unreadable, read, stored
from ..grid.slots import Slot
from . import books, carrying
from .grid import RowResult, row_results
from .windows import openings
from .writing import Place, Written, cells_of, write

_LAST = """
SELECT DISTINCT ON (learner_id, slot) learner_id, slot, actor_name, at FROM assessment_change
WHERE school_id = :school AND gradebook_id = :book
  AND (learner_id, slot) IN (SELECT * FROM unnest(:learners::uuid[], :slots::text[]))
ORDER BY learner_id, slot, id DESC
"""
_SINCE = """
SELECT DISTINCT ON (learner_id, slot) learner_id, slot, old FROM assessment_change
WHERE school_id = :school AND gradebook_id = :book AND revision > :revision
ORDER BY learner_id, slot, id
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell that somebody changed: what they typed, and what stood there when they began."""

    learner_id: UUID
    slot: str
    value: str
    seen: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cell that was not saved, and why; the browser keeps what was typed."""

    learner_id: UUID
    slot: str
    value: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Clash:
    """A cell that somebody else changed meanwhile. `mine` was not saved; `theirs` stands. Texts as stored."""

    learner_id: UUID
    slot: str
    mine: str
    theirs: str
    who: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a request to save."""

    saved: tuple[Written, ...]
    refused: tuple[Refusal, ...]
    conflicts: tuple[Clash, ...]
    rows: tuple[RowResult, ...]
    """Results of the rows that were touched."""
    revision: int
    at: datetime


def save(
    ctx: Context,
    book: books.Book,
    entries: Sequence[Entry],
    *,
    door: str = "grid",
    reason: str = "",
    import_id: UUID | None = None,
) -> Saved:
    """Save cells of a book that the caller has opened with the right to edit it.

    Raises:
        Conflict: the book is locked or approved.
        NotFound, Forbidden: the actor may not enter marks here.
    """
    require_editor(ctx, book)
    book_id, state, _version, revision = books.held(ctx, book)
    books.require_unlocked(state)
    have = cells_of(ctx, book_id)
    others = carrying.elsewhere(ctx, book.klass, book.term).get(book.course.code if book.course else carrying.OWN, {})
    sorted_out = _Sorting(ctx, book, have, others)
    for entry in _last_of_each(entries):
        sorted_out.take(entry)
    changed = sorted_out.changes
    if changed:
        revision += 1
        write(ctx, book_id, changed, door, revision, reason=reason, import_id=import_id)
        books.touch(ctx, book_id)
        tell(ctx, book, book_id, len(changed), door)
    for change in changed:
        _apply(have, change)
    touched = {entry.learner_id for entry in entries}
    return Saved(
        tuple(changed),
        tuple(sorted_out.refused),
        _named(ctx, book_id, sorted_out.clashes),
        tuple(
            row_results(
                book.layout,
                {id: carrying.joined(book.layout, have.get(id, {}), others.get(id)).cells for id in touched},
            )
        ),
        revision,
        ctx.now(),
    )


def seen_since(ctx: Context, book: books.Book, revision: int) -> dict[Place, str]:
    """What stood in the cells that changed after a revision of a book, before they did: for forms without scripts."""
    values = {"school": ctx.school_id, "book": book.id, "revision": revision}
    return {(learner, slot): old for learner, slot, old in query(ctx, _SINCE, values)} if book.id else {}


def tell(ctx: Context, book: books.Book, book_id: UUID, count: int, door: str) -> None:
    """Record and announce that marks of a book changed."""
    record(ctx, "assessment.marks.saved", target=("gradebook", book_id), detail={"count": count, "door": door})
    emit(ctx, MARKS_CHANGED, {"gradebook_id": str(book_id), "class_id": str(book.klass.id), "term": book.term})


def require_editor(ctx: Context, book: books.Book) -> None:
    """Let pass who may enter marks into a book (teachers: the subjects they teach).

    Raises:
        NotFound, Forbidden: otherwise.
    """
    if book.course is None:
        books.class_book_right(ctx, book.klass.id)
    else:
        books.require_taught(ctx, EDIT, book.course)


def _last_of_each(entries: Iterable[Entry]) -> Iterable[Entry]:
    return {(entry.learner_id, entry.slot): entry for entry in entries}.values()


def _apply(have: dict[UUID, dict[str, Cell]], change: Written) -> None:
    learner, slot = change.place
    row = have.setdefault(learner, {})
    if change.new is None:
        row.pop(slot, None)
    else:
        row[slot] = change.new


class _Sorting:
    """Sorts what was sent into changes, refusals and clashes."""

    def __init__(
        self,
        ctx: Context,
        book: books.Book,
        have: dict[UUID, dict[str, Cell]],
        others: Mapping[UUID, carrying.Cells],
    ) -> None:
        self._book, self._have = book, have
        self._origins = {
            id: carrying.joined(book.layout, have.get(id, {}), cells).origins for id, cells in others.items()
        }
        self._pupils = {member.id for member in learners.class_list(ctx, book.klass.id)}
        self._open = openings(ctx, book.klass.year_id, book.klass.grade, book.term)
        self.changes: list[Written] = []
        self.refused: list[Refusal] = []
        self.clashes: list[tuple[Entry, Cell | None]] = []

    def take(self, entry: Entry) -> None:
        slot = self._book.layout.slot(entry.slot)
        try:
            if slot is None:
                raise Unreadable(_("This book has no such column."))
            self._take(entry, slot)
        except Unreadable as error:
            self.refused.append(Refusal(entry.learner_id, entry.slot, entry.value, error.reason))

    def _take(self, entry: Entry, slot: Slot) -> None:
        if entry.learner_id not in self._pupils:
            raise Unreadable(_("This pupil is not in the class now."))
        opening = self._open[slot.kind]
        if not opening.open:
            raise Unreadable(opening.reason)
        origin = self._origins.get(entry.learner_id, {}).get(entry.slot)
        if origin is not None:
            raise Unreadable(_("This was given in %(origin)s and is not changed here.", origin=origin))
        new = read(entry.value, slot.accept)
        old = self._have.get(entry.learner_id, {}).get(entry.slot)
        if new == old:
            return
        if _seen(entry.seen, slot) != stored(old):
            self.clashes.append((entry, old))
            return
        self.changes.append(Written((entry.learner_id, entry.slot), old, new))


def _seen(text: str, slot: Slot) -> str:
    """What the writer had before their eyes, as it is stored; what is no mark has never stood there."""
    try:
        return stored(read(text, slot.accept))
    except Unreadable:
        return text


def _named(ctx: Context, book_id: UUID, clashes: Sequence[tuple[Entry, Cell | None]]) -> tuple[Clash, ...]:
    if not clashes:
        return ()
    wanted = {
        "school": ctx.school_id, "book": book_id, "learners": [entry.learner_id for entry, _theirs in clashes],
        "slots": [entry.slot for entry, _theirs in clashes],
    }  # fmt: skip
    last: dict[Place, tuple[str, datetime]] = {
        (learner, slot): (who, at) for learner, slot, who, at in query(ctx, _LAST, wanted)
    }
    found = []
    for entry, theirs in clashes:
        who, at = last.get((entry.learner_id, entry.slot), ("", None))
        found.append(Clash(entry.learner_id, entry.slot, entry.value, stored(theirs), who, at))
    return tuple(found)
