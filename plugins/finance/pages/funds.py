"""Donations: funds, their gifts and uses, the report that families read."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.data import local_date
from core.sdk.errors import Conflict, Invalid
from core.sdk.web import flash, page, redirect_to, render
from plugins.finance.rules.paste import read_price
from plugins.finance.services import funds as service

from .site import blueprint, faults, typed, whole

_STEPS = {
    "publish": (service.publish_fund, _("Families can read the report now.")),
    "close": (service.close_fund, _("The fund is closed.")),
}


@blueprint.route("/donations", methods=["GET", "POST"])
@page("finance.fund.report")
def funds(ctx: Context) -> ResponseReturnValue:
    """Funds with what came in and what was spent; whoever keeps them opens new ones."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        form = {name: value.strip() for name, value in request.form.items()}
        try:
            with whole(ctx):
                entry = service.FundInput(
                    form.get("code", ""), form.get("label", ""), form.get("purpose", ""), form.get("plan", "")
                )
                made = service.open_fund(ctx, entry)
            return redirect_to("finance.fund", fund_id=made)
        except Invalid as refused:
            errors = faults(refused)
        except Conflict as refused:
            errors = {"code": refused.message}
    page_ = render("finance/funds.html", rows=service.funds(ctx), errors=errors, values=typed())
    return page_, 422 if errors else 200


@blueprint.route("/donations/<uuid:fund_id>", methods=["GET", "POST"])
@page("finance.fund.report")
def fund(ctx: Context, fund_id: UUID) -> ResponseReturnValue:
    """The report of a fund; with the right for it also the place to book."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            with whole(ctx):
                service.add_line(ctx, fund_id, _read(ctx))
            flash("ok", _("It is booked."))
            return redirect_to("finance.fund", fund_id=fund_id)
        except Invalid as refused:
            errors = faults(refused)
        except Conflict as refused:
            errors = {"amount": refused.message}
    row, lines = service.fund(ctx, fund_id)
    gifts, uses = service.report_rows(lines)
    today = local_date(ctx.now())
    page_ = render("finance/fund.html", row=row, gifts=gifts, uses=uses, errors=errors, values=typed(), today=today)
    return page_, 422 if errors else 200


def _read(ctx: Context) -> service.LineInput:
    form = request.form
    amount, _code = read_price(form.get("amount", ""))
    if amount is None:
        message = _("“%(text)s” is not an amount.", text=form.get("amount", ""))
        raise Invalid(message, fields={"amount": message})
    try:
        day = date.fromisoformat(form.get("day", ""))
    except ValueError:
        raise Invalid(_("This is not a date."), fields={"day": _("This is not a date.")}) from None
    return service.LineInput(
        kind=form.get("kind", ""),
        amount=amount,
        day=day,
        bank=form.get("bank", "").strip(),
        who=form.get("who", "")[:200],
        named=form.get("named") == "1",
        what=form.get("what", "")[:500],
        paper=form.get("paper", "")[:200],
    )


@blueprint.post("/donations/<uuid:fund_id>/<any(publish, close):step>")
@page("finance.fund.edit")
def fund_step(ctx: Context, fund_id: UUID, step: str) -> ResponseReturnValue:
    """Publish the report, or close the fund."""
    act, done = _STEPS[step]
    try:
        with whole(ctx):
            act(ctx, fund_id)
        flash("ok", done)
    except Conflict as refused:
        flash("attention", refused.message)
    return redirect_to("finance.fund", fund_id=fund_id)


@blueprint.post("/donations/<uuid:fund_id>/lines/<uuid:line_id>/take-back")
@page("finance.fund.edit")
def take_back_fund_line(ctx: Context, fund_id: UUID, line_id: UUID) -> ResponseReturnValue:
    """Take a gift or a use back by a reversing entry."""
    try:
        with whole(ctx):
            service.take_back_line(ctx, line_id, request.form.get("reason", ""))
        flash("ok", _("The line is taken back."))
    except (Conflict, Invalid) as refused:
        flash("attention", refused.message)
    return redirect_to("finance.fund", fund_id=fund_id)
