"""A class before its records are made: what is missing, pupil by pupil, each with the way to mend it."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.text import _
from core.sdk.web import flash, page, person_page, redirect_to, render
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import FREEZE, READ
from ..rules.problems import Found, Problem
from ..services import freezing, reading
from .blueprint import blueprint


@blueprint.get("/classes/<uuid:class_id>")
@page(READ)
def class_(ctx: Context, class_id: UUID) -> str:
    """The records of a class, and for those who make them what is missing."""
    curriculum.require_class(ctx, READ, class_id)
    may = ctx.actor.has(FREEZE)
    check = freezing.check_class(ctx, class_id) if may else None
    return render(
        "transcripts/class.html",
        klass=learners.class_of(ctx, class_id),
        lines=reading.of_class(ctx, class_id),
        check=check,
        pupils={pupil.member.id: pupil.member.full_name for pupil in check.year.pupils} if check else {},
        mend=lambda found: mend_url(ctx, found, class_id),
    )


@blueprint.post("/classes/<uuid:class_id>/freeze")
@page(FREEZE)
def freeze(ctx: Context, class_id: UUID) -> ResponseReturnValue:
    """Make the records of all pupils of whom nothing is missing, or of those that were chosen."""
    only = request.form.getlist("learner_id", type=UUID)
    made = freezing.freeze_class(ctx, class_id, only or None)
    if made:
        flash("ok", _("%(count)s transcripts were made and wait for signatures.", count=made))
    else:
        flash("attention", _("Nothing could be made: see what is missing."))
    return redirect_to("transcripts.class_", class_id=class_id)


def mend_url(ctx: Context, found: Found, class_id: UUID) -> str:
    """Where a problem is mended; empty where no page of ours does it."""
    problem, learner = found.problem, found.learner_id
    if learner is not None and problem in (Problem.SUMMER, Problem.MARKS_MISSING, Problem.PRINCIPAL_DECIDES):
        return url_for("assessment.result", class_id=class_id, learner_id=learner)
    if learner is not None and problem is Problem.NO_COMMENT:
        return url_for("assessment.book", what="classes", of=class_id, term=2)
    if learner is not None:
        return person_page(ctx, learner) or ""
    if problem in (Problem.MARKS_OPEN, Problem.NOT_SHOWN):
        return url_for("assessment.progress_of", class_id=class_id)
    if problem in (Problem.NO_CERTIFICATE, Problem.NO_LEADER):
        return url_for("transcripts.signers_")
    return url_for("curriculum.teaching")
