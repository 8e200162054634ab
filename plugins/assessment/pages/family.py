"""What parents and pupils see: the published marks of one child, subject by subject, and nothing of anybody else."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.sdk import Context, access
from core.sdk.web import page, redirect_to, render
from plugins.learners import public as learners

from ..services import publishing
from .blueprint import blueprint

OWN = "assessment.mark.read.own"


def _children(ctx: Context) -> list[tuple[UUID, str, str]]:
    """The actor's children who are enrolled, and the actor themself if they are a pupil: id, name, class."""
    people = set(access.children(ctx)) | ({ctx.actor.person_id} if ctx.actor.person_id else set())
    roll = learners.enrolled(ctx).subquery()
    wanted = select(roll.c.person_id, roll.c.full_name, roll.c.class_name).where(roll.c.person_id.in_(people))
    return [(row[0], row[1], row[2]) for row in ctx.session.execute(wanted.order_by(roll.c.sort_key))]


@blueprint.get("/family")
@page(OWN)
def family(ctx: Context) -> ResponseReturnValue:
    """The first child; the others are one step away."""
    found = _children(ctx)
    if found:
        return redirect_to("assessment.child", learner_id=found[0][0])
    return render("assessment/family.html", children=found, books=None, current=None)


@blueprint.get("/family/<uuid:learner_id>")
@page(OWN)
def child(ctx: Context, learner_id: UUID) -> str:
    """The published marks of one child."""
    found = publishing.child_books(ctx, learner_id)
    return render("assessment/family.html", children=_children(ctx), books=found, current=learner_id)
