"""Who teaches what, and who leads which class."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render
from plugins.learners import public as learners

from ..services import courses as services
from ..services import plan, teachers
from ..words import subject_name
from .blueprint import blueprint


@blueprint.get("/teaching")
@page("curriculum.plan.read")
def teaching(ctx: Context) -> str:
    """Classes with their homeroom teachers and how much is assigned; teachers with their hours."""
    lines = services.courses(ctx)
    homerooms = services.homerooms(ctx)
    names = {line.id: line.full_name for line in teachers.teachers(ctx, with_inactive=True)}
    hours = services.workload(ctx)
    classes = [
        {
            "id": row.class_id,
            "name": row.class_name,
            "homeroom": names[homerooms[row.class_id]] if row.class_id in homerooms else None,
            "courses": sum(line.class_id == row.class_id for line in lines),
            "open": sum(line.class_id == row.class_id and not line.teachers for line in lines),
        }
        for row in ctx.session.execute(learners.classes(ctx))
    ]
    return render(
        "curriculum/teaching.html",
        classes=classes,
        staff=teachers.teachers(ctx),
        hours=hours,
        leads={teacher: row for row in classes if (teacher := homerooms.get(row["id"]))},
        may_edit=ctx.actor.has(services.EDIT),
    )


@blueprint.get("/classes/<uuid:class_id>")
@page("curriculum.plan.read")
def class_plan(ctx: Context, class_id: UUID) -> str:
    """The subjects of a class with their teachers."""
    return _class_page(ctx, class_id, {})


def _class_page(ctx: Context, class_id: UUID, errors: dict[str, object]) -> str:
    found = learners.class_of(ctx, class_id)
    lines = services.courses(ctx, class_id=class_id, year_id=found.year_id)
    staff = teachers.teachers(ctx, with_inactive=True)
    taught = {line.subject_id for line in lines}
    planned = {p.subject_id for p in plan.plan(ctx, found.year_id) if p.grade == found.grade}
    return render(
        "curriculum/class.html",
        found=found,
        lines=lines,
        names={line.id: line.full_name for line in staff},
        choices=[(str(line.id), line.full_name) for line in staff if line.active],
        homeroom=services.homerooms(ctx, year_id=found.year_id).get(class_id),
        others=[(str(line.id), subject_name(line)) for line in plan.subjects(ctx) if line.id in planned - taught],
        may_edit=ctx.actor.has(services.EDIT),
        subject_name=subject_name,
        errors=errors,
    )


def _id(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        raise NotFound from None


@blueprint.post("/classes/<uuid:class_id>")
@page("curriculum.teaching.edit")
def save_class(ctx: Context, class_id: UUID) -> ResponseReturnValue:
    """Teachers of all subjects of a class and its homeroom teacher, in one form."""
    found = learners.class_of(ctx, class_id)
    lines = services.courses(ctx, class_id=class_id, year_id=found.year_id)
    wanted = {
        line.id: _id(request.form.get(f"teacher_{line.id}")) for line in lines if f"teacher_{line.id}" in request.form
    }
    try:
        changed = services.assign_many(ctx, wanted)
        if "homeroom" in request.form:
            homeroom = _id(request.form["homeroom"])
            if services.homerooms(ctx, year_id=found.year_id).get(class_id) != homeroom:
                services.set_homeroom(ctx, class_id, homeroom)
                changed += 1
    except Invalid as error:
        return _class_page(ctx, class_id, dict(error.fields)), 422
    flash("ok", _("%(count)s assignments were changed.", count=changed))
    return redirect_to("curriculum.class_plan", class_id=class_id)


@blueprint.post("/classes/<uuid:class_id>/courses")
@page("curriculum.teaching.edit")
def add_course(ctx: Context, class_id: UUID) -> ResponseReturnValue:
    """Teach the class one more subject of the plan."""
    subject_id = _id(request.form.get("subject_id"))
    if subject_id is None:
        flash("stop", _("Choose a subject."))
    else:
        services.add_course(ctx, class_id, subject_id)
        flash("ok", _("The class is taught the subject now."))
    return redirect_to("curriculum.class_plan", class_id=class_id)


@blueprint.post("/teachers")
@page("curriculum.teaching.edit")
def add_teacher(ctx: Context) -> ResponseReturnValue:
    """Add somebody who teaches."""
    try:
        teachers.add_teacher(ctx, request.form.get("full_name", ""), code=request.form.get("code", "").strip())
    except (Invalid, Conflict) as error:
        flash("stop", error.message)
    else:
        flash("ok", _("The teacher was added."))
    return redirect_to("curriculum.teaching")


@blueprint.post("/teachers/<uuid:teacher_id>/retire")
@page("curriculum.teaching.edit")
def retire(ctx: Context, teacher_id: UUID) -> ResponseReturnValue:
    """Let a teacher be assigned no more."""
    try:
        teachers.retire(ctx, teacher_id)
    except Conflict as error:
        flash("stop", error.message)
    else:
        flash("ok", _("The teacher is no longer offered."))
    return redirect_to("curriculum.teaching")
