"""From when to when marks are entered."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Invalid
from core.sdk.school import school_of
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render

from ..access import WINDOWS
from ..grid.words import KINDS
from ..services import windows as services
from .blueprint import blueprint

_SECONDARY = ("tx", "gk", "ck", "training", "comment")
_PRIMARY = ("ghk1", "chk1", "ghk2", "cn", "comment")


@blueprint.get("/windows")
@page(WINDOWS)
def windows(ctx: Context) -> str:
    """The times that are set, and a form for another."""
    return _page(ctx, {})


def _page(ctx: Context, errors: dict[str, object]) -> str:
    level = school_of(ctx).level
    kinds = _PRIMARY if level == "primary" else _SECONDARY
    return render(
        "assessment/windows.html",
        lines=services.windows(ctx),
        kinds=[(kind, KINDS[kind]) for kind in kinds],
        typed=request.form,
        chosen=request.form.getlist("kinds"),
        errors=errors,
        now=ctx.now(),
    )


@blueprint.post("/windows")
@page(WINDOWS)
def add_window(ctx: Context) -> ResponseReturnValue:
    """Set a time."""
    form = request.form
    first, last = form.get("first", type=date.fromisoformat), form.get("last", type=date.fromisoformat)
    problem = _("Choose a day.")
    if first is None or last is None:
        days = (("first", first), ("last", last))
        return _page(ctx, {name: problem for name, day in days if day is None}), 422
    try:
        services.add_window(
            ctx, form.get("term", default=0, type=int), form.getlist("kinds"), first, last,
            form.get("grade", type=int),
        )  # fmt: skip
    except Invalid as error:
        return _page(ctx, dict(error.fields)), 422
    flash("ok", _("The time for entering marks was set."))
    return redirect_to("assessment.windows")


@blueprint.post("/windows/<uuid:window_id>/remove")
@page(WINDOWS)
def remove_window(ctx: Context, window_id: UUID) -> ResponseReturnValue:
    """Take a time away."""
    services.remove_window(ctx, window_id)
    flash("ok", _("The time for entering marks was removed."))
    return redirect_to("assessment.windows")
