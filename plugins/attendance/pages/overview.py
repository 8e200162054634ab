"""Today at the school."""

from __future__ import annotations

from datetime import date, timedelta

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.web import page, render

from ..access import READ, TYPE
from ..services import mine, overview, rates
from ..services.days import today as today_of
from .blueprint import blueprint, day_of


@blueprint.get("/")
@page("attendance.register.read")
def index(ctx: Context) -> ResponseReturnValue:
    """Which classes have a register, and who is absent, without leave first; teachers get their own classes."""
    now = today_of(ctx)
    text = request.args.get("day", "")
    day: date = day_of(text) if text else now
    if not ctx.actor.has(READ):
        return render("attendance/mine.html", classes=mine.my_classes(ctx, day), day=day, today=now)
    return render(
        "attendance/today.html",
        found=overview.today(ctx, day),
        day=day,
        today=now,
        rates=rates.rates_by_class(ctx, day),
        before=day - timedelta(days=1),
        after=day + timedelta(days=1) if day < now else None,
        may_type=ctx.actor.has(TYPE),
    )
