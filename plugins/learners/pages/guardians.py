"""What somebody may do for a child; siblings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import NotFound, TruongError
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render

from ..services import guardians as services
from ..services.evidence import keep_paper
from ..services.learners import get_learner
from .blueprint import blueprint
from .forms import errors_of, known, ticked, upload
from .quality import desk_or


def _form(ctx: Context, learner_id: UUID, person_id: UUID, values: dict[str, Any], errors: dict[str, Any]) -> str:
    found = next((one for one in services.guardians(ctx, learner_id) if one.id == person_id), None)
    if found is None:
        raise NotFound
    learner = get_learner(ctx, learner_id)
    custody = {True: "1", False: "0", None: ""}[found.has_custody]
    stored = {
        "may_access": found.may_access, "may_be_told": found.may_be_told, "may_collect": found.may_collect,
        "has_custody": custody, "position": found.position, "note": found.note, "personal_id": found.personal_id,
        "occupation": found.occupation,
    }  # fmt: skip
    return render(
        "learners/guardian.html",
        learner=learner,
        guardian=found,
        values=values or stored,
        errors=errors,
        desk=request.args.get("desk"),
        desk_class=request.args.get("class"),
    )


@blueprint.get("/<uuid:learner_id>/family/<uuid:person_id>")
@page("learners.learner.edit")
def guardian(ctx: Context, learner_id: UUID, person_id: UUID) -> str:
    """What a guardian may do for this child."""
    return _form(ctx, learner_id, person_id, {}, {})


@blueprint.post("/<uuid:learner_id>/family/<uuid:person_id>")
@page("learners.learner.edit")
def save_guardian(ctx: Context, learner_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Change what a guardian may do for this child."""
    form = request.form
    ticks = {name: ticked(name) for name in ("may_access", "may_be_told", "may_collect")}
    try:
        rights = services.Rights(
            **ticks, has_custody=known("has_custody"), position=form.get("position", type=int),
            note=form.get("note", "").strip(), personal_id=form.get("personal_id"), occupation=form.get("occupation"),
            file_id=keep_paper(ctx, *upload("paper")),
        )  # fmt: skip
        warnings = services.set_rights(ctx, learner_id, person_id, rights)
    except TruongError as error:
        if error.status in (403, 404):
            raise
        return _form(ctx, learner_id, person_id, {**dict(form), **ticks}, errors_of(error)), 422
    for warning in warnings:
        flash("attention", warning)
    flash("ok", _("The changes were saved."))
    return desk_or(learner_id, url_for("learners.show", learner_id=learner_id, tab="family"))


@blueprint.post("/<uuid:learner_id>/siblings/<uuid:other_id>")
@page("learners.learner.edit")
def sibling(ctx: Context, learner_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Say that two pupils are siblings, or are not."""
    services.say_sibling(ctx, learner_id, other_id, confirmed=ticked("confirmed"))
    flash("ok", _("The changes were saved."))
    return redirect_to("learners.show", learner_id=learner_id, tab="family")
