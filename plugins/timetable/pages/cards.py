"""What the start page says: today's lessons, lessons without a teacher."""

from __future__ import annotations

from markupsafe import Markup

from core.sdk import Card, Context
from core.sdk.data import local_date
from core.sdk.web import render

from ..access import SUBSTITUTE
from ..services.days import between
from ..services.substitutions import concerned
from .grids import week


def _mine(ctx: Context) -> Markup | None:
    me, today = ctx.actor.person_id, local_date(ctx.now())
    if me is None:
        return None
    found = between(ctx, today, today)
    lessons = found.of_teacher(me)
    if not lessons:
        return None
    grid = week(found, lessons, "teacher", today, teacher=me)
    return Markup(render("timetable/cards/mine.html", grid=grid))  # noqa: S704  # a template


def _open(ctx: Context) -> Markup | None:
    today = local_date(ctx.now())
    count = len(concerned(ctx, today, today).open)
    return Markup(render("timetable/cards/open.html", count=count)) if count else None  # noqa: S704  # a template


CARDS = [
    Card("timetable.mine", "timetable.read.curriculum_taught", _mine, order=4),
    Card("timetable.open", SUBSTITUTE, _open, order=12),
]
