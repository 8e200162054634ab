"""How far the school has come: drafted, signed, sealed, accepted; and why not yet."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.school import current_year
from core.sdk.web import page, render, see_other
from plugins.learners import public as learners

from ..access import FREEZE, READ
from ..rules.states import IN_FORCE, IN_WORK, State
from ..services import freezing, reading
from ..services.freezing.counting import counted
from .blueprint import blueprint


@blueprint.get("/")
@page(READ)
def overview(ctx: Context) -> str:
    """All classes of the current year."""
    year = current_year(ctx)
    found = reading.progress(ctx, year.id)
    pupils = counted(ctx)
    rows = []
    for row in ctx.session.execute(learners.classes(ctx)):
        if row.class_id not in pupils:
            continue
        states = found.get(row.class_id, {})
        rows.append(
            {
                "class_id": row.class_id, "name": row.class_name, "pupils": pupils[row.class_id],
                "work": sum(states.get(state, 0) for state in IN_WORK),
                "sealed": sum(states.get(state, 0) for state in IN_FORCE),
                "accepted": states.get(State.ACCEPTED, 0),
            }
        )  # fmt: skip
    return render("transcripts/overview.html", rows=rows, year=year, may_freeze=ctx.actor.has(FREEZE))


@blueprint.post("/")
@page(FREEZE)
def freeze_school(ctx: Context) -> ResponseReturnValue:
    """Make the records of all classes of which nothing is missing."""
    job = freezing.ask(ctx, request.form.getlist("class_id", type=UUID))
    return see_other(url_for("home.job", job_id=job, next=url_for("transcripts.overview")))


@blueprint.get("/missing")
@page(FREEZE)
def missing(ctx: Context) -> str:
    """Why records cannot be made yet: by reason, with the classes and how many pupils."""
    totals: dict[str, list[tuple[object, str, int]]] = {}
    for check in freezing.check_school(ctx):
        counts: dict[str, int] = {}
        for one in check.found:
            counts[one.problem] = counts.get(one.problem, 0) + 1
        for problem, count in counts.items():
            totals.setdefault(problem, []).append((check.year.klass.id, check.year.klass.name, count))
    return render("transcripts/missing.html", totals=totals)
