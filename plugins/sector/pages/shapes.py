"""Shapes of files: those that hold, and the department's own templates."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Invalid
from core.sdk.imports import UnreadableFile
from core.sdk.school import current_year, years
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render

from ..access import SHAPE
from ..rules.shapes import KINDS, kind_of, shape_for
from ..services import shapes as services
from .blueprint import blueprint


@blueprint.get("/shapes")
@page("sector.batch.read")
def shapes(ctx: Context) -> str:
    """Which shape each kind is sent in, and loading a template."""
    return _page(ctx, {})


def _page(ctx: Context, errors: dict[str, object]) -> str:
    year = current_year(ctx)
    own = services.own_shapes(ctx)
    held = {kind: shape_for(kind, year.name, [services.as_shape(one) for one in own if one.kind == kind])
            for kind in KINDS}  # fmt: skip
    return render(
        "sector/shapes.html",
        held=held,
        own={str(one.id): one for one in own},
        others=own,
        year=year,
        years=[(one.name, one.name) for one in years(ctx)],
        chosen=request.form.get("kind", "profiles"),
        order=KINDS,
        errors=errors,
        may_shape=ctx.actor.has(SHAPE),
    )


@blueprint.post("/shapes")
@page("sector.shape.edit")
def load_shape(ctx: Context) -> ResponseReturnValue:
    """Load a template: its header row is mapped to our fields."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page(ctx, {"file": _("Choose a file.")}), 422
    kind, year = request.form.get("kind", ""), request.form.get("year", "")
    try:
        with ctx.session.begin_nested():
            shape_id = services.load_template(ctx, kind, year, sent.filename, sent.read())
    except (Invalid, UnreadableFile) as refused:
        return _page(ctx, dict(getattr(refused, "fields", {})) or {"file": refused.message}), 422
    flash("ok", _("The template was read. Please look at its columns."))
    return redirect_to("sector.shape", shape_id=shape_id)


@blueprint.get("/shapes/<uuid:shape_id>")
@page("sector.batch.read")
def shape(ctx: Context, shape_id: UUID) -> str:
    """The columns of a loaded template: what fills each, and which stay empty."""
    row = services.get_template(ctx, shape_id)
    found = services.as_shape(row)
    fields = kind_of(row.kind).fields
    held = set(found.fields)
    absent = [one.headers[0] for one in fields.values() if one.required and one.name not in held]
    return render(
        "sector/shape.html", row=row, shape=found, fields=fields, absent=absent, may_shape=ctx.actor.has(SHAPE)
    )


@blueprint.post("/shapes/<uuid:shape_id>/remove")
@page("sector.shape.edit")
def remove_shape(ctx: Context, shape_id: UUID) -> ResponseReturnValue:
    """Go back to the shape that comes with the program."""
    services.remove_template(ctx, shape_id)
    flash("ok", _("The template was removed. The shape of the program holds again."))
    return redirect_to("sector.shapes")
