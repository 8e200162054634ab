"""Requests for leave: what waits, and the decision."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Conflict
from core.sdk.text import _
from core.sdk.web import file_response, flash, page, purpose_asked, redirect_to, render

from ..services import papers
from ..services import requests as services
from .blueprint import blueprint


@blueprint.get("/requests")
@page("attendance.request.decide")
def requests(ctx: Context) -> str:
    """What waits for a decision; all of the last months with one click more."""
    waiting = request.args.get("all") != "1"
    return render("attendance/requests.html", rows=services.requests(ctx, waiting=waiting), waiting=waiting)


@blueprint.post("/requests/<uuid:request_id>")
@page("attendance.request.decide")
def decide(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """Accept or decline."""
    accept = request.form.get("do") == "accept"
    try:
        excused = services.decide(ctx, request_id, accept, request.form.get("answer", ""))
    except Conflict as refused:
        flash("attention", refused.message)
    else:
        if excused:
            flash("ok", _("The leave was accepted; %(count)s absences are excused now.", count=excused))
        else:
            flash("ok", _("The leave was accepted.") if accept else _("The leave was not accepted."))
    return redirect_to("attendance.requests")


@blueprint.get("/requests/<uuid:request_id>/paper")
@page("attendance.absence.read")
def paper(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """What the family sent along; it tells of the child's health, so it is opened for a stated purpose."""
    found = papers.open_paper(ctx, request_id)
    if found is None:
        learner_id, _file = papers.paper_of(ctx, request_id)
        return render("attendance/paper.html", purpose=purpose_asked(ctx, learner_id, {papers.CLASS}))
    kept, stream = found
    with stream:
        return file_response(stream.read(), kept.name, kept.media_type)
