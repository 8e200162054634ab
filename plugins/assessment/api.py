"""The API: /api/v1/assessment. A book is `courses/<id>/terms/<1|2>` or `classes/<id>/terms/<1|2>`."""

# mypy: disable-error-code="untyped-decorator"
# (flask-smorest ships no types)

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from core.sdk import Context
from core.sdk.errors import NotFound
from core.sdk.school import current_year
from core.sdk.web import ApiBlueprint, api, check_etag, etag_of, json_answer, json_list, translate

from . import schemas
from .access import EDIT, PUBLISH, READ
from .answers import BookAnswer, BookItem, BroughtAnswer, ChildBookAnswer, SavedAnswer, StateAnswer
from .grid import cells
from .grid.cells import stored
from .grid.slots import child_result
from .services import books, brought, grid, locking, progress, publishing, saving

assessment = ApiBlueprint("api-assessment", __name__, url_prefix="/assessment", description="Marks")
_BOOK = "/<what>/<uuid:of>/terms/<int:term>"


def _opened(ctx: Context, what: str, of: UUID, term: int, permission: str = READ) -> books.Book:
    if what not in ("courses", "classes"):
        raise NotFound
    opener = books.course_book if what == "courses" else books.class_book
    return opener(ctx, of, term, permission)


def _value(book: books.Book, text: str, slot: str) -> str:
    column = book.layout.slot(slot)
    return cells.shown(text, column.accept) if column else text


def _etag(book: books.Book) -> str:
    return etag_of(book.klass.id, book.course_id, book.term, book.revision)


@assessment.route("/books")
@assessment.arguments(schemas.MarkTermQuery, location="query")
@assessment.answers(200, BookItem, listed=True)
@api(EDIT)
def list_books(ctx: Context, query: dict[str, Any]) -> Response:
    """The gradebooks that the caller fills; with the right to all marks those of the whole school."""
    term = progress.of_term(query["term"], current_year(ctx), ctx.now())
    lines = progress.all_books(ctx, term) if ctx.actor.has(READ) else progress.my_books(ctx, term)
    items: list[BookItem] = [
        {
            "course_id": line.course.id if line.course else None, "class_id": line.class_id,
            "class_name": line.class_name, "subject": line.course.code if line.course else "", "term": line.term,
            "state": line.state, "version": line.version, "wanted": line.wanted, "entered": line.entered,
            "closes_at": line.closes_at,
        }
        for line in lines
    ]  # fmt: skip
    return json_list(items)


@assessment.route(_BOOK)
@assessment.answers(200, BookAnswer, etag=True)
@api(READ)
def get_book(ctx: Context, what: str, of: UUID, term: int) -> Response:
    """A gradebook: columns, pupils, values, results so far."""
    book = _opened(ctx, what, of, term)
    seen = grid.grid(ctx, book)
    body: BookAnswer = {
        "course_id": book.course_id, "class_id": book.klass.id, "term": book.term, "state": book.state,
        "version": book.version, "rules": book.layout.rules.code,
        "columns": [
            {
                "slot": slot.name, "kind": slot.kind, "accept": slot.accept, "required": slot.required,
                "open": seen.editable(slot), "closes_at": seen.openings[slot.kind].closes_at,
            }
            for slot in seen.columns
        ],
        "rows": [
            {
                "learner_id": row.pupil.id, "hovaten": row.pupil.full_name, "mahocsinh": row.pupil.code,
                "cells": {slot: _value(book, text, slot) for slot, text in row.cells.items()},
                "result": row.result.result, "why": row.result.why, "origins": {**row.origins},
            }
            for row in seen.rows
        ],
    }  # fmt: skip
    return json_answer(body, etag=_etag(book))


@assessment.route(f"{_BOOK}/cells", methods=["PATCH"])
@assessment.arguments(schemas.MarkCellsBody)
@assessment.answers(200, SavedAnswer)
@api(EDIT)
def patch_cells(ctx: Context, body: dict[str, Any], what: str, of: UUID, term: int) -> Response:
    """Write cells, each with the value that was seen; what others changed meanwhile is told, not replaced."""
    book = _opened(ctx, what, of, term, EDIT)
    entries = [saving.Entry(c["learner_id"], c["slot"], c["value"], c["seen"]) for c in body["cells"]]
    saved = saving.save(ctx, book, entries, door="api", reason=body["reason"])
    answer: SavedAnswer = {
        "saved": [
            {"learner_id": change.place[0], "slot": change.place[1],
             "value": _value(book, stored(change.new), change.place[1])}
            for change in saved.saved
        ],
        "refused": [
            {"learner_id": r.learner_id, "slot": r.slot, "value": r.value, "reason": translate(r.reason)}
            for r in saved.refused
        ],
        "conflicts": [
            {"learner_id": c.learner_id, "slot": c.slot, "mine": c.mine, "theirs": _value(book, c.theirs, c.slot),
             "who": c.who, "at": c.at}
            for c in saved.conflicts
        ],
        "rows": [{"learner_id": r.learner_id, "result": r.result, "why": r.why} for r in saved.rows],
    }  # fmt: skip
    return json_answer(answer)


def _state(ctx: Context, what: str, of: UUID, term: int) -> Response:
    book = _opened(ctx, what, of, term)
    answer: StateAnswer = {"state": book.state, "version": book.version}
    return json_answer(answer, etag=_etag(book))


@assessment.route(f"{_BOOK}/lock", methods=["POST"])
@assessment.answers(200, StateAnswer, etag=True, if_match=True)
@api(EDIT)
def lock_book(ctx: Context, what: str, of: UUID, term: int) -> Response:
    """Lock a gradebook as it was read; needs If-Match."""
    book = _opened(ctx, what, of, term, EDIT)
    check_etag(_etag(book))
    locking.lock(ctx, book)
    return _state(ctx, what, of, term)


@assessment.route(f"{_BOOK}/approve", methods=["POST"])
@assessment.answers(200, StateAnswer, etag=True, if_match=True)
@api(READ)
def approve_book(ctx: Context, what: str, of: UUID, term: int) -> Response:
    """Approve the locked version as it was read; needs If-Match. For the head and those whom the head has named."""
    book = _opened(ctx, what, of, term)
    check_etag(_etag(book))
    locking.approve(ctx, book)
    return _state(ctx, what, of, term)


@assessment.route(f"{_BOOK}/reopening", methods=["POST"])
@assessment.arguments(schemas.MarkReasonBody)
@assessment.answers(204)
@api(EDIT)
def ask_to_reopen(ctx: Context, body: dict[str, Any], what: str, of: UUID, term: int) -> tuple[str, int]:
    """Ask to have a locked gradebook opened again."""
    locking.ask_to_reopen(ctx, _opened(ctx, what, of, term, EDIT), body["reason"])
    return "", 204


@assessment.route(f"{_BOOK}/reopening", methods=["PUT"])
@assessment.arguments(schemas.MarkDecisionBody)
@assessment.answers(200, StateAnswer, etag=True)
@api(READ)
def decide(ctx: Context, body: dict[str, Any], what: str, of: UUID, term: int) -> Response:
    """Answer the request that waits, which was another person's; approving begins the next version."""
    locking.decide(ctx, _opened(ctx, what, of, term), approved=body["approved"], answer=body["answer"])
    return _state(ctx, what, of, term)


@assessment.route("/publications", methods=["POST"])
@assessment.arguments(schemas.MarkPublishBody)
@assessment.answers(204)
@api(PUBLISH)
def publish(ctx: Context, body: dict[str, Any]) -> tuple[str, int]:
    """Show the marks of classes to families as they are now, or hide them."""
    act = publishing.publish if body["visible"] else publishing.withdraw
    act(ctx, body["class_ids"], body["term"])
    return "", 204


@assessment.route("/learners/<uuid:learner_id>/marks")
@assessment.answers(200, ChildBookAnswer, listed=True)
@api(READ)
def child_marks(ctx: Context, learner_id: UUID) -> Response:
    """The published marks of one child: for families and those who see all marks."""
    items: list[ChildBookAnswer] = [
        {
            "course_id": book.course.id if book.course else None, "subject": book.course.code if book.course else "",
            "term": book.term,
            "cells": {
                slot: cells.shown(text, column.accept)
                for slot, text in book.cells.items()
                if (column := book.layout.slot(slot)) is not None
            },
            "result": child_result(book.layout, book.cells), "published_at": book.published_at,
        }
        for book in publishing.child_books(ctx, learner_id)
    ]  # fmt: skip
    return json_list(items)


@assessment.route("/learners/<uuid:learner_id>/terms/<int:term>/brought")
@assessment.answers(200, BroughtAnswer, listed=True)
@api(READ)
def list_brought(ctx: Context, learner_id: UUID, term: int) -> Response:
    """What a pupil has brought along from another school for a term, the entry that counts first."""
    return json_list([_brought(line) for line in brought.entered(ctx, learner_id, term)])


@assessment.route("/learners/<uuid:learner_id>/terms/<int:term>/brought", methods=["PUT"])
@assessment.arguments(schemas.MarksBroughtBody)
@assessment.answers(200, BroughtAnswer, listed=True)
@api(EDIT)
def put_brought(ctx: Context, body: dict[str, Any], learner_id: UUID, term: int) -> Response:
    """Enter it, in place of what was entered before, which stays readable; without cells the entry is taken back."""
    typed = {(cell["subject"], cell["slot"]): cell["value"] for cell in body["cells"]}
    brought.enter(ctx, learner_id, term, typed, brought.Paper(body["from_school"], body["document"]))
    return json_list([_brought(line) for line in brought.entered(ctx, learner_id, term)])


def _brought(line: brought.BroughtLine) -> BroughtAnswer:
    return {
        "term": line.term, "from_school": line.from_school, "document": line.document,
        "cells": [
            {"subject": code, "slot": slot, "value": value}
            for code, row in line.cells.items()
            for slot, value in row.items()
        ],
        "entered_by": line.entered_by, "entered_at": line.entered_at, "ended_at": line.ended_at,
    }  # fmt: skip


BLUEPRINTS = [assessment]
