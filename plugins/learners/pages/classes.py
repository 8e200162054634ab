"""Pages of classes."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message
from core.sdk.errors import Invalid, TruongError
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render

from ..services import classes as class_services
from .blueprint import blueprint


@blueprint.get("/classes")
@page("learners.learner.read")
def classes(ctx: Context) -> str:
    """The classes of the school year."""
    return _classes_page(ctx, {}, "")


def _classes_page(ctx: Context, errors: Mapping[str, Message], name: str) -> str:
    return render(
        "learners/classes.html",
        lines=class_services.list_classes(ctx),
        may_edit=ctx.actor.has("learners.class.edit"),
        may_roll=ctx.actor.has("learners.year.roll"),
        may_invite=ctx.actor.has("core.families.invite"),
        errors=errors,
        name=name,
    )


@blueprint.post("/classes")
@page("learners.class.edit")
def open_class(ctx: Context) -> ResponseReturnValue:
    """Open a class."""
    name = request.form.get("name", "").strip()
    try:
        class_services.create_class(ctx, name)
    except TruongError as error:
        fields = error.fields if isinstance(error, Invalid) else {}
        return _classes_page(ctx, fields if "name" in fields else {"name": error.message}, name), 422
    flash("ok", _("The class was opened."))
    return redirect_to("learners.classes")


@blueprint.post("/classes/<uuid:class_id>/remove")
@page("learners.class.edit")
def remove_class(ctx: Context, class_id: UUID) -> ResponseReturnValue:
    """Remove a class without pupils."""
    class_services.delete_class(ctx, class_id)
    flash("ok", _("The class was removed."))
    return redirect_to("learners.classes")
