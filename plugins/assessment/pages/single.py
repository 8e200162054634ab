"""A book one pupil at a time, for telephones: large fields, the next pupil with one tap."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import NotFound
from core.sdk.text import _
from core.sdk.web import flash, page, render, see_other

from ..access import EDIT, READ
from ..services import books, grid
from .blueprint import blueprint, book_url, opened
from .book import Kept, saved_form


@blueprint.get("/<what>/<uuid:of>/<int:term>/pupils")
@page(READ)
def first_pupil(ctx: Context, what: str, of: UUID, term: int) -> ResponseReturnValue:
    """The first pupil of whom something is missing, or else the first."""
    seen = grid.grid(ctx, opened(ctx, what, of, term))
    if not seen.rows:
        return see_other(book_url(seen.book))
    required = seen.book.layout.required
    row = next((row for row in seen.rows if any(not row.cells.get(slot) for slot in required)), seen.rows[0])
    return see_other(book_url(seen.book, "assessment.one_pupil", learner_id=row.pupil.id))


@blueprint.get("/<what>/<uuid:of>/<int:term>/pupils/<uuid:learner_id>")
@page(READ)
def one_pupil(ctx: Context, what: str, of: UUID, term: int, learner_id: UUID) -> str:
    """The cells of one pupil."""
    return _page(ctx, opened(ctx, what, of, term), learner_id, {})


def _page(ctx: Context, found: books.Book, learner_id: UUID, kept: Kept) -> str:
    seen = grid.grid(ctx, found)
    at = _place(seen, learner_id)
    return render(
        "assessment/single.html",
        grid=seen,
        book=seen.book,
        row=seen.rows[at],
        number=at + 1,
        before=seen.rows[at - 1].pupil if at else None,
        after=seen.rows[at + 1].pupil if at + 1 < len(seen.rows) else None,
        kept=kept,
    )


def _place(seen: grid.Grid, learner_id: UUID) -> int:
    for at, row in enumerate(seen.rows):
        if row.pupil.id == learner_id:
            return at
    raise NotFound


@blueprint.post("/<what>/<uuid:of>/<int:term>/pupils/<uuid:learner_id>")
@page(EDIT)
def save_pupil(ctx: Context, what: str, of: UUID, term: int, learner_id: UUID) -> ResponseReturnValue:
    """Save the form and go on to the next pupil, for browsers without scripts."""
    found = opened(ctx, what, of, term, EDIT)
    saved, kept = saved_form(ctx, found)
    if kept:
        return _page(ctx, opened(ctx, what, of, term, EDIT), learner_id, kept), 422
    seen = grid.grid(ctx, found)
    at = _place(seen, learner_id)
    flash("ok", _("%(count)s cells were saved.", count=saved))
    target = seen.rows[min(at + 1, len(seen.rows) - 1)].pupil.id
    return see_other(book_url(found, "assessment.one_pupil", learner_id=target))
