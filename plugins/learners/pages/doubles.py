"""Records that look like one pupil: side by side, made one, taken apart again."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import TruongError
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render, runtime

from .. import sensitive
from ..services import doubles as services
from ..services import merging
from .blueprint import blueprint


@blueprint.get("/doubles")
@page("learners.record.merge")
def doubles(ctx: Context) -> str:
    """Pairs that may be one pupil, and the merges so far."""
    chosen = request.args.get("learner", type=UUID)
    return render("learners/doubles.html", pairs=services.pairs(ctx, chosen), chosen=chosen, merges=merging.merges(ctx))


@blueprint.get("/doubles/<uuid:first>/<uuid:second>")
@page("learners.record.merge")
def double(ctx: Context, first: UUID, second: UUID) -> str:
    """Both records side by side, field by field; who merges them has to see them, and the families read it."""
    shown = merging.preview(ctx, runtime().registry.person_references(), first, second)
    for one in (first, second):
        sensitive.shown(ctx, one, {}, purpose="record")
    return render("learners/double.html", shown=shown)


@blueprint.post("/doubles/<uuid:first>/<uuid:second>")
@page("learners.record.merge")
def merge(ctx: Context, first: UUID, second: UUID) -> ResponseReturnValue:
    """Make the two records one."""
    references = runtime().registry.person_references()
    named = {*merging.FIELDS, *(one.table for one in references if one.choose is not None)}
    choices = {name: value for name, value in request.form.items() if name in named}
    try:
        with ctx.session.begin_nested():
            merging.merge(ctx, references, first, second, choices)
    except TruongError as error:
        if error.status in (403, 404):
            raise
        flash("attention", error.message)
        return redirect_to("learners.double", first=first, second=second)
    flash("ok", _("The two records are one now. You can take this back below."))
    return redirect_to("learners.doubles")


@blueprint.post("/doubles/<uuid:first>/<uuid:second>/distinct")
@page("learners.record.merge")
def tell_apart(ctx: Context, first: UUID, second: UUID) -> ResponseReturnValue:
    """Say that these are two pupils."""
    services.say_distinct(ctx, first, second)
    flash("ok", _("They are kept as two pupils and not proposed again."))
    return redirect_to("learners.doubles")


@blueprint.get("/doubles/merges/<uuid:merge_id>")
@page("learners.record.merge")
def merged(ctx: Context, merge_id: UUID) -> str:
    """What a merge set aside because only one of both could stay."""
    detail = merging.merge_detail(ctx, runtime().registry.person_references(), merge_id)
    return render("learners/merged.html", detail=detail)


@blueprint.post("/doubles/merges/<uuid:merge_id>/undo")
@page("learners.record.merge")
def unmerge(ctx: Context, merge_id: UUID) -> ResponseReturnValue:
    """Take a merge back."""
    try:
        with ctx.session.begin_nested():
            merging.unmerge(ctx, runtime().registry.person_references(), merge_id)
    except TruongError as error:
        if error.status == 404:
            raise
        flash("attention", error.message)
    else:
        flash("ok", _("Everything is as it was before."))
    return redirect_to("learners.doubles")
