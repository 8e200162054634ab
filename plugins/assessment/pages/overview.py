"""Where teachers and the head begin: one's own books, and how far all classes have come."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import NotFound
from core.sdk.school import current_year
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render

from ..access import APPROVE, EDIT, PUBLISH, READ, RULES, WINDOWS
from ..services import locking, progress, publishing
from ..services.approving import subjects_of
from .blueprint import blueprint


def term_asked(ctx: Context) -> int:
    """The term of the address, or the one that runs."""
    asked = request.args.get("term", default=0, type=int)
    return progress.of_term(asked, current_year(ctx), ctx.now())


@blueprint.get("/")
@page(EDIT)
def index(ctx: Context) -> str:
    """The books that one fills, what is missing, until when."""
    term = term_asked(ctx)
    return render(
        "assessment/index.html",
        term=term,
        lines=progress.my_books(ctx, term),
        may_all=ctx.actor.has(READ),
        requests=locking.waiting_books(ctx) if subjects_of(ctx) else [],
        to_approve=progress.to_approve(ctx, term) if subjects_of(ctx) else [],
    )


@blueprint.get("/progress")
@page(READ)
def progress_(ctx: Context) -> str:
    """All classes: how much is entered, locked, approved and shown to families."""
    term = term_asked(ctx)
    by_class: dict[UUID, list[progress.BookLine]] = defaultdict(list)
    for line in progress.all_books(ctx, term):
        by_class[line.class_id].append(line)
    rows = [
        {
            "id": class_id,
            "name": lines[0].class_name,
            "wanted": sum(line.wanted for line in lines),
            "entered": sum(line.entered for line in lines),
            "books": len(lines),
            "locked": sum(line.state != "open" for line in lines),
            "approved": sum(line.state == "approved" for line in lines),
        }
        for class_id, lines in by_class.items()
    ]
    may_approve = ctx.actor.has(APPROVE)
    return render(
        "assessment/progress.html",
        term=term,
        rows=rows,
        published=publishing.published(ctx),
        requests=locking.waiting_books(ctx) if may_approve else [],
        may_publish=ctx.actor.has(PUBLISH),
        may_set=ctx.actor.has(WINDOWS),
        may_rule=ctx.actor.has(RULES),
        may_name=may_approve,
    )


@blueprint.get("/progress/<uuid:class_id>")
@page(READ)
def progress_of(ctx: Context, class_id: UUID) -> str:
    """The books of one class, for the head and its homeroom teacher."""
    term = term_asked(ctx)
    lines = progress.all_books(ctx, term, class_id)
    if not lines:
        raise NotFound
    return render("assessment/class.html", term=term, lines=lines, class_id=class_id, name=lines[0].class_name)


@blueprint.post("/publish")
@page(PUBLISH)
def publish(ctx: Context) -> ResponseReturnValue:
    """Show the marks of the ticked classes to families, or hide them."""
    term = request.form.get("term", default=0, type=int)
    classes = request.form.getlist("classes", type=UUID)
    if not classes:
        flash("attention", _("Choose at least one class."))
    elif request.form.get("do") == "withdraw":
        publishing.withdraw(ctx, classes, term)
        flash("ok", _("Families no longer see the marks of %(count)s classes.", count=len(classes)))
    else:
        publishing.publish(ctx, classes, term)
        flash("ok", _("Families see the marks of %(count)s classes now.", count=len(classes)))
    return redirect_to("assessment.progress_", term=term)
