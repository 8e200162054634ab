"""What a pupil brings along from another school: entering it with the paper it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message
from core.sdk.errors import Invalid, NotFound
from core.sdk.files import info
from core.sdk.files import open as open_file
from core.sdk.text import _
from core.sdk.web import file_response, flash, page, redirect_to, render
from plugins.learners import public as learners

from ..access import EDIT, READ
from ..services import brought as services
from .blueprint import blueprint, cell_text


@blueprint.get("/brought/<uuid:learner_id>/<int:term>")
@page(EDIT)
def brought(ctx: Context, learner_id: UUID, term: int) -> str:
    """The form: a line for each subject of the pupil's class; what was entered so far."""
    return _page(ctx, learner_id, term, None, {})


def _page(
    ctx: Context, learner_id: UUID, term: int, typed: Mapping[str, str] | None, errors: Mapping[str, Message]
) -> str:
    if term not in (1, 2):
        raise NotFound
    klass = services.require_pupil(ctx, learner_id)
    lines = services.entered(ctx, learner_id, term)
    stands = next((line for line in lines if line.ended_at is None), None)
    subjects = services.subjects(ctx, klass, term)
    columns = {slot.name: slot for one in subjects if one.course for slot in one.slots}
    if typed is None:
        typed = _typed(stands, subjects) if stands else {}
    return render(
        "assessment/brought.html",
        pupil=learners.pupil(ctx, learner_id),
        klass=klass,
        term=term,
        subjects=subjects,
        columns=list(columns.values()),
        stands=stands,
        lines=lines,
        typed=typed,
        errors=errors,
    )


def _typed(line: services.BroughtLine, subjects: list[services.Subject]) -> dict[str, str]:
    slots = {(one.code, slot.name): slot for one in subjects for slot in one.slots}
    cells = {
        f"{code}.{slot}": cell_text(text, slots.get((code, slot)))
        for code, row in line.cells.items()
        for slot, text in row.items()
    }
    return {**cells, "from_school": line.from_school, "document": line.document}


@blueprint.post("/brought/<uuid:learner_id>/<int:term>")
@page(EDIT)
def enter_brought(ctx: Context, learner_id: UUID, term: int) -> ResponseReturnValue:
    """Keep it; empty fields are not entered, a form without marks takes the entry back."""
    cells = {}
    for name, text in request.form.items():
        code, dot, slot = name.partition(".")
        if dot:
            cells[code, slot] = text
    sent = request.files.get("file")
    content = (sent.filename or "", sent.read()) if sent is not None and sent.filename else ("", b"")
    paper = services.Paper(request.form.get("from_school", ""), request.form.get("document", ""), *content)
    try:
        with ctx.session.begin_nested():
            kept = services.enter(ctx, learner_id, term, cells, paper)
    except Invalid as error:
        return _page(ctx, learner_id, term, request.form, dict(error.fields)), 422
    if kept:
        flash("ok", _("What the pupil brought along is kept, and counts in the results."))
    else:
        flash("ok", _("The entry was taken back."))
    return redirect_to("assessment.brought", learner_id=learner_id, term=term)


@blueprint.get("/brought/papers/<uuid:brought_id>")
@page(READ)
def brought_paper(ctx: Context, brought_id: UUID) -> ResponseReturnValue:
    """The paper that an entry stands on."""
    file_id = services.file_of(ctx, brought_id)
    found = info(ctx, file_id)
    with open_file(ctx, file_id) as stream:
        return file_response(stream.read(), found.name, found.media_type)
