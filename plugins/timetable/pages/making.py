"""Having a timetable made by the solver: start, watch, read the result or the reasons."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.text import _, translator
from core.sdk.web import flash, locale, page, redirect_to, render, see_other
from core.sdk.work import job

from ..rules.solver import available
from ..services import making, versions
from ..services.frame import frame, names, with_names
from ..words import QUALITY_WORDS, RUN_WORDS, reason_words
from .blueprint import blueprint


@blueprint.get("/make")
@page("timetable.edit")
def make(ctx: Context) -> str:
    """What the solver does, and the runs so far; how to get it where it is not installed."""
    return render(
        "timetable/make.html",
        available=available(),
        versions=[(str(line.id), line.name) for line in versions.versions(ctx) if line.lessons],
        seconds=[(str(value), _("%(count)s seconds", count=value)) for value in making.SECONDS],
        runs=making.runs(ctx),
        words=RUN_WORDS,
    )


@blueprint.post("/make")
@page("timetable.edit")
def start_run(ctx: Context) -> ResponseReturnValue:
    """Ask the solver."""
    form = request.form
    source = form.get("version_id", "")
    name = form.get("name", "").strip() or _("Timetable made by the program").render(translator(locale()))
    try:
        run_id = making.start(
            ctx, UUID(source) if source else None, name, seconds=form.get("seconds", 45, type=int),
            seed=form.get("seed", 1, type=int),
        )  # fmt: skip
    except ValueError:
        raise NotFound from None
    except (Conflict, Invalid) as error:
        flash("stop", error.message)
        return redirect_to("timetable.make")
    return redirect_to("timetable.run", run_id=run_id)


@blueprint.get("/make/<uuid:run_id>")
@page("timetable.edit")
def run(ctx: Context, run_id: UUID) -> ResponseReturnValue:
    """A run: its progress while it works, then what became of it."""
    found = making.run_of(ctx, run_id)
    status = job(ctx, found.job_id) if found.job_id else None
    if found.state == "waiting" and status is not None and not status.ended:
        return see_other(url_for("home.job", job_id=found.job_id, next=request.path))
    faces = frame(ctx)
    reasons = [(rule, UUID(about), count, most) for rule, about, count, most in found.answer.get("reasons", [])]
    faces = with_names(
        ctx, faces, {about for _rule, about, _count, _most in reasons} & set(names(ctx, [r[1] for r in reasons]))
    )
    return render(
        "timetable/run.html",
        run=found,
        status=status,
        answer=found.answer,
        counts=[(QUALITY_WORDS[name], count) for name, count in found.answer.get("counts", {}).items()],
        reasons=[reason_words(faces, *reason) for reason in reasons],
        words=RUN_WORDS,
    )
