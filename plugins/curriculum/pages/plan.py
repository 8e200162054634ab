"""The plan of the year: subjects by grade."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.school import current_year
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render
from plugins.learners import public as learners

from ..models import ASSESSED
from ..services import plan as services
from ..words import ASSESSED_WORDS, subject_name
from .blueprint import blueprint


@blueprint.get("/")
@page("curriculum.plan.read")
def index(ctx: Context) -> str:
    """Subjects down, grades across, periods a year in the cells."""
    lines = services.plan(ctx)
    planned = {(line.subject_id, line.grade): line for line in lines}
    with_classes = {row.grade for row in ctx.session.execute(learners.classes(ctx)) if row.grade}
    grades = sorted(with_classes | {line.grade for line in lines})
    return render(
        "curriculum/index.html",
        year=current_year(ctx),
        subjects=services.subjects(ctx),
        planned=planned,
        grades=grades,
        totals=services.periods_by_grade(ctx),
        missing=sorted(with_classes - {line.grade for line in lines}),
        words=ASSESSED_WORDS,
        subject_name=subject_name,
        may_edit=ctx.actor.has(services.EDIT),
    )


@blueprint.post("/take-over")
@page("curriculum.plan.edit")
def take_over(ctx: Context) -> ResponseReturnValue:
    """Take over the national programme for all grades that have classes."""
    found = services.take_over(ctx)
    flash(
        "ok" if found.plans or found.courses else "info",
        _(
            "Taken over: %(subjects)s subjects, %(plans)s lines of the plan, %(courses)s courses of classes.",
            subjects=found.subjects, plans=found.plans, courses=found.courses,
        ),
    )  # fmt: skip
    return redirect_to("curriculum.index")


@blueprint.get("/subjects/<uuid:subject_id>/<int:grade>")
@page("curriculum.plan.edit")
def edit_plan(ctx: Context, subject_id: UUID, grade: int) -> str:
    """Periods and assessment of a subject in a grade."""
    return _form(ctx, subject_id, grade, {}, {})


def _form(ctx: Context, subject_id: UUID, grade: int, values: dict[str, str], errors: dict[str, object]) -> str:
    subject = next((line for line in services.subjects(ctx) if line.id == subject_id), None)
    planned = next((p for p in services.plan(ctx) if p.subject_id == subject_id and p.grade == grade), None)
    if subject is None or not 1 <= grade <= 12:
        raise NotFound
    return render(
        "curriculum/plan.html",
        subject=subject,
        grade=grade,
        planned=planned,
        values=values,
        errors=errors,
        assessed=[(name, ASSESSED_WORDS[name]) for name in ASSESSED],
        subject_name=subject_name,
    )


@blueprint.post("/subjects/<uuid:subject_id>/<int:grade>")
@page("curriculum.plan.edit")
def save_plan(ctx: Context, subject_id: UUID, grade: int) -> ResponseReturnValue:
    """Keep what was typed, or take the subject out of the plan of the grade."""
    values = {name: request.form.get(name, "").strip() for name in ("periods", "assessed", "elective")}
    try:
        if request.form.get("do") == "remove":
            services.remove_plan(ctx, grade, subject_id)
        else:
            periods = int(values["periods"]) if values["periods"].isdecimal() else 0
            services.set_plan(ctx, grade, subject_id, periods, values["assessed"], elective=values["elective"] == "1")
    except Invalid as error:
        return _form(ctx, subject_id, grade, values, dict(error.fields)), 422
    except Conflict as error:
        return _form(ctx, subject_id, grade, values, {"assessed": error.message}), 409
    flash("ok", _("The plan of the year was changed."))
    return redirect_to("curriculum.index")


@blueprint.post("/subjects")
@page("curriculum.plan.edit")
def add_subject(ctx: Context) -> ResponseReturnValue:
    """Add a subject of the school's own."""
    names = ("code", "name_vi", "name_en", "short")
    try:
        services.add_subject(ctx, *(request.form.get(name, "").strip() for name in names))
    except Invalid as error:
        flash("stop", next(iter(error.fields.values()), error.message))
        return redirect_to("curriculum.index")
    flash("ok", _("The subject was added. Put it into the plan of a grade."))
    return redirect_to("curriculum.index")
