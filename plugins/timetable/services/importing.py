"""Timetables from files: a plan with every cell that was not understood, confirmed into a draft, undone again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.files import open as open_file
from core.sdk.files import store
from core.sdk.imports import Limits, read_tables
from core.sdk.school import current_year
from plugins.curriculum import public as curriculum

from ..access import EDIT
from ..models import Import
from ..rules.board import Placed, Slot
from ..rules.matching import Known, KnownCourse, Matcher, Meaning, SubjectName, TeacherName
from ..rules.reading import class_text, read_sheet
from ..rules.rooms import room_key
from . import rooms, versions
from .frame import Frame, frame

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = 300
"""Cells that a plan names; more are counted."""
NONE = UUID(int=0)
_ACTIVITIES = ("hdtn", "trainghiem")


def known_of(ctx: Context, found: Frame) -> Known:
    """What the school has, for understanding cells."""
    subjects = {
        line.subject_id: SubjectName(line.subject_id, line.code, (line.name_vi, line.name_en, line.short))
        for line in found.courses.values()
    }
    courses = {
        (line.class_id, line.subject_id): KnownCourse(line.id, line.class_id, line.subject_id, tuple(line.teachers))
        for line in found.courses.values()
    }
    staff = [TeacherName(line.id, line.full_name, line.code) for line in curriculum.teachers(ctx)]
    classes = {class_text(name).replace(" ", "").replace(".", ""): id for id, name in found.classes.items()}
    activities = [subject.id for subject in subjects.values() if subject.code.startswith(_ACTIVITIES)]
    held = frozenset(room_key(room.name) for room in rooms.rooms(ctx))
    return Known(found.hours, classes, list(subjects.values()), staff, courses, activities, found.homerooms, held)


def plan_file(ctx: Context, file_name: str, content: bytes) -> UUID:
    """Read a file into a plan; nothing is changed.

    Raises:
        Invalid: a file that is no table, or without a timetable in it.
    """
    ctx.require(EDIT)
    plan = _understood(ctx, content)
    media = _XLSX if content.startswith(b"PK") else "text/csv"
    kept = store(ctx, content, name=file_name, media_type=media, purpose="timetable.import", limit=Limits().file)
    import_id = new_id()
    ctx.session.add(
        Import(
            id=import_id, school_id=ctx.school_id, year_id=current_year(ctx).id, file_name=file_name[:200],
            file_id=kept.id, plan=plan, author=ctx.actor.name, version_id=None, revision=None,
        )
    )  # fmt: skip
    ctx.session.flush()
    return import_id


def _understood(ctx: Context, content: bytes) -> dict[str, Any]:
    found = frame(ctx)
    matcher = Matcher(known_of(ctx, found))
    classes = matcher.known.classes

    def is_class(text: str) -> bool:
        return text.replace(" ", "").replace(".", "") in classes

    cells = [cell for sheet in read_tables(content).sheets if sheet.visible for cell in read_sheet(sheet, is_class)]
    if not cells:
        raise Invalid(
            _("No timetable was found: neither classes as columns nor days as columns."), code="unreadable_file"
        )  # fmt: skip
    lessons: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    counts: Counter[str] = Counter()
    taken: dict[tuple[UUID, Slot], str] = {}
    for cell in cells:
        slot = matcher.slot(cell.weekday, cell.session, cell.number)
        meaning = matcher.read(class_text(cell.class_text), slot, cell.text)
        if meaning is None:
            continue
        where = f"{cell.sheet}!{cell.cell}" if cell.sheet else cell.cell
        code = meaning.problem
        if not code and meaning.class_id and meaning.slot:
            if (meaning.class_id, meaning.slot) in taken:
                code = "twice"
            else:
                taken[meaning.class_id, meaning.slot] = where
                lessons.append(_json(meaning))
        if code or meaning.remark:
            counts[code or meaning.remark] += 1
            if len(problems) < _SHOWN:
                problems.append(
                    {"cell": where, "text": cell.text[:80], "code": code or meaning.remark, "hint": meaning.hint[:120]}
                )
    unknown: dict[str, str] = {}
    for room, id in rooms.matched(ctx, dict.fromkeys(lesson["room"] for lesson in lessons)).items():
        if id is None:
            unknown.setdefault(room_key(room), room)
    return {
        "lessons": lessons, "problems": problems, "counts": dict(counts), "cells": len(cells),
        "rooms": list(unknown.values()),
    }  # fmt: skip


def _json(meaning: Meaning) -> dict[str, Any]:
    kept = asdict(meaning)
    return {
        "course": str(kept["course"]), "class": str(kept["class_id"]), "slot": list(meaning.slot or ()),
        "kind": meaning.kind, "teacher": str(meaning.teacher) if meaning.teacher else None, "room": meaning.room,
    }  # fmt: skip


def get_import(ctx: Context, import_id: UUID) -> Import:
    """An import with its plan. Raises `NotFound`."""
    ctx.require(EDIT)
    query = select(Import).where(Import.school_id == ctx.school_id, Import.id == import_id)
    found = ctx.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def imports(ctx: Context, limit: int = 20) -> list[Import]:
    """The latest imports, newest first."""
    ctx.require(EDIT)
    query = select(Import).where(Import.school_id == ctx.school_id).order_by(Import.id.desc()).limit(limit)
    return list(ctx.session.scalars(query))


def read_again(ctx: Context, import_id: UUID) -> None:
    """Read the file of a plan again, after subjects or teachers were mended. Raises `NotFound` or `Conflict`."""
    found = get_import(ctx, import_id)
    if found.state != "planned":
        raise Conflict(_("This import is not waiting for confirmation any more."))
    with open_file(ctx, found.file_id) as stream:
        plan = _understood(ctx, stream.read())
    ctx.session.execute(
        update(Import)
        .where(Import.school_id == ctx.school_id, Import.id == import_id)
        .values(plan=plan, updated_at=ctx.now())
    )


def confirm(ctx: Context, import_id: UUID, name: str, same: Mapping[str, UUID] | None = None) -> UUID:
    """Make a draft of what was understood; returns the version.

    Args:
        same: rooms that the file writes differently: its name for it, and the room. Other unknown ones are added.

    Raises:
        NotFound: no such import. Conflict: confirmed already, or a course has gone since. Invalid: without a name, or
        nothing was understood.
    """
    ctx.require(EDIT)
    ctx.session.execute(
        select(Import.id).where(Import.school_id == ctx.school_id, Import.id == import_id).with_for_update()
    )
    found = get_import(ctx, import_id)
    if found.state != "planned":
        raise Conflict(_("This import is not waiting for confirmation any more."))
    courses = frame(ctx).courses
    written = {room_key(text): id for text, id in (same or {}).items()}
    school = {room.id: room.name for room in rooms.rooms(ctx)}
    lessons = [
        _placed({**item, "room": school.get(written.get(room_key(item["room"]), NONE), item["room"])})
        for item in found.plan["lessons"]
    ]
    if not lessons:
        raise Invalid(_("Nothing of this file was understood."))
    if any(lesson.course not in courses for lesson in lessons):
        raise Conflict(_("Courses have changed since. Read the file again."))
    version_id = versions.create(ctx, name, lessons)
    ctx.session.execute(
        update(Import)
        .where(Import.school_id == ctx.school_id, Import.id == import_id)
        .values(state="confirmed", version_id=version_id, revision=1, updated_at=ctx.now())
    )
    return version_id


def _placed(item: dict[str, Any]) -> Placed:
    teacher = UUID(item["teacher"]) if item["teacher"] else None
    course, class_id = UUID(item["course"]), UUID(item["class"])
    fixed = item["kind"] != "lesson"
    return Placed(
        course, course, class_id, course, Slot(*item["slot"]), teacher, item["kind"], item["room"], fixed,
        teacher is not None,
    )  # fmt: skip


def undo(ctx: Context, import_id: UUID) -> None:
    """Take the draft of an import back.

    Raises:
        NotFound: no such import. Conflict: it was not confirmed, or its draft has been worked on or is in force.
    """
    ctx.require(EDIT)
    found = get_import(ctx, import_id)
    if found.state != "confirmed" or found.version_id is None:
        raise Conflict(_("There is nothing to undo."))
    version_id, revision = found.version_id, found.revision
    versions.draft(ctx, version_id, revision=revision)
    versions.delete_draft(ctx, version_id)
    ctx.session.execute(
        update(Import)
        .where(Import.school_id == ctx.school_id, Import.id == import_id)
        .values(state="undone", updated_at=ctx.now())
    )
    record(ctx, "timetable.import.undone", target=("timetable_version", version_id), detail={"file": found.file_name})
