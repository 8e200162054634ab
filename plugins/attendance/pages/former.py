"""Absences at former schools: who came in this year, and the form of one pupil."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message
from core.sdk.errors import Invalid
from core.sdk.school import current_year, terms
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render
from plugins.learners import public as learners

from ..access import TYPE
from ..services import former, former_file, totals
from .blueprint import blueprint


@blueprint.get("/former")
@page(TYPE)
def former_list(ctx: Context) -> str:
    """Who came from another school in this year, and whose absences there nobody has entered."""
    return _list(ctx, {})


def _list(ctx: Context, errors: Mapping[str, Message]) -> str:
    lines = former.arrivals(ctx)
    found = totals.totals(ctx, learner_ids=[line.learner_id for line in lines]) if lines else {}
    return render("attendance/former_list.html", lines=lines, totals=found, may_all=ctx.actor.has(TYPE), errors=errors)


@blueprint.post("/former")
@page(TYPE)
def take_former_list(ctx: Context) -> ResponseReturnValue:
    """Keep what an uploaded list says."""
    sent = request.files.get("file")
    try:
        with ctx.session.begin_nested():
            changed = former_file.take_over(ctx, sent.read() if sent is not None else b"")
    except Invalid as refused:
        return _list(ctx, dict(refused.fields)), 422
    flash("ok", _("Absences at the former school of %(count)s pupils were entered.", count=changed))
    return redirect_to("attendance.former_list")


@blueprint.get("/former/<uuid:learner_id>")
@page(TYPE)
def former_of(ctx: Context, learner_id: UUID) -> str:
    """The form of one pupil with what was entered so far."""
    return _form(ctx, learner_id, None, {})


def _form(ctx: Context, learner_id: UUID, typed: Mapping[str, str] | None, errors: Mapping[str, Message]) -> str:
    klass = former.require_pupil(ctx, learner_id)
    lines = former.entries(ctx, learner_id)
    if typed is None:
        stands = [line for line in lines if line.ended_at is None]
        typed = {
            f"{kind}_{line.term}": str(getattr(line, kind)) for line in stands for kind in ("excused", "unexcused")
        }
        came = [one for one in former.arrivals(ctx) if one.learner_id == learner_id]
        school = stands[0].from_school if stands else came[0].from_school if came else ""
        typed |= {"from_school": school, "document": stands[0].document if stands else ""}
    return render(
        "attendance/former.html",
        pupil=learners.pupil(ctx, learner_id),
        klass=klass,
        terms=[row.number for row in terms(ctx, current_year(ctx).id)],
        lines=lines,
        typed=typed,
        errors=errors,
    )


@blueprint.post("/former/<uuid:learner_id>")
@page(TYPE)
def enter_former(ctx: Context, learner_id: UUID) -> ResponseReturnValue:
    """Keep it; a term whose fields are empty is not entered, or taken back."""
    form = request.form
    try:
        values = {row.number: _pair(form, row.number) for row in terms(ctx, current_year(ctx).id)}
        former.enter(ctx, learner_id, values, form.get("from_school", ""), form.get("document", ""))
    except Invalid as error:
        return _form(ctx, learner_id, form, dict(error.fields)), 422
    flash("ok", _("What the former school says is kept, and counts in the totals."))
    return redirect_to("attendance.former_of", learner_id=learner_id)


def _pair(form: Mapping[str, str], term: int) -> tuple[int, int] | None:
    """Both numbers of a term; -1, which nobody accepts, for what is no number."""
    pair = [form.get(f"{kind}_{term}", "").strip() for kind in ("excused", "unexcused")]
    if not any(pair):
        return None
    first, second = (int(text or 0) if (text or "0").isdecimal() and len(text) < 4 else -1 for text in pair)
    return first, second
