"""What the start page says: today's lessons, lessons without a teacher."""

from __future__ import annotations

from markupsafe import Markup

from core.sdk import Card, Context
from core.sdk.data import local_date
from core.sdk.web import render

from ..access import READ, SUBSTITUTE
from ..services import feeds
from ..services.days import between
from ..services.substitutions import concerned
from .grids import week
from .lessons import offers


def _mine(ctx: Context) -> Markup | None:
    me, today = ctx.actor.person_id, local_date(ctx.now())
    if me is None:
        return None
    found = between(ctx, today, today)
    lessons = found.of_teacher(me)
    if not lessons:
        return None
    grid = week(found, lessons, "teacher", today, teacher=me, offers=offers(ctx, found))
    return Markup(render("timetable/cards/mine.html", grid=grid))  # noqa: S704  # a template


def _open(ctx: Context) -> Markup | None:
    today = local_date(ctx.now())
    count = len(concerned(ctx, today, today).open)
    return Markup(render("timetable/cards/open.html", count=count)) if count else None  # noqa: S704  # a template


def _family(ctx: Context) -> Markup | None:
    children = feeds.children_classes(ctx)
    if not children:
        return None
    today = local_date(ctx.now())
    found = between(ctx, today, today)
    grids = [(id, name, week(found, found.of_class(class_id), "class", today)) for id, class_id, name in children]
    if not any(grid.rows and not grid.empty for _id, _name, grid in grids):
        return None
    return Markup(render("timetable/cards/family.html", children=grids))  # noqa: S704  # a template


CARDS = [
    Card("timetable.mine", "timetable.read.curriculum_taught", _mine, order=4),
    Card("timetable.family", f"{READ}.own", _family, order=20),
    Card("timetable.open", SUBSTITUTE, _open, order=12),
]
