"""The chart of accounts: which number each account has, from when on, and who has checked that."""

from __future__ import annotations

from datetime import date

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.data import local_date
from core.sdk.errors import Invalid
from core.sdk.school import school_of
from core.sdk.web import flash, page, redirect_to, render
from plugins.finance.rules.chart import charts, usual
from plugins.finance.services import chart_versions as service
from plugins.finance.services.bookkeeping import accounts_of, chart_of

from .books import account_label, account_names
from .site import asked, blueprint, typed, whole


@blueprint.route("/books/chart", methods=["GET", "POST"])
@page("payments.ledger.read")
def chart(ctx: Context) -> ResponseReturnValue:
    """Every account of the books with its number today, earlier versions, and a form for a new one."""
    name = asked("chart") if asked("chart") in charts() else usual(school_of(ctx).ownership)
    errors: dict[str, Message] = {}
    today = local_date(ctx.now())
    if request.method == "POST":
        form = request.form
        try:
            with whole(ctx):
                given = service.named(name), _day(form.get("valid_from", "")), form.get("accounts", "")
                service.enter(ctx, *given, form.get("checked_by", ""), form.get("note", ""))
            flash("ok", _("The numbers are entered. They hold from their day on."))
            return redirect_to("finance.chart", chart=name)
        except Invalid as refused:
            errors = refused.fields
    now = service.in_force(ctx, name, today)
    names = account_names(ctx)
    try:
        found = chart_of(ctx, name, today)
    except Invalid:  # the setting cannot be read; reports say so, this page mends it
        found = service.named(name)
    stored = {
        "accounts": "\n".join(f"{account}={code}" for account, code in now.accounts.items()) if now else "",
        "valid_from": today.isoformat(),
    }
    page_ = render(
        "finance/chart.html",
        chart=found,
        now=now,
        rows=[(account_label(a, names), found.code(a), found.title(found.code(a))) for a in accounts_of(ctx)],
        versions=service.versions(ctx, name),
        others=[one for one in charts().values() if one.name != name],
        errors=errors,
        values={**stored, **typed()},
    )
    return page_, 422 if errors else 200


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
