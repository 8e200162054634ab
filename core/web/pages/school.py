"""The school about itself: details, sites, terms and calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from core.data.context import Context
from core.school import calendar, kinds, organisations, services, sites
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.view import page
from core.types.errors import Conflict, Invalid, NotFound
from core.types.message import Message, _
from core.web.language import translate

from ._days import chosen_day

blueprint = Blueprint("school", __name__, url_prefix="/school")
_DETAILS = ("name", "level", "ownership", "address", "phone")


@blueprint.get("/")
@page("core.school.read")
def about(ctx: Context) -> str:
    """What is known of the school; the head changes it on the pages behind."""
    return _about(ctx, {})


@blueprint.post("/<any(details, site, close):step>")
@page("core.school.manage")
def change(ctx: Context, step: str) -> ResponseReturnValue:
    """Details and sites."""
    try:
        with ctx.session.begin_nested():
            said = _STEPS[step](ctx)
    except Invalid as refused:
        errors = refused.fields or {"": refused.message}
    except Conflict as refused:
        errors = {"site_name" if step == "site" else "": refused.message}
    else:
        flash("ok", said)
        return redirect_to("school.about")
    return _about(ctx, errors, dict(request.form)), 422


def _about(ctx: Context, errors: dict[str, Message], form: dict[str, str] | None = None) -> str:
    found = services.school_of(ctx)
    return render(
        "pages/school.html",
        school=found,
        line=organisations.line_of(ctx, found.organisation_id),
        past=organisations.placements(ctx, found.id),
        sites=sites.sites(ctx),
        levels=kinds.LEVELS,
        ownerships=kinds.OWNERSHIPS,
        may_manage=ctx.actor.has("core.school.manage"),
        errors=errors,
        form=form or {},
    )


def _details(ctx: Context) -> Message:
    given = {name: " ".join(request.form.get(name, "").split()) for name in _DETAILS}
    fields: dict[str, Message] = {}
    if not given["name"]:
        fields["name"] = _("Please give the name.")
    if given["level"] not in kinds.LEVELS:
        fields["level"] = _("Choose one of the kinds.")
    if given["ownership"] not in kinds.OWNERSHIPS:
        fields["ownership"] = _("Choose one of the kinds.")
    if fields:
        raise Invalid(_("Please look again."), fields=fields)
    services.update_school(ctx, **given)
    return _("Saved.")


def _site(ctx: Context) -> Message:
    try:
        sites.add_site(ctx, name=request.form.get("site_name", ""), address=request.form.get("site_address", ""))
    except Invalid as refused:
        raise Invalid(refused.message, fields={"site_name": refused.message}) from refused
    return _("The site is added.")


def _close(ctx: Context) -> Message:
    site_id = request.form.get("site_id", type=UUID)
    if site_id is None:
        raise NotFound
    sites.close_site(ctx, site_id)
    return _("The site is closed; it stays in the records.")


_STEPS: dict[str, Callable[[Context], Message]] = {"details": _details, "site": _site, "close": _close}


@blueprint.get("/calendar")
@page("core.school.read")
def calendar_of(ctx: Context) -> str:
    """Terms and days of a year; the current one unless another is asked for."""
    return _calendar(ctx, _year(ctx), {}, {})


def _year(ctx: Context) -> services.Year:
    wanted = request.values.get("year", type=UUID)
    if wanted is None:
        return services.current_year(ctx)
    found = next((year for year in services.years(ctx) if year.id == wanted), None)
    if found is None:
        raise NotFound
    return found


def _calendar(ctx: Context, year: services.Year, errors: dict[str, Message], form: dict[str, str]) -> str:
    frame = calendar.frame_of(ctx, year.id)
    terms = calendar.terms(ctx, year.id)
    return render(
        "pages/calendar.html",
        year=year,
        years=services.years(ctx),
        terms=terms,
        days=calendar.days(ctx, year.id),
        kinds=calendar.KINDS,
        ministry=frame,
        may_manage=ctx.actor.has("core.school.manage"),
        errors=errors,
        form=form,
    )


@blueprint.post("/calendar/<any(frame, terms, day, remove):step>")
@page("core.school.manage")
def change_calendar(ctx: Context, step: str) -> ResponseReturnValue:
    """Take the frame over, set terms, add or remove a day."""
    year = _year(ctx)
    try:
        with ctx.session.begin_nested():
            said = _CALENDAR[step](ctx, year.id)
    except Invalid as refused:
        return _calendar(ctx, year, refused.fields or {"": refused.message}, dict(request.form)), 422
    flash("ok", said)
    return redirect_to("school.calendar_of", year=year.id)


def _frame(ctx: Context, year_id: UUID) -> Message:
    frame = calendar.frame_of(ctx, year_id)
    names = {day.name.msgid: day.name.render(translate) for day in frame.holidays} if frame else {}
    if not calendar.take_frame(ctx, year_id, names):
        raise NotFound
    return _("The frame of the Ministry is taken over. Change what is different at your school.")


def _terms(ctx: Context, year_id: UUID) -> Message:
    spans: list[tuple[date, date]] = []
    for number in (1, 2):
        first, last = chosen_day(f"term{number}_from"), chosen_day(f"term{number}_to")
        if first is None or last is None:
            message = _("Please give both days.")
            raise Invalid(message, fields={f"term{number}_from": message})
        spans.append((first, last))
    try:
        calendar.set_terms(ctx, year_id, spans)
    except Invalid as refused:
        fields = {f"{name}_from": message for name, message in (refused.fields or {}).items()}
        raise Invalid(refused.message, fields=fields) from refused
    return _("The terms are set.")


def _add(ctx: Context, year_id: UUID) -> Message:
    first = chosen_day("starts_on")
    if first is None:
        message = _("Please give a day.")
        raise Invalid(message, fields={"starts_on": message})
    form = request.form
    calendar.add_day(
        ctx,
        year_id,
        kind=form.get("kind", ""),
        name=form.get("name", ""),
        starts_on=first,
        ends_on=chosen_day("ends_on"),
    )
    return _("The day is in the calendar.")


def _remove(ctx: Context, year_id: UUID) -> Message:
    day_id = request.form.get("day_id", type=UUID)
    if day_id is None:
        raise NotFound
    calendar.remove_day(ctx, day_id)
    return _("The day is taken out of the calendar.")


_CALENDAR: dict[str, Callable[[Context, UUID], Message]] = {
    "frame": _frame,
    "terms": _terms,
    "day": _add,
    "remove": _remove,
}
