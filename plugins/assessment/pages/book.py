"""The grid of a book: entering, saving, locking, asking, and what happened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from flask import Response, request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message
from core.sdk.data import LOCAL_TZ
from core.sdk.errors import Invalid, TruongError
from core.sdk.text import _, translator
from core.sdk.web import file_response, flash, json_answer, page, render, see_other, translate
from core.sdk.web.render import locale

from .. import exchange
from ..access import EDIT, READ
from ..grid.cells import stored
from ..services import books, grid, locking, saving
from ..services.approving import may_approve
from .blueprint import blueprint, book_url, cell_text, opened, result_shown, why_not


@blueprint.get("/<what>/<uuid:of>/<int:term>")
@page(READ)
def book(ctx: Context, what: str, of: UUID, term: int) -> str:
    """The grid of a book."""
    return _grid_page(ctx, opened(ctx, what, of, term), {})


Kept = dict[tuple[UUID, str], tuple[str, Message]]
"""Cells that were typed and not saved, with the reason."""


def _grid_page(ctx: Context, found: books.Book, kept: Kept) -> str:
    """The grid; `kept` are cells that were typed and not saved, with the reason."""
    seen, asked = grid.grid(ctx, found), locking.waiting(ctx, found.id)
    return render(
        "assessment/book.html",
        grid=seen,
        book=found,
        kept=kept,
        waiting=asked,
        asked_myself=asked is not None and asked.asked_by_id is not None and asked.asked_by_id == ctx.actor.account_id,
        versions=locking.versions(ctx, found.id),
        may_approve=may_approve(ctx, found.course),
    )


@blueprint.post("/<what>/<uuid:of>/<int:term>")
@page(EDIT)
def save_form(ctx: Context, what: str, of: UUID, term: int) -> ResponseReturnValue:
    """The whole grid as a form, for browsers without scripts: what was changed there is saved."""
    found = opened(ctx, what, of, term, EDIT)
    saved, kept = saved_form(ctx, found)
    if kept:
        return _grid_page(ctx, opened(ctx, what, of, term, EDIT), kept), 422
    flash("ok", _("%(count)s cells were saved.", count=saved))
    return see_other(book_url(found))


def saved_form(ctx: Context, found: books.Book) -> tuple[int, Kept]:
    """Save what a form changed; how many cells, and those that were typed and not saved."""
    revision = request.form.get("revision", default=0, type=int)
    before = saving.seen_since(ctx, found, revision)
    now = {row.pupil.id: row.cells for row in grid.grid(ctx, found).rows}
    entries = []
    for name, value in request.form.items():
        place = _place(name)
        if place is None or place[0] not in now:
            continue
        slot = found.layout.slot(place[1])
        seen = before.get(place, now[place[0]].get(place[1], ""))
        if value.strip() != cell_text(seen, slot):
            entries.append(saving.Entry(place[0], place[1], value, seen))
    saved = saving.save(ctx, found, entries, door="form")
    kept = {(r.learner_id, r.slot): (r.value, r.reason) for r in saved.refused}
    for clash in saved.conflicts:
        theirs = cell_text(clash.theirs, found.layout.slot(clash.slot)) or "–"
        reason = _("%(who)s entered %(theirs)s meanwhile. Save again to replace it.", who=clash.who, theirs=theirs)
        kept[clash.learner_id, clash.slot] = (clash.mine, reason)
    return len(saved.saved), kept


def _place(name: str) -> tuple[UUID, str] | None:
    learner, dot, slot = name.partition(".")
    try:
        return (UUID(learner), slot) if dot else None
    except ValueError:
        return None


class _Cell(msgspec.Struct):
    """A cell as the script sends it."""

    learner: UUID
    slot: str
    value: str
    seen: str


class _Cells(msgspec.Struct):
    """A block of cells."""

    cells: list[_Cell]


MOST_CELLS = 5_000


@blueprint.post("/<what>/<uuid:of>/<int:term>/cells")
@page(EDIT)
def save_cells(ctx: Context, what: str, of: UUID, term: int) -> ResponseReturnValue:
    """Save a block of cells; answers what was saved, refused, and changed by others meanwhile."""
    try:
        sent = msgspec.json.decode(request.get_data(), type=_Cells).cells
    except msgspec.DecodeError as error:
        raise Invalid(_("This request cannot be read.")) from error
    if len(sent) > MOST_CELLS:
        raise Invalid(_("At most %(most)s cells at once.", most=MOST_CELLS))
    found = opened(ctx, what, of, term, EDIT)
    try:
        with ctx.session.begin_nested():
            entries = [saving.Entry(cell.learner, cell.slot, cell.value, cell.seen) for cell in sent]
            return _told(found, saving.save(ctx, found, entries))
    except TruongError as error:
        return json_answer({"error": translate(error.message)}, error.status)


def _told(found: books.Book, saved: saving.Saved) -> Response:
    layout = found.layout

    def shown(text: str, slot: str) -> str:
        return cell_text(text, layout.slot(slot))

    body: dict[str, Any] = {
        "saved": [
            {"learner": learner, "slot": slot, "value": shown(stored(change.new), slot)}
            for change in saved.saved
            for learner, slot in (change.place,)
        ],
        "refused": [
            {"learner": r.learner_id, "slot": r.slot, "value": r.value, "reason": translate(r.reason)}
            for r in saved.refused
        ],
        "conflicts": [
            {
                "learner": c.learner_id, "slot": c.slot, "mine": c.mine, "theirs": shown(c.theirs, c.slot),
                "who": c.who, "at": f"{c.at.astimezone(LOCAL_TZ):%H:%M}" if c.at else "",
            }
            for c in saved.conflicts
        ],
        "rows": [
            {"learner": row.learner_id, "result": result_shown(row.result), "why": translate(why_not(row.why) or "")}
            for row in saved.rows
        ],
        "at": f"{saved.at.astimezone(LOCAL_TZ):%H:%M}",
    }  # fmt: skip
    return json_answer(body)


@blueprint.post("/<what>/<uuid:of>/<int:term>/<step>")
@page(READ)
def step(ctx: Context, what: str, of: UUID, term: int, step: str) -> ResponseReturnValue:
    """Lock, approve, ask for opening, answer; each service checks who may."""
    found = opened(ctx, what, of, term)
    reason = request.form.get("reason", "")
    try:
        with ctx.session.begin_nested():
            flash("ok", _take(ctx, found, step, reason))
    except Invalid as error:
        flash("attention", next(iter(error.fields.values()), error.message))
    except TruongError as error:
        flash("attention", error.message)
    return see_other(book_url(found))


def _take(ctx: Context, found: books.Book, step: str, reason: str) -> Message:
    if step == "lock":
        return _("Locked as version %(version)s.", version=locking.lock(ctx, found))
    if step == "approve":
        locking.approve(ctx, found)
        return _("The marks are approved.")
    if step == "ask":
        locking.ask_to_reopen(ctx, found, reason)
        return _("The request was sent to those who approve marks.")
    if step in ("accept", "decline"):
        version = locking.decide(ctx, found, approved=step == "accept", answer=reason)
        if step == "decline":
            return _("The request was declined.")
        return _("Open again as version %(version)s.", version=version)
    raise Invalid(_("There is no such step."))


@blueprint.get("/<what>/<uuid:of>/<int:term>/export")
@page(READ)
def export(ctx: Context, what: str, of: UUID, term: int) -> Response:
    """The grid as a workbook in the layout that an import reads."""
    found = opened(ctx, what, of, term)
    content = exchange.workbook(ctx, [found], translator(locale()))
    return file_response(content, f"{exchange.file_stem(found)}.xlsx", exchange.XLSX)
