"""Requests for leave: what waits, and the decision."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Conflict
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render

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
