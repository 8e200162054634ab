"""One's own week as a teacher; a family's view of the class of their child; addresses of calendars."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.errors import NotFound
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render

from ..services import feeds
from ..services.days import between, monday
from .blueprint import blueprint
from .grids import Offers, week
from .lessons import offers
from .views import asked_day, steps


@blueprint.get("/mine")
@page("timetable.read.curriculum_taught")
def mine(ctx: Context) -> str:
    """The week of the teacher who is signed in, substitutions in it."""
    day = asked_day(ctx)
    first = monday(day)
    found = between(ctx, first, first + timedelta(days=6))
    me = ctx.actor.person_id
    lessons = found.of_teacher(me) if me else []
    return render(
        "timetable/mine.html",
        grid=week(found, lessons, "teacher", day, teacher=me, offers=_until(local_date(ctx.now()), offers(ctx, found))),
        substituting=[lesson for lesson in lessons if lesson.state == "substituted" and lesson.teacher == me],
        names=found.frame,
        periods=sum(lesson.teacher == me for lesson in lessons),
        day=day,
        first=first,
        steps=steps("timetable.mine", day),
        addresses=_addresses(ctx),
    )


def _until(today: date, of: Offers) -> Offers:
    """Nothing is offered for lessons that are still to come."""
    return lambda lesson: of(lesson) if lesson.day <= today else []


def _addresses(ctx: Context) -> list[dict[str, object]]:
    return [
        {"id": id, "url": url_for("timetable_feed.calendar", token=token, _external=True), "class_id": class_id}
        for id, token, class_id in feeds.mine(ctx)
    ]


@blueprint.get("/family")
@page("timetable.read.own")
def family(ctx: Context) -> str:
    """The week of the class of one child; several children are tabs."""
    children = feeds.children_classes(ctx)
    wanted = request.args.get("child", "")
    chosen = next((line for line in children if str(line[0]) == wanted), None)
    if wanted and chosen is None:
        raise NotFound
    chosen = chosen or (children[0] if children else None)
    day = asked_day(ctx)
    first = monday(day)
    found = between(ctx, first, first + timedelta(days=6)) if chosen else None
    return render(
        "timetable/family.html",
        children=children,
        chosen=chosen,
        grid=week(found, found.of_class(chosen[1]), "class", day) if found and chosen else None,
        name=found.frame.classes.get(chosen[1], "") if found and chosen else "",
        day=day,
        first=first,
        steps=steps("timetable.family", day, child=str(chosen[0])) if chosen else {},
        addresses=[line for line in _addresses(ctx) if chosen and line["class_id"] == chosen[1]],
    )


@blueprint.post("/calendar")
@page("timetable.read")
def make_feed(ctx: Context) -> ResponseReturnValue:
    """A calendar address for one's own week, or for a class that one sees."""
    class_id = request.form.get("class_id", "")
    try:
        feeds.make(ctx, class_id=UUID(class_id) if class_id else None)
    except ValueError:
        raise NotFound from None
    flash("ok", _("The calendar address is ready. Whoever has it sees the timetable: keep it to yourself."))
    return redirect_to("timetable.family" if request.form.get("back") == "family" else "timetable.mine")


@blueprint.post("/calendar/<uuid:feed_id>/withdraw")
@page("timetable.read")
def withdraw_feed(ctx: Context, feed_id: UUID) -> ResponseReturnValue:
    """End a calendar address."""
    feeds.withdraw(ctx, feed_id)
    flash("ok", _("The calendar address does not work any more."))
    return redirect_to("timetable.family" if request.form.get("back") == "family" else "timetable.mine")
