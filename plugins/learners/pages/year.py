"""The turn of the school year, promotion by hand, classes split and joined."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.errors import Invalid, TruongError
from core.sdk.school import current_year, years
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render, see_other

from ..rules.moves import FINAL_GRADES, OUTCOMES
from ..services import batches, outcomes, regroup, rollover
from ..services.classes import class_choices
from ..services.rolls import class_list, class_of
from .blueprint import blueprint
from .forms import day, errors_of


def _years(ctx: Context) -> tuple[UUID, UUID | None]:
    """The year that ends and the one that begins: as asked, else the current one and the next."""
    current = current_year(ctx)
    old = request.values.get("from", type=UUID) or current.id
    later = sorted((one for one in years(ctx) if one.starts_on > current.starts_on), key=lambda one: one.starts_on)
    return old, request.values.get("to", type=UUID) or (later[0].id if later else None)


def _targets(kind: str) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for name, value in request.form.items():
        prefix, _colon, class_id = name.partition(":")
        if prefix == kind and value.strip():
            try:
                found[UUID(class_id)] = value
            except ValueError as error:
                raise Invalid(_("Please check the marked fields.")) from error
    return found


@blueprint.get("/year")
@page("learners.year.roll")
def year(ctx: Context) -> str:
    """What rolling over would do, class by class; the moves so far."""
    return _year_page(ctx, {}, {})


def _year_page(ctx: Context, typed: dict[str, Any], errors: dict[str, Any]) -> str:
    old, new = _years(ctx)
    plan = rollover.plan(ctx, old, new) if new is not None and new != old else None
    return render(
        "learners/year.html",
        plan=plan,
        years=years(ctx),
        typed=typed,
        errors=errors,
        batches=batches.batches(ctx),
    )


@blueprint.post("/year")
@page("learners.year.roll")
def roll_over(ctx: Context) -> ResponseReturnValue:
    """Show what the chosen classes mean, or do it once it was shown."""
    old, new = _years(ctx)
    if new is None:
        return redirect_to("learners.year")
    try:
        targets, again = _targets("target"), _targets("repeat")
        if request.form.get("confirmed") != "1":
            plan = rollover.plan(ctx, old, new, targets, again)
            return render("learners/year_confirm.html", plan=plan)
        rollover.apply(ctx, old, new, targets, again)
    except TruongError as error:
        return _year_page(ctx, dict(request.form), errors_of(error)), 422
    flash("ok", _("The pupils have their classes in the new year. You can take this back below."))
    return redirect_to("learners.year", **{"from": old, "to": new})


@blueprint.post("/year/moves/<uuid:batch_id>/undo")
@page("learners.year.roll")
def undo_move(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Take a move of many pupils back."""
    try:
        with ctx.session.begin_nested():
            batches.undo_batch(ctx, batch_id)
    except TruongError as error:
        if error.status == 404:
            raise
        flash("attention", error.message)
    else:
        flash("ok", _("Everything is as it was before."))
    return redirect_to("learners.year")


@blueprint.get("/classes/<uuid:class_id>/promotion")
@page("learners.year.roll")
def promotion(ctx: Context, class_id: UUID) -> str:
    """What becomes of each pupil of a class at the end of the year."""
    school_class = class_of(ctx, class_id)
    final = school_class.grade in FINAL_GRADES
    hidden = "promoted" if final else "completed"
    return render(
        "learners/promotion.html",
        school_class=school_class,
        pupils=outcomes.outcomes_of_class(ctx, class_id),
        choices=[(name, label) for name, label in OUTCOMES.items() if name != hidden],
        usual="completed" if final else "promoted",
    )


@blueprint.post("/classes/<uuid:class_id>/promotion")
@page("learners.year.roll")
def decide(ctx: Context, class_id: UUID) -> ResponseReturnValue:
    """Decide by hand; only what differs from before is written, so that results keep their source."""
    school_class = class_of(ctx, class_id)
    usual = "completed" if school_class.grade in FINAL_GRADES else "promoted"
    everybody = request.form.get("all") == "1"
    given = []
    for pupil in outcomes.outcomes_of_class(ctx, class_id):
        chosen = request.form.get(f"pupil:{pupil.id}", pupil.outcome)
        if everybody and chosen == "undecided":
            chosen = usual
        if chosen != pupil.outcome:
            given.append(outcomes.PromotionOutcome(pupil.id, chosen))
    if given:
        outcomes.take_outcomes(ctx, school_class.year_id, given)
    flash("ok", _("The changes were saved."))
    return redirect_to("learners.promotion", class_id=class_id)


@blueprint.get("/classes/<uuid:class_id>/regroup")
@page("learners.year.roll")
def regroup_class(ctx: Context, class_id: UUID) -> str:
    """Choose who goes to which class, from when."""
    return _regroup_page(ctx, class_id, {"on": local_date(ctx.now()).isoformat()}, [], {})


def _regroup_page(
    ctx: Context, class_id: UUID, values: dict[str, Any], chosen: list[UUID], errors: dict[str, Any]
) -> str:
    school_class = class_of(ctx, class_id)
    others = [one for one in class_choices(ctx, grade=school_class.grade) if one.id != class_id]
    return render(
        "learners/regroup.html",
        school_class=school_class,
        members=class_list(ctx, class_id),
        others=[one.name for one in others],
        values=values,
        chosen=chosen,
        errors=errors,
    )


@blueprint.post("/classes/<uuid:class_id>/regroup")
@page("learners.year.roll")
def do_regroup(ctx: Context, class_id: UUID) -> ResponseReturnValue:
    """Show what would happen, then do it."""
    form = request.form
    every = form.get("kind") == "join"
    chosen = [UUID(value) for value in form.getlist("pupils") if _is_uuid(value)]
    going = None if every else chosen
    try:
        on = day("on", required=True) or local_date(ctx.now())
        plan = regroup.plan(ctx, class_id, form.get("target", ""), on, going)
        if form.get("confirmed") != "1":
            return render("learners/regroup_confirm.html", plan=plan, chosen=chosen, every=every)
        regroup.apply(ctx, class_id, form.get("target", ""), on, going)
    except TruongError as error:
        if error.status in (403, 404):
            raise
        return _regroup_page(ctx, class_id, dict(form), chosen, errors_of(error)), 422
    flash("ok", _("%(count)s pupils were moved to %(name)s.", count=len(plan.names), name=plan.target_name))
    return see_other(url_for("learners.year", _anchor="moves"))


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
