"""Taking a workbook over, and back: by the same door as the grid, so windows, locks and clashes hold here too."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.sdk import Context, Message, _
from core.sdk.audit import record
from core.sdk.data import query
from core.sdk.errors import Conflict, NotFound, TruongError
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ...access import EDIT
from ...grid.cells import parse_stored, stored
from .. import books, saving
from ..writing import Written, cells_of, write
from .planning import get_import
from .plans import PlanSheet, plan_of

_OF_IMPORT = """
SELECT b.course_id, c.learner_id, c.slot, (array_agg(c.old ORDER BY c.id))[1], (array_agg(c.new ORDER BY c.id DESC))[1]
FROM assessment_change c JOIN assessment_gradebook b ON b.school_id = c.school_id AND b.id = c.gradebook_id
WHERE c.school_id = :school AND c.import_id = :import AND c.door = 'import'
GROUP BY b.course_id, c.learner_id, c.slot
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What confirming or undoing did: cells written, cells left because they changed since or were closed, and which
    sheets were left out as a whole, with the reason."""

    cells: int
    skipped: int
    sheets_left: tuple[tuple[str, Message], ...]


def confirm(ctx: Context, import_id: UUID) -> Result:
    """Take over what the plan says. A cell that changed since the workbook was read is left as it is.

    Raises:
        Conflict: taken over or set aside already. NotFound, Forbidden: as `get_import`.
    """
    batch = get_import(ctx, import_id, hold=True)
    if batch.state != "planned":
        raise Conflict(_("This workbook was taken over or set aside already."))
    cells, skipped, left = 0, 0, list[tuple[str, Message]]()
    for sheet in plan_of(batch).sheets:
        if not sheet.usable or not sheet.changes:
            continue
        try:
            with ctx.session.begin_nested():
                book = books.course_book(ctx, sheet.course_id, batch.term, EDIT)
                saved = saving.save(ctx, book, _entries(sheet), door="import", import_id=batch.id)
        except TruongError as error:
            left.append((sheet.name, error.message))
            continue
        cells += len(saved.saved)
        skipped += len(saved.refused) + len(saved.conflicts)
    batch.state, batch.confirmed_at = "confirmed", ctx.now()
    detail = {"count": cells, "skipped": skipped, "left": [name for name, _why in left]}
    record(ctx, "assessment.import.confirmed", target=("assessment_import", batch.id), detail=detail)
    return Result(cells, skipped, tuple(left))


def _entries(sheet: PlanSheet) -> list[saving.Entry]:
    return [
        saving.Entry(row.pupil, cell.slot, cell.value, cell.before)
        for row in sheet.rows
        for cell in row.cells
        if row.pupil is not None and cell.changes
    ]


def undo(ctx: Context, import_id: UUID) -> Result:
    """Put back what stood there before; cells that somebody changed since stay as they are.

    Raises:
        Conflict: it was not taken over, or was taken back already. NotFound, Forbidden: as `get_import`.
    """
    batch = get_import(ctx, import_id, hold=True)
    if batch.state != "confirmed":
        raise Conflict(_("Only what was taken over can be taken back."))
    by_course: dict[UUID, list[tuple[UUID, str, str, str]]] = {}
    for course, *change in query(ctx, _OF_IMPORT, {"school": ctx.school_id, "import": batch.id}):
        by_course.setdefault(course, []).append((change[0], change[1], change[2], change[3]))
    cells, skipped, left = 0, 0, list[tuple[str, Message]]()
    for course, changes in by_course.items():
        try:
            with ctx.session.begin_nested():
                back = _take_back(ctx, books.course_book(ctx, course, batch.term, EDIT), changes, batch.id)
        except TruongError as error:
            left.append((_subject(ctx, batch.class_id, course), error.message))
            skipped += len(changes)
            continue
        cells += back
        skipped += len(changes) - back
    batch.state, batch.undone_at = "undone", ctx.now()
    detail = {"count": cells, "skipped": skipped}
    record(ctx, "assessment.import.undone", target=("assessment_import", batch.id), detail=detail)
    return Result(cells, skipped, tuple(left))


def _take_back(ctx: Context, book: books.Book, changes: list[tuple[UUID, str, str, str]], batch: UUID) -> int:
    saving.require_editor(ctx, book)
    book_id, state, _version, revision = books.held(ctx, book)
    books.require_unlocked(state)
    have = cells_of(ctx, book_id)
    wanted = []
    for learner, slot, old, new in changes:
        now = have.get(learner, {}).get(slot)
        column = book.layout.slot(slot)
        if column is not None and stored(now) == new:
            wanted.append(Written((learner, slot), now, parse_stored(old, column.accept)))
    write(ctx, book_id, wanted, "undo", revision + 1, import_id=batch)
    if wanted:
        books.touch(ctx, book_id)
        saving.tell(ctx, book, book_id, len(wanted), "undo")
    return len(wanted)


def _subject(ctx: Context, class_id: UUID, course_id: UUID) -> str:
    year = learners.class_of(ctx, class_id).year_id
    found = next((c for c in curriculum.courses(ctx, class_id=class_id, year_id=year) if c.id == course_id), None)
    if found is None:
        raise NotFound
    return found.name_vi
