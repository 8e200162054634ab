"""Changing a draft: moving a lesson to a free slot, swapping two, with a preview of what it does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import delete, update

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Invalid, NotFound

from ..access import EDIT
from ..models import Lesson
from ..rules.board import Board, Placed, Slot
from ..rules.checks import Finding, check, free_slots
from . import rooms
from .frame import Frame, board_of, frame
from .versions import add_lessons, draft, touch, version


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: findings that it brings and those that it solves."""

    brings: list[Finding]
    solves: list[Finding]

    @property
    def blocks(self) -> bool:
        return any(finding.blocks for finding in self.brings)


@dataclass(frozen=True, slots=True)
class Choices:
    """Where a lesson can go: free slots without an error, and lessons of its class that it can change places with."""

    lesson: Placed
    free: list[tuple[Slot, Preview]]
    swaps: list[tuple[Placed, Preview]]


def opened(ctx: Context, version_id: UUID) -> tuple[Frame, Board]:
    """A version as a board with names."""
    ctx.require(EDIT)
    found = frame(ctx, year_id=version(ctx, version_id).year_id)
    return found, board_of(ctx, version_id, found)


def lesson_of(board: Board, lesson_id: UUID) -> Placed:
    """A lesson of a board. Raises `NotFound`."""
    for lesson in board.lessons:
        if lesson.id == lesson_id:
            return lesson
    raise NotFound


def choices(board: Board, lesson_id: UUID) -> Choices:
    """What is offered for a lesson. Pure."""
    lesson = lesson_of(board, lesson_id)
    free = [(slot, preview(board, _move(board, lesson, slot))) for slot in free_slots(board, lesson)]
    swaps: list[tuple[Placed, Preview]] = []
    for other in board.lessons:
        if other.class_id == lesson.class_id and other.slot != lesson.slot and not other.fixed:
            seen = preview(board, _swap(board, lesson, other))
            if not seen.blocks:
                swaps.append((other, seen))
    return Choices(lesson, free, swaps)


def preview(before: Board, after: Board) -> Preview:
    """How the findings of two boards differ. Pure."""
    old, new = check(before), check(after)
    return Preview([f for f in new if f not in old], [f for f in old if f not in new])


def move(ctx: Context, version_id: UUID, lesson_id: UUID, slot: Slot, *, revision: int) -> Preview:
    """Move a lesson of a draft.

    Raises:
        NotFound: no such version or lesson. Invalid: a slot outside the hours. Conflict: it would bring an error, the
        version is in force, or somebody has changed it since.
    """
    ctx.require(EDIT)
    draft(ctx, version_id, revision=revision)
    _found, board = opened(ctx, version_id)
    lesson = lesson_of(board, lesson_id)
    if not board.hours.has(slot):
        raise Invalid(_("The school has no lessons at this time."))
    seen = preview(board, _move(board, lesson, slot))
    _write(ctx, version_id, seen, {lesson.id: slot})
    return seen


def swap(ctx: Context, version_id: UUID, first: UUID, second: UUID, *, revision: int) -> Preview:
    """Let two lessons of a draft change places. Raises as `move` does."""
    ctx.require(EDIT)
    draft(ctx, version_id, revision=revision)
    _found, board = opened(ctx, version_id)
    one, other = lesson_of(board, first), lesson_of(board, second)
    seen = preview(board, _swap(board, one, other))
    _write(ctx, version_id, seen, {one.id: other.slot, other.id: one.slot})
    return seen


def _write(ctx: Context, version_id: UUID, seen: Preview, slots: dict[UUID, Slot]) -> None:
    if seen.blocks:
        raise Conflict(_("This would put somebody in two places at once. Nothing was changed."))
    for lesson_id, slot in slots.items():
        ctx.session.execute(
            update(Lesson)
            .where(Lesson.school_id == ctx.school_id, Lesson.version_id == version_id, Lesson.id == lesson_id)
            .values(weekday=slot.weekday, period=slot.period, updated_at=ctx.now())
        )
    _changed(ctx, version_id, {"lessons": sorted(map(str, slots))})


def place(ctx: Context, version_id: UUID, course_id: UUID, slot: Slot, *, revision: int, room: str = "") -> UUID:
    """Add a lesson of a course to a draft. Raises as `move` does."""
    ctx.require(EDIT)
    draft(ctx, version_id, revision=revision)
    found, board = opened(ctx, version_id)
    course = board.courses.get(course_id)
    if course is None:
        raise NotFound
    if not board.hours.has(slot):
        raise Invalid(_("The school has no lessons at this time."))
    named = rooms.name_of(ctx, room)
    lesson = Placed(new_id(), course_id, course.class_id, course.subject_id, slot, course.teacher, room=named)
    if preview(board, board.with_lessons([*board.lessons, lesson])).blocks:
        raise Conflict(_("This would put somebody in two places at once. Nothing was changed."))
    add_lessons(ctx, version_id, [lesson])
    _changed(ctx, version_id, {"added": str(course_id), "class": found.classes.get(course.class_id, "")})
    return lesson.id


def remove(ctx: Context, version_id: UUID, lesson_id: UUID, *, revision: int) -> None:
    """Take a lesson out of a draft. Raises `NotFound` or `Conflict`."""
    ctx.require(EDIT)
    draft(ctx, version_id, revision=revision)
    gone = delete(Lesson).where(
        Lesson.school_id == ctx.school_id, Lesson.version_id == version_id, Lesson.id == lesson_id
    )
    if not ctx.session.execute(gone.returning(Lesson.id)).all():
        raise NotFound
    _changed(ctx, version_id, {"removed": str(lesson_id)})


def describe(
    ctx: Context, version_id: UUID, lesson_id: UUID, *, revision: int, room: str, teacher_id: UUID | None, fixed: bool
) -> None:
    """Set room, teacher (None: the teacher of the course) and whether a lesson stays where it is.

    Raises:
        NotFound: no such lesson. Conflict: it would bring an error, or as `move` does.
    """
    ctx.require(EDIT)
    draft(ctx, version_id, revision=revision)
    found, board = opened(ctx, version_id)
    lesson = lesson_of(board, lesson_id)
    who = found.teacher_of(lesson.course, lesson.class_id, lesson.kind, teacher_id)
    changed = replace(lesson, room=rooms.name_of(ctx, room), teacher=who, fixed=fixed, own=teacher_id is not None)
    if preview(board, board.with_lessons(changed if o.id == lesson.id else o for o in board.lessons)).blocks:
        raise Conflict(_("This would put somebody in two places at once. Nothing was changed."))
    ctx.session.execute(
        update(Lesson)
        .where(Lesson.school_id == ctx.school_id, Lesson.version_id == version_id, Lesson.id == lesson_id)
        .values(
            room_id=rooms.matched(ctx, [changed.room]).get(changed.room),
            teacher_id=teacher_id,
            fixed=fixed,
            updated_at=ctx.now(),
        )
    )
    _changed(ctx, version_id, {"lessons": [str(lesson_id)]})


def _changed(ctx: Context, version_id: UUID, detail: dict[str, object]) -> None:
    touch(ctx, version_id)
    record(ctx, "timetable.version.changed", target=("timetable_version", version_id), detail=detail)


def _move(board: Board, lesson: Placed, slot: Slot) -> Board:
    return board.with_lessons(replace(o, slot=slot) if o.id == lesson.id else o for o in board.lessons)


def _swap(board: Board, one: Placed, other: Placed) -> Board:
    slots = {one.id: other.slot, other.id: one.slot}
    return board.with_lessons(replace(o, slot=slots.get(o.id, o.slot)) for o in board.lessons)
