"""Results of the year: the school, a class, and why a pupil has them."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message
from core.sdk.errors import Invalid
from core.sdk.text import _
from core.sdk.web import flash, locale, page, redirect_to, render, see_other
from core.sdk.work import enqueue
from plugins.learners import public as learners

from ..access import APPROVE, READ
from ..rules.because import Reader, lines
from ..services import results
from ..services.results import PupilResult
from .blueprint import blueprint

_HEADS = {
    "promotion": _("At the end of the year"),
    "learning": _("Learning"),
    "training": _("Training"),
    "title": _("Title"),
    "learning_1": _("Learning in term I"),
    "learning_2": _("Learning in term II"),
}


@blueprint.get("/results")
@page(READ)
def results_(ctx: Context) -> str:
    """All classes as calculated last."""
    found = results.summary(ctx)
    classes = [row for row in ctx.session.execute(learners.classes(ctx)) if 1 <= row.grade <= 12]
    last = max((one.calculated_at for one in found.values()), default=None)
    return render(
        "assessment/results.html", classes=classes, found=found, last=last, may_calculate=ctx.actor.has(APPROVE)
    )


@blueprint.post("/results")
@page(APPROVE)
def calculate(ctx: Context) -> ResponseReturnValue:
    """Calculate the results of the whole school."""
    job = enqueue(ctx, results.CALCULATE, {}, key="results")
    return see_other(url_for("home.job", job_id=job, next=url_for("assessment.results_")))


@blueprint.get("/results/<uuid:class_id>")
@page(READ)
def results_of(ctx: Context, class_id: UUID) -> str:
    """A class: subjects across, pupils down, levels and what happens."""
    rows = results.class_results(ctx, class_id, locale())
    return render(
        "assessment/results_class.html",
        klass=learners.class_of(ctx, class_id),
        rows=rows,
        subjects=rows[0][1].subjects if rows else (),
        primary=bool(rows) and not rows[0][1].because.get("training"),
        may_all=ctx.actor.has(READ),
    )


@blueprint.get("/results/<uuid:class_id>/<uuid:learner_id>")
@page(READ)
def result(ctx: Context, class_id: UUID, learner_id: UUID) -> str:
    """Why a pupil has these results, for teachers."""
    training, closed = results.entered_summer(ctx, class_id, learner_id)
    return _pupil(ctx, class_id, learner_id, {"training": training, "closed": "1" if closed else ""}, {})


def _pupil(ctx: Context, class_id: UUID, learner_id: UUID, values: dict[str, str], errors: dict[str, Message]) -> str:
    member, found = results.pupil_result(ctx, class_id, learner_id, locale())
    return render(
        "assessment/result.html",
        klass=learners.class_of(ctx, class_id),
        member=member,
        result=found,
        reasons=reasons(found, "teacher"),
        again=[line for line in found.subjects if line.code in found.again],
        may_enter=ctx.actor.has(APPROVE),
        levels=[(code, found.label(code)) for code in found.training_levels],
        values=values,
        errors=errors,
    )


def reasons(found: PupilResult, reader: Reader) -> list[tuple[Message | str, list[object]]]:
    """Each result by its heading with the sentences that explain it, the most important first."""
    names = {f"subject.{line.code}": line.name for line in found.subjects}
    return [
        (_HEADS.get(key) or names.get(key) or _("Reward"), [*told])
        for key, because in found.because.items()
        if (told := lines(because, reader))
    ]


@blueprint.post("/results/<uuid:class_id>/<uuid:learner_id>")
@page(APPROVE)
def summer(ctx: Context, class_id: UUID, learner_id: UUID) -> ResponseReturnValue:
    """Keep what came after the year."""
    retests = {name.removeprefix("again_"): text for name, text in request.form.items() if name.startswith("again_")}
    training, closed = request.form.get("training", ""), request.form.get("closed") == "1"
    try:
        results.enter_summer(ctx, class_id, learner_id, retests, training, closed=closed)
    except Invalid as error:
        typed = {**retests, "training": training, "closed": "1" if closed else ""}
        return _pupil(ctx, class_id, learner_id, typed, dict(error.fields)), 422
    flash("ok", _("What came after the year is kept; the results of the year stay beside it."))
    return redirect_to("assessment.result", class_id=class_id, learner_id=learner_id)


@blueprint.get("/family/<uuid:learner_id>/results")
@page(f"{READ}.own")
def family_result(ctx: Context, learner_id: UUID) -> str:
    """Results of one's own child, as far as the school has shown its marks, with their reasons."""
    found = results.family_result(ctx, learner_id, locale())
    told = reasons(found, "parent") if found is not None else []
    return render("assessment/family_result.html", result=found, learner_id=learner_id, reasons=told)
