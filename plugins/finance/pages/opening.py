"""Opening balances: upload, see what each line would do, confirm, undo."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.data import local_date
from core.sdk.errors import Conflict, Invalid
from core.sdk.web import flash, page, redirect_to, render
from plugins.finance.services import opening as service

from .site import asked, blueprint, chip, faults, typed, whole

STATES: dict[str, tuple[str, Message]] = {
    "planned": ("wait", _("Not booked yet")),
    "confirmed": ("ok", _("Taken over")),
    "undone": ("neutral", _("Taken back")),
}
_PAGE = 100


@blueprint.route("/opening", methods=["GET", "POST"])
@page("finance.opening.import")
def openings(ctx: Context) -> ResponseReturnValue:
    """Earlier lists and the place for a new one."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        sent = request.files.get("file")
        try:
            if sent is None or not sent.filename:
                message = _("Choose the file with the balances.")
                raise Invalid(message, fields={"file": message})
            rows = service.read_balances(sent.stream.read())
            with whole(ctx):
                made = service.plan_opening(ctx, sent.filename, _day(), rows)
            return redirect_to("finance.opening", batch_id=made)
        except Invalid as refused:
            errors = faults(refused)
    values = typed() or {"as_of": local_date(ctx.now()).isoformat()}
    page_ = render("finance/openings.html", rows=service.openings(ctx), states=STATES, errors=errors, values=values)
    return page_, 422 if errors else 200


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("as_of", ""))
    except ValueError:
        raise Invalid(_("This is not a date."), fields={"as_of": _("This is not a date.")}) from None


@blueprint.get("/opening/<uuid:batch_id>")
@page("finance.opening.import")
def opening(ctx: Context, batch_id: UUID) -> str:
    """The plan, or what was done, line by line; lines with a fault are one chip away."""
    return _page(ctx, batch_id, {})


def _page(ctx: Context, batch_id: UUID, errors: dict[str, Message]) -> str:
    plan = service.opening(ctx, batch_id)
    lines = [line for line in plan.lines if line.fault or asked("faults") != "1"]
    return render(
        "finance/opening.html",
        plan=plan,
        state=STATES[plan.batch.state],
        lines=lines[:_PAGE],
        shown=len(lines),
        faults=service.FAULTS,
        chips=[chip(_("With a fault"), "faults", "1")],
        errors=errors,
        values=typed(),
    )


@blueprint.post("/opening/<uuid:batch_id>/confirm")
@page("finance.opening.import")
def confirm_opening(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Book the good lines."""
    try:
        with whole(ctx):
            plan = service.confirm_opening(ctx, batch_id)
        flash("ok", _("%(count)s balances are taken over.", count=len(plan.good)))
    except (Conflict, Invalid) as refused:
        flash("attention", refused.message)
    return redirect_to("finance.opening", batch_id=batch_id)


@blueprint.post("/opening/<uuid:batch_id>/undo")
@page("finance.opening.import")
def undo_opening(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Take everything back, while nothing of it was used."""
    try:
        with whole(ctx):
            service.undo_opening(ctx, batch_id, request.form.get("reason", ""))
        flash("ok", _("The balances are taken back."))
    except Invalid as refused:
        return _page(ctx, batch_id, faults(refused)), 422
    except Conflict as refused:
        flash("attention", refused.message)
    return redirect_to("finance.opening", batch_id=batch_id)
