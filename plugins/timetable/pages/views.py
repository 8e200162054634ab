"""The timetable in force by class, teacher or room, for a week or for a day, and on paper."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.errors import NotFound
from core.sdk.web import page, render
from plugins.curriculum import public as curriculum

from ..access import EDIT, READ
from ..services import rooms
from ..services.days import Days, between, monday
from ..services.feeds import may_see_class
from .blueprint import blueprint
from .grids import Side, week

SIDES = ("class", "teacher", "room")


def asked_day(ctx: Context) -> date:
    """The day in the address, else today."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return local_date(ctx.now())


def steps(endpoint: str, day: date, **values: object) -> dict[str, str]:
    """Addresses of the week before and after."""
    return {
        name: url_for(endpoint, day=(day + timedelta(days=days)).isoformat(), **values)  # type: ignore[arg-type]
        for name, days in (("before", -7), ("after", 7))
    }


def _week(ctx: Context, day: date) -> Days:
    first = monday(day)
    return between(ctx, first, first + timedelta(days=6))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@blueprint.get("/")
@page("timetable.read")
def index(ctx: Context) -> ResponseReturnValue:
    """The week of a class, a teacher or a room; those who do not see all see the classes that they teach."""
    day = asked_day(ctx)
    all_of_it = ctx.actor.has(READ)
    side = cast(Side, request.args.get("by", "class") if all_of_it and request.args.get("by") in SIDES else "class")
    found = _week(ctx, day)
    choices = _choices(ctx, found, side)
    wanted = request.args.get("of", "") or (choices[0][0] if choices else "")
    if wanted and wanted not in dict(choices):
        raise NotFound
    lessons = []
    if wanted:
        match side:
            case "class":
                lessons = found.of_class(UUID(wanted))
            case "teacher":
                lessons = found.of_teacher(UUID(wanted))
            case _:
                lessons = found.of_room(dict(choices)[wanted])
    teacher = _id(wanted) if side == "teacher" else None
    paper = request.args.get("paper") == "1"
    return render(
        "timetable/paper.html" if paper else "timetable/index.html",
        grid=week(found, lessons, side, day, teacher=teacher),
        version=found.version,
        side=side,
        sides=SIDES if all_of_it else ("class",),
        choices=choices,
        wanted=wanted,
        name=dict(choices).get(wanted, ""),
        day=day,
        first=monday(day),
        steps=steps("timetable.index", day, by=side, of=wanted),
        may_edit=ctx.actor.has(EDIT),
    )


def _choices(ctx: Context, found: Days, side: Side) -> list[tuple[str, str]]:
    if side == "teacher":
        mine = {lesson.teacher for lesson in found.lessons} | {lesson.planned for lesson in found.lessons}
        return [(str(id), name) for id, name in found.frame.teachers.items() if id in mine]
    if side == "room":
        used = {lesson.room for lesson in found.lessons}
        return [(str(room.id), room.name) for room in rooms.rooms(ctx) if not room.closed or room.name in used]
    seen = None if ctx.actor.has(READ) else curriculum.my_classes(ctx)
    return [(str(id), name) for id, name in found.frame.classes.items() if seen is None or id in seen]


@blueprint.get("/classes/<uuid:class_id>")
@page("timetable.read")
def of_class(ctx: Context, class_id: UUID) -> str:
    """The week of one class, for everybody who may see it: its teachers and the families of its pupils."""
    if not may_see_class(ctx, class_id):
        raise NotFound
    day = asked_day(ctx)
    found = _week(ctx, day)
    return render(
        "timetable/class.html",
        grid=week(found, found.of_class(class_id), "class", day),
        name=found.frame.classes.get(class_id, ""),
        class_id=class_id,
        version=found.version,
        day=day,
        first=monday(day),
        steps=steps("timetable.of_class", day, class_id=class_id),
    )
