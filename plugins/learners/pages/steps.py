"""Coming, leaving and changing the class, from the page of a pupil."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.errors import TruongError
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render

from ..rules.moves import ENTERING, KINDS, LEAVING, REASONS
from ..services import classes as class_services
from ..services import learners as services
from ..services import movements
from ..services.evidence import keep_paper
from ..services.movements import Papers
from .blueprint import blueprint
from .forms import day, errors_of, upload


@blueprint.get("/<uuid:learner_id>/step")
@page("learners.movement.edit")
def step(ctx: Context, learner_id: UUID) -> str:
    """The form for one step of a pupil."""
    return _form(ctx, learner_id, {"on": local_date(ctx.now()).isoformat()}, {})


def _form(ctx: Context, learner_id: UUID, values: dict[str, Any], errors: dict[str, Any]) -> str:
    found = services.get_learner(ctx, learner_id)
    state = movements.state(ctx, learner_id)
    kinds = (*LEAVING, "move") if state == "studying" else ENTERING
    return render(
        "learners/step.html",
        learner=found,
        kinds=[(kind, KINDS[kind]) for kind in kinds],
        reasons=list(REASONS.items()),
        classes=class_services.class_choices(ctx),
        studying=state == "studying",
        values=values,
        errors=errors,
    )


@blueprint.post("/<uuid:learner_id>/step")
@page("learners.movement.edit")
def enter_step(ctx: Context, learner_id: UUID) -> ResponseReturnValue:
    """Enter a step of a pupil."""
    form = request.form
    try:
        on = day("on", required=True)
        papers = Papers(
            form.get("reason", ""), form.get("other_school", "").strip()[:200], form.get("document", "").strip()[:200],
            keep_paper(ctx, *upload("paper")), form.get("note", "").strip()[:500],
        )  # fmt: skip
        _enter(ctx, learner_id, form.get("kind", ""), on or date.min, papers)
    except TruongError as error:
        if error.status == 404:
            raise
        return _form(ctx, learner_id, dict(form), errors_of(error)), 422
    flash("ok", _("The step was entered."))
    return redirect_to("learners.show", learner_id=learner_id, tab="steps")


def _enter(ctx: Context, learner_id: UUID, kind: str, on: date, papers: Papers) -> None:
    class_id = request.form.get("class_id", type=UUID)
    if kind in LEAVING or class_id is None:
        movements.leave(ctx, learner_id, kind, on, papers)
    elif kind == "move":
        movements.change_class(ctx, learner_id, class_id, on, papers)
    else:
        movements.enter(ctx, learner_id, kind, class_id, on, papers)


@blueprint.post("/<uuid:learner_id>/step/<uuid:movement_id>/back")
@page("learners.movement.edit")
def take_step_back(ctx: Context, learner_id: UUID, movement_id: UUID) -> ResponseReturnValue:
    """Take the last step of a pupil back."""
    try:
        with ctx.session.begin_nested():
            movements.take_back(ctx, movement_id)
    except TruongError as error:
        if error.status == 404:
            raise
        flash("attention", error.message)
    else:
        flash("ok", _("The step was taken back."))
    return redirect_to("learners.show", learner_id=learner_id, tab="steps")
