"""What a family sees of its own children, and how it reports an absence."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from core.sdk import Context, Message, access
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.text import _
from core.sdk.web import flash, load_form, page, redirect_to, render, say, see_other
from plugins.learners import public as learners

from ..access import REPORT
from ..services import papers, pupils, requests
from ..services.days import today
from .blueprint import blueprint

_DAY = say(required=_("Please fill in this field."), invalid=_("This is not a date."))


class ReportForm(Schema):
    """What a report must say; the service checks what it says."""

    first_day = fields.Date(required=True, error_messages=_DAY)
    last_day = fields.Date(load_default=None, error_messages=_DAY)
    session = fields.Integer(load_default=0)
    reason = fields.String(load_default="")


@blueprint.get("/family")
@page("attendance.absence.read.own")
def family(ctx: Context) -> str:
    """Each child with absences, totals, and what was reported."""
    found = [(child, pupils.page_of(ctx, child.id)) for child in pupils.children(ctx)]
    return render("attendance/family.html", children=found)


@blueprint.route("/family/<uuid:child_id>/report", methods=["GET", "POST"])
@page("attendance.absence.report.own")
def report(ctx: Context, child_id: UUID) -> ResponseReturnValue:
    """Report that one's own child will be absent."""
    child = next((one for one in pupils.children(ctx) if one.id == child_id), None)
    if child is None:
        raise NotFound
    return _report(ctx, child, url_for("attendance.report", child_id=child_id), url_for("attendance.family"))


@blueprint.route("/pupils/<uuid:learner_id>/report", methods=["GET", "POST"])
@page("attendance.absence.report")
def report_for(ctx: Context, learner_id: UUID) -> ResponseReturnValue:
    """The same from the page of a pupil: for the office, when a family calls, and for the family itself."""
    access.require_for(ctx, REPORT, learner_id)
    found = learners.pupil(ctx, learner_id)
    pupil = pupils.Child(found.id, found.full_name, found.class_name)
    here = url_for("attendance.report_for", learner_id=learner_id)
    return _report(ctx, pupil, here, url_for("attendance.index" if ctx.actor.has(REPORT) else "attendance.family"))


def _report(ctx: Context, child: pupils.Child, here: str, back: str) -> ResponseReturnValue:
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            form = load_form(ReportForm())
            form["last_day"] = form["last_day"] or form["first_day"]
            sent = request.files.get("paper")
            name, content = (sent.filename or "", sent.read()) if sent is not None else ("", b"")
            file_id = papers.keep_paper(ctx, child.id, name, content)
            requests.report(ctx, child.id, **form, file_id=file_id)
            flash("ok", _("The school was told. The homeroom teacher sees it in the register."))
            return see_other(back)
        except Invalid as refused:
            errors = dict(refused.fields)
        except Conflict as refused:
            errors = {"first_day": refused.message}
    day = today(ctx)
    answer = render(
        "attendance/report.html",
        child=child,
        errors=errors,
        values=request.form,
        here=here,
        back=back,
        today=day,
        earliest=day - timedelta(days=7),
    )
    return answer, 422 if errors else 200


@blueprint.post("/family/requests/<uuid:request_id>/withdraw")
@page("attendance.absence.report.own")
def withdraw(ctx: Context, request_id: UUID) -> ResponseReturnValue:
    """Take a report back that nobody has decided."""
    try:
        requests.withdraw(ctx, request_id)
    except Conflict as refused:
        flash("attention", refused.message)
    else:
        flash("ok", _("The request was taken back."))
    return redirect_to("attendance.family")
