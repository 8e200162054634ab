"""Whom the head of the school lets approve marks: deputies for all subjects, heads of subject groups for theirs."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Invalid
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render
from plugins.curriculum import public as curriculum

from ..access import APPROVE
from ..services import approving
from .blueprint import blueprint


@blueprint.get("/approvers")
@page(APPROVE)
def approvers(ctx: Context) -> str:
    """Who was named, and a form for one more."""
    return _page(ctx, {})


def _page(ctx: Context, errors: dict[str, object]) -> str:
    subjects = {one.code: curriculum.subject_name(one) for one in curriculum.subjects(ctx)}
    return render(
        "assessment/approvers.html",
        lines=approving.approvers(ctx),
        subjects=subjects,
        teachers=[(str(one.id), one.full_name) for one in curriculum.teachers(ctx)],
        typed=request.form,
        errors=errors,
    )


@blueprint.post("/approvers")
@page(APPROVE)
def name_approver(ctx: Context) -> ResponseReturnValue:
    """Name one."""
    person = request.form.get("person", type=UUID)
    try:
        if person is None:
            problem = _("Choose a teacher of the school.")
            raise Invalid(problem, fields={"person": problem})
        approving.name_approver(ctx, person, request.form.get("subject", ""))
    except Invalid as error:
        return _page(ctx, dict(error.fields)), 422
    flash("ok", _("Who was named can approve these marks now."))
    return redirect_to("assessment.approvers")


@blueprint.post("/approvers/<uuid:person_id>/remove")
@page(APPROVE)
def remove_approver(ctx: Context, person_id: UUID) -> ResponseReturnValue:
    """Take it back."""
    approving.take_from(ctx, person_id, request.form.get("subject", ""))
    flash("ok", _("They no longer approve these marks."))
    return redirect_to("assessment.approvers")
