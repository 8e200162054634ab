"""A batch: its rows, leaving some out, the file, handing it over."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Conflict
from core.sdk.files import open as open_file
from core.sdk.school import current_year
from core.sdk.text import _
from core.sdk.web import export_door, file_response, flash, page, redirect_to, render, see_other
from core.sdk.work import job
from plugins.learners import public as learners

from ..access import SEND
from ..models import ROW_STATES, Batch
from ..rules.shapes import kind_of
from ..services import answering, batches, writing
from ..services.checking import get_batch
from .blueprint import blueprint

PAGE = 50
_FIRST = ("error", "refused", "in_file", "ready", "accepted", "same", "waiting", "left_out")
"""Which rows a batch opens with: those that want somebody."""


@blueprint.get("/batches/<uuid:batch_id>")
@page("sector.batch.read")
def batch(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """The rows of a batch and its next step."""
    found = get_batch(ctx, batch_id)
    if found.state in ("checking", "writing") and found.job_id is not None:
        status = job(ctx, found.job_id)
        if not status.ended:
            return see_other(url_for("home.job", job_id=found.job_id, next=request.path))
        return render("sector/stopped.html", batch=found, note=status.note)
    return render("sector/batch.html", **_rows(ctx, found), **_frame(ctx, found))


def _rows(ctx: Context, found: Batch) -> dict[str, object]:
    wanted = request.args.get("state", "")
    words = request.args.get("q", "").strip()[:100]
    state = wanted if wanted in ROW_STATES else next((name for name in _FIRST if found.counts.get(name)), "ready")
    after = request.args.get("after", 0, type=int)
    rows = batches.lines(ctx, found.id, state=state, words=words, after=after, limit=PAGE + 1)
    following = None
    if len(rows) > PAGE:
        following = url_for(
            "sector.batch", batch_id=found.id, state=state, q=words or None, after=rows[PAGE - 1].number
        )
    return {"rows": rows[:PAGE], "state": state, "words": words, "following": following, "row_states": ROW_STATES}


def _frame(ctx: Context, found: Batch) -> dict[str, object]:
    return {
        "batch": found,
        "counts": found.counts,
        "answers": answering.answers(ctx, found.id) if found.state == "answered" else [],
        "whom": learners.class_of(ctx, found.class_id).name if found.class_id else "",
        "year": current_year(ctx),
        "may_send": ctx.actor.has(SEND),
    }


@blueprint.post("/batches/<uuid:batch_id>/check")
@page("sector.batch.send")
def check_again(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Read the records again."""
    return _step(ctx, batch_id, lambda: batches.check_again(ctx, batch_id))


@blueprint.post("/batches/<uuid:batch_id>/leave-out")
@page("sector.batch.send")
def leave_out(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Leave the chosen rows out, or all that cannot be sent; or take them in again."""
    back = request.form.get("do") == "back"
    every = request.form.get("do") == "errors" or request.form.get("all") == "1"
    numbers = None if every else [int(text) for text in request.form.getlist("rows") if text.isdecimal()][:5000]

    def leave() -> None:
        changed = batches.leave_out(ctx, batch_id, numbers, back=back)
        flash("ok", _("%(count)s rows were changed.", count=changed))

    return _step(ctx, batch_id, leave)


@blueprint.post("/batches/<uuid:batch_id>/write")
@page("sector.batch.send")
def write(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Write the file."""
    return _step(ctx, batch_id, lambda: writing.ask_file(ctx, batch_id))


@blueprint.post("/batches/<uuid:batch_id>/handed-over")
@page("sector.batch.send")
def handed_over(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Say that the file was handed over."""
    return _step(ctx, batch_id, lambda: batches.hand_over(ctx, batch_id, request.form.get("note", "")))


def _step(ctx: Context, batch_id: UUID, step: Callable[[], object]) -> ResponseReturnValue:
    try:
        with ctx.session.begin_nested():
            step()
    except Conflict as refused:
        flash("attention", refused.message)
    return redirect_to("sector.batch", batch_id=batch_id)


@blueprint.post("/batches/<uuid:batch_id>/discard")
@page("sector.batch.send")
def discard(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Throw a batch away that was not handed over."""
    try:
        batches.discard(ctx, batch_id)
    except Conflict as refused:
        flash("attention", refused.message)
        return redirect_to("sector.batch", batch_id=batch_id)
    flash("ok", _("The batch was discarded. No record was changed."))
    return redirect_to("sector.index")


@blueprint.get("/batches/<uuid:batch_id>/file")
@page("sector.batch.send")
def file(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """The file of a batch; personal data leave through the one door."""
    found, stored, persons = writing.file_of(ctx, batch_id)
    label, classes = _("File for the sector's database"), kind_of(found.kind).data_classes
    door = export_door(ctx, "sector.batch", label, persons=persons, data_classes=classes)
    if door is not None:
        return door
    with open_file(ctx, stored.id) as stream:
        return file_response(stream.read(), stored.name, writing.XLSX)
