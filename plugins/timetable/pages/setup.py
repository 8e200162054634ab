"""Hours of the school, rules of subjects, wishes of teachers."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Invalid, NotFound
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render
from plugins.curriculum import public as curriculum

from ..rules.board import Period, Slot, SubjectFacts
from ..services import hours as services
from ..words import DAYS, SESSIONS
from .blueprint import blueprint


@blueprint.get("/setup")
@page("timetable.edit")
def setup(ctx: Context) -> str:
    """Days and periods, and how subjects are spread."""
    return _page(ctx, {})


def _page(ctx: Context, errors: dict[str, object]) -> str:
    subjects = curriculum.subjects(ctx)
    grid = services.hours(ctx)
    rules = services.subject_rules(ctx, {line.id: line.code for line in subjects})
    counts = {name: sum(p.session == name for p in grid.periods) for name in SESSIONS}
    return render(
        "timetable/setup.html",
        hours=grid,
        counts=counts,
        days=[(str(day), word) for day, word in DAYS.items()],
        sessions=SESSIONS,
        subjects=[(line, rules[line.id]) for line in subjects],
        teachers=curriculum.teachers(ctx),
        errors=errors,
    )


@blueprint.post("/setup/hours")
@page("timetable.edit")
def save_hours(ctx: Context) -> ResponseReturnValue:
    """Days, and the number of periods; when the number stays, their times."""
    days = [int(day) for day in request.form.getlist("days") if day.isdecimal()]
    counts = {name: min(request.form.get(name, 0, type=int), 5) for name in SESSIONS}
    now = services.hours(ctx)
    if counts == {name: sum(p.session == name for p in now.periods) for name in SESSIONS}:
        periods = [
            Period(p.session, p.number, request.form.get(f"from_{at}", p.starts), request.form.get(f"to_{at}", p.ends))
            for at, p in enumerate(now.periods, start=1)
        ]
    else:
        periods = services.default_periods(max(0, counts["morning"]), max(0, counts["afternoon"]))
    try:
        services.set_hours(ctx, days, periods)
    except Invalid as error:
        return _page(ctx, dict(error.fields)), 422
    flash("ok", _("Days and periods were saved."))
    return redirect_to("timetable.setup")


@blueprint.post("/setup/subjects/<uuid:subject_id>")
@page("timetable.edit")
def save_subject(ctx: Context, subject_id: UUID) -> ResponseReturnValue:
    """How lessons of a subject are spread."""
    if subject_id not in {line.id for line in curriculum.subjects(ctx)}:
        raise NotFound
    form = request.form
    rule = SubjectFacts(
        form.get("most_a_day", 0, type=int), form.get("doubles", 0, type=int), form.get("heavy") == "1",
        form.get("at_once", type=int),
    )  # fmt: skip
    try:
        services.set_subject_rule(ctx, subject_id, rule)
    except Invalid as error:
        flash("stop", error.message)
    else:
        flash("ok", _("The rules of the subject were saved."))
    return redirect_to("timetable.setup")


@blueprint.get("/setup/teachers/<uuid:teacher_id>")
@page("timetable.edit")
def wishes(ctx: Context, teacher_id: UUID) -> str:
    """When a teacher cannot, or would rather not teach."""
    return _wishes(ctx, teacher_id, {})


def _wishes(ctx: Context, teacher_id: UUID, errors: dict[str, object]) -> str:
    teacher = _teacher(ctx, teacher_id)
    grid = services.hours(ctx)
    found = services.wishes(ctx, grid)
    return render(
        "timetable/wishes.html",
        teacher=teacher,
        hours=grid,
        days=DAYS,
        sessions=SESSIONS,
        never=found.never.get(teacher_id, frozenset()),
        rather_not=found.rather_not.get(teacher_id, frozenset()),
        most_days=found.most_days.get(teacher_id),
        errors=errors,
        slot=Slot,
    )


def _teacher(ctx: Context, teacher_id: UUID) -> curriculum.TeacherLine:
    found = next((line for line in curriculum.teachers(ctx) if line.id == teacher_id), None)
    if found is None:
        raise NotFound
    return found


@blueprint.post("/setup/teachers/<uuid:teacher_id>")
@page("timetable.edit")
def save_wishes(ctx: Context, teacher_id: UUID) -> ResponseReturnValue:
    """Keep the wishes of a teacher."""
    _teacher(ctx, teacher_id)
    said = {slot: request.form.get(f"s{slot.weekday}-{slot.period}") for slot in services.hours(ctx).slots()}
    try:
        services.set_wishes(
            ctx, teacher_id, [s for s, word in said.items() if word == "never"],
            [s for s, word in said.items() if word == "rather_not"], request.form.get("most_days", type=int),
        )  # fmt: skip
    except Invalid as error:
        return _wishes(ctx, teacher_id, dict(error.fields)), 422
    flash("ok", _("The wishes were saved."))
    return redirect_to("timetable.setup")
