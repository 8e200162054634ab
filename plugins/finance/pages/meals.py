"""Meals by day: the months, who was away, closing, corrections."""

from __future__ import annotations

from datetime import date

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import AbsenceSource, Context, Message, _, fold
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.school import modules_on
from core.sdk.web import flash, page, redirect_to, render, runtime
from plugins.finance.services import meals as service
from plugins.finance.services import pupils

from .site import asked, blueprint, chip, faults, month_of, next_url, position, typed, uuid_of, whole

_MARKS = {"in_time": True, "late": False, "eaten": None}


def sources(ctx: Context) -> tuple[AbsenceSource, ...]:
    """Modules of the school that know who was away."""
    return runtime().registry.absence_sources(modules_on(ctx))


def _month(text: str) -> date:
    found = month_of(text)
    if found is None:
        raise NotFound()
    return found


@blueprint.get("/meals")
@page("finance.round.read")
def meals(ctx: Context) -> str:
    """Months that asked for meals."""
    return render("finance/meals.html", rows=service.months(ctx))


@blueprint.get("/meals/<month>")
@page("finance.round.read")
def meal_month(ctx: Context, month: str) -> str:
    """One month: sums, who was away, what comes back."""
    return _page(ctx, _month(month), {})


def _page(ctx: Context, month: date, errors: dict[str, Message]) -> str:
    row, sums = service.month_row(ctx, month)
    after = position("meals")
    lines = service.month_lines(
        ctx,
        month,
        changed=asked("changed") == "1",
        words=fold(asked("q")),
        after=(after[0], after[1]) if after else None,
    )
    further = (lines[-1].sort_key, str(lines[-1].person_id)) if len(lines) == 50 else None
    chosen = uuid_of(typed().get("person_id", "") or asked("person"))
    return render(
        "finance/meal_month.html",
        month=month,
        row=row,
        sums=sums,
        lines=lines,
        next=next_url("meals", further),
        query=asked("q"),
        chips=[chip(_("With a change"), "changed", "1")],
        known=bool(sources(ctx)),
        hits=pupils.find_pupils(ctx, asked("who"), 8) if asked("who") else [],
        who=asked("who"),
        chosen=pupils.pupil(ctx, chosen) if chosen else None,
        days=service.absences(ctx, month, chosen) if chosen else [],
        errors=errors,
        values=typed(),
    )


@blueprint.post("/meals/<month>/absences")
@page("finance.round.edit")
def meal_absences(ctx: Context, month: str) -> ResponseReturnValue:
    """Take the registers over, or type a day by hand."""
    first = _month(month)
    try:
        with whole(ctx):
            if request.form.get("step") == "registers":
                count = service.take_absences(ctx, first, sources(ctx))
                flash("ok", _("%(count)s days without meals are known from the registers.", count=count))
                return redirect_to("finance.meal_month", month=month)
            entry = _typed()
            service.set_absences(ctx, first, [entry])
    except Invalid as refused:
        return _page(ctx, first, {"day" if name == "0" else name: text for name, text in faults(refused).items()}), 422
    flash("ok", _("The day is noted."))
    return redirect_to("finance.meal_month", month=month, person=entry.person_id)


def _typed() -> service.AbsenceInput:
    form = request.form
    person, mark = uuid_of(form.get("person_id", "")), form.get("mark", "")
    try:
        day = date.fromisoformat(form.get("day", ""))
    except ValueError:
        raise Invalid(_("This is not a date."), fields={"day": _("This is not a date.")}) from None
    if person is None or mark not in _MARKS:
        raise Invalid(_("Find the pupil first."), fields={"mark": _("Choose one of them.")})
    return service.AbsenceInput(person, day, _MARKS[mark], form.get("note", "")[:200])


@blueprint.post("/meals/<month>/close")
@page("finance.round.publish")
def close_meals(ctx: Context, month: str) -> ResponseReturnValue:
    """Close the month, or write what has changed since."""
    first = _month(month)
    correct = request.form.get("step") == "correct"
    try:
        with whole(ctx):
            done = service.correct_month(ctx, first) if correct else service.close_month(ctx, first)
    except Conflict as refused:
        flash("attention", refused.message)
        return redirect_to("finance.meal_month", month=month)
    flash("ok", _("%(lines)s lines are written. The money is on the pupils' balances.", lines=done.lines))
    return redirect_to("finance.meal_month", month=month)
