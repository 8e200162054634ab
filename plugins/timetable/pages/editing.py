"""Changing a draft: the table of a class, and for one lesson the places that are offered, with what each would do."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.text import _
from core.sdk.web import flash, page, render, see_other
from plugins.curriculum import public as curriculum

from ..rules.board import Board
from ..rules.checks import check
from ..services import editing, rooms, versions
from ..services.frame import Frame
from ..words import DAYS, finding_words, slot_word, subject_word
from .blueprint import blueprint
from .grids import plan, slot_of

_TEXTS = 3
"""Findings that are said for one choice."""


@blueprint.get("/versions/<uuid:version_id>/classes/<uuid:class_id>")
@page("timetable.edit")
def edit_class(ctx: Context, version_id: UUID, class_id: UUID) -> str:
    """The table of a class in a version, and what of its plan has no place yet."""
    line = versions.version(ctx, version_id)
    found, board = editing.opened(ctx, version_id)
    if class_id not in found.classes:
        raise NotFound
    mine = [lesson for lesson in board.lessons if lesson.class_id == class_id]
    ids = {lesson.id for lesson in mine}
    wrong = [f for f in check(board) if f.class_id == class_id or ids & set(f.lessons)]
    weekday = request.args.get("weekday", 0, type=int)
    weekday = weekday if weekday in found.hours.days else found.hours.days[0]
    return render(
        "timetable/edit_class.html",
        version=line,
        grid=plan(found, mine, "class", weekday),
        days=_day_chips(version_id, class_id, found.hours.days, weekday),
        classes=found.classes,
        class_id=class_id,
        missing=_missing(found, board, class_id),
        rooms=_rooms(ctx),
        slots=[
            (f"{s.weekday}-{s.period}", slot_word(found, s)) for s in board.hours.slots() if _free(board, class_id, s)
        ],
        said=[(finding, finding_words(found, finding)) for finding in wrong],
    )


def _day_chips(version_id: UUID, class_id: UUID, days: Sequence[int], on: int) -> list[dict[str, object]]:
    """On a phone one day is shown at a time."""
    address = partial(url_for, "timetable.edit_class", version_id=version_id, class_id=class_id)
    return [{"label": DAYS[day], "url": address(weekday=day), "on": day == on} for day in days]


def _rooms(ctx: Context, now: str = "") -> list[tuple[str, str]]:
    return [(room.name, room.name) for room in rooms.rooms(ctx) if not room.closed or room.name == now]


def _free(board: Board, class_id: UUID, slot: object) -> bool:
    return not any(lesson.class_id == class_id and lesson.slot == slot for lesson in board.lessons)


def _missing(found: Frame, board: Board, class_id: UUID) -> list[tuple[str, str, int]]:
    """Courses of which lessons have no place: id, name, how many."""
    placed = board.placed()
    return [
        (str(course.id), subject_word(found, course.subject_id), course.weekly - placed[course.id])
        for course in board.courses.values()
        if course.class_id == class_id and placed[course.id] < course.weekly
    ]


@blueprint.get("/versions/<uuid:version_id>/lessons/<uuid:lesson_id>")
@page("timetable.edit")
def edit_lesson(ctx: Context, version_id: UUID, lesson_id: UUID) -> str:
    """Where a lesson can go, with whom it can change places, and what each of these would bring and solve."""
    line = versions.version(ctx, version_id)
    found, board = editing.opened(ctx, version_id)
    offered = editing.choices(board, lesson_id)
    lesson = offered.lesson
    mine = [other for other in board.lessons if other.class_id == lesson.class_id]
    staff = [(str(t.id), t.full_name) for t in curriculum.teachers(ctx)]
    return render(
        "timetable/edit_lesson.html",
        version=line,
        lesson=lesson,
        subject=subject_word(found, lesson.subject_id),
        of_class=found.classes.get(lesson.class_id, ""),
        teacher=found.teacher_name(lesson.teacher),
        where=slot_word(found, lesson.slot),
        grid=plan(found, mine, "class", lesson.slot.weekday),
        free=[(f"{s.weekday}-{s.period}", slot_word(found, s), _effect(found, seen)) for s, seen in offered.free],
        swaps=[
            (o.id, subject_word(found, o.subject_id), found.teacher_name(o.teacher), slot_word(found, o.slot),
             _effect(found, seen))
            for o, seen in offered.swaps
        ],
        staff=staff,
        rooms=_rooms(ctx, lesson.room),
    )  # fmt: skip


def _effect(found: Frame, seen: editing.Preview) -> dict[str, list[object]]:
    return {
        "brings": [finding_words(found, finding) for finding in seen.brings[:_TEXTS]],
        "solves": [finding_words(found, finding) for finding in seen.solves[:_TEXTS]],
    }


@blueprint.post("/versions/<uuid:version_id>/lessons/<uuid:lesson_id>")
@page("timetable.edit")
def change_lesson(ctx: Context, version_id: UUID, lesson_id: UUID) -> ResponseReturnValue:
    """Move, swap, remove or describe a lesson."""
    form, revision = request.form, request.form.get("revision", 0, type=int)
    back = url_for("timetable.edit_lesson", version_id=version_id, lesson_id=lesson_id)
    class_id = _class_of(ctx, version_id, lesson_id)
    try:
        match form.get("do"):
            case "move":
                slot = slot_of(form.get("slot", ""))
                if slot is None:
                    flash("stop", _("Choose a time."))
                    return see_other(back)
                editing.move(ctx, version_id, lesson_id, slot, revision=revision)
            case "swap":
                editing.swap(ctx, version_id, lesson_id, UUID(form.get("with", "")), revision=revision)
            case "remove":
                editing.remove(ctx, version_id, lesson_id, revision=revision)
            case _:
                teacher = form.get("teacher_id", "")
                editing.describe(
                    ctx, version_id, lesson_id, revision=revision, room=form.get("room", ""),
                    teacher_id=UUID(teacher) if teacher else None, fixed=form.get("fixed") == "1",
                )  # fmt: skip
    except ValueError:
        raise NotFound from None
    except (Conflict, Invalid) as error:
        flash("stop", error.message)
        return see_other(back)
    flash("ok", _("The timetable was changed."))
    return see_other(url_for("timetable.edit_class", version_id=version_id, class_id=class_id))


def _class_of(ctx: Context, version_id: UUID, lesson_id: UUID) -> UUID:
    return editing.lesson_of(editing.opened(ctx, version_id)[1], lesson_id).class_id


@blueprint.post("/versions/<uuid:version_id>/classes/<uuid:class_id>")
@page("timetable.edit")
def add_lesson(ctx: Context, version_id: UUID, class_id: UUID) -> ResponseReturnValue:
    """Give a lesson of the plan a place."""
    versions.version(ctx, version_id)
    slot = slot_of(request.form.get("slot", ""))
    try:
        if slot is None:
            flash("stop", _("Choose a time."))
        else:
            course = UUID(request.form.get("course_id", ""))
            editing.place(
                ctx, version_id, course, slot, revision=request.form.get("revision", 0, type=int),
                room=request.form.get("room", ""),
            )  # fmt: skip
            flash("ok", _("The timetable was changed."))
    except ValueError:
        raise NotFound from None
    except (Conflict, Invalid) as error:
        flash("stop", error.message)
    return see_other(url_for("timetable.edit_class", version_id=version_id, class_id=class_id))
