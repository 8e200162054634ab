"""Health insurance of a round: from when it counts, who is covered."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.errors import Invalid
from core.sdk.web import flash, page, redirect_to, render
from plugins.finance.roll import classes
from plugins.finance.services import insurance as service
from plugins.finance.services import rounds

from .site import blueprint, faults, typed, uuid_of, whole

_SHOWN = 200


@blueprint.route("/rounds/<uuid:round_id>/insurance", methods=["GET", "POST"])
@page("finance.round.read")
def insurance(ctx: Context, round_id: UUID) -> ResponseReturnValue:
    """First days by grade, and the pupils with their months."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            with whole(ctx):
                _set(ctx, round_id)
            flash("ok", _("Saved."))
            return redirect_to("finance.insurance", round_id=round_id)
        except Invalid as refused:
            errors = faults(refused)
    found = list(service.covers(ctx, round_id))
    page_ = render(
        "finance/insurance.html",
        row=rounds.round_(ctx, round_id),
        starts=service.starts(ctx, round_id),
        covers=[(cover, service.as_message(cover)) for cover in found[:_SHOWN]],
        count=len(found),
        unclear=sum(1 for cover in found if cover.months is None or cover.twice),
        total=sum(cover.amount for cover in found),
        grades=sorted({c.grade for c in classes(ctx)}),
        values=typed(),
        errors=errors,
    )
    return page_, 422 if errors else 200


def _set(ctx: Context, round_id: UUID) -> None:
    form = request.form
    item, month, grade = uuid_of(form.get("item", "")), form.get("starts_on", ""), form.get("grade", "")
    try:
        day = date.fromisoformat(month)
    except ValueError:
        raise Invalid(_("This is not a date."), fields={"starts_on": _("This is not a date.")}) from None
    if item is None:
        raise Invalid(_("Choose one of the values."), fields={"item": _("Choose one of the values.")})
    service.set_start(ctx, round_id, item, day, int(grade) if grade.isdecimal() and len(grade) < 3 else None)
