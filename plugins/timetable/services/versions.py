"""Versions of the timetable: made as drafts, checked, put into force from a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select, update

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.data import local_date, new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.events import emit
from core.sdk.school import current_year, years

from ..access import EDIT
from ..events import VERSION_IN_FORCE
from ..models import Change, Import, Lesson, Version
from ..rules.board import Placed
from ..rules.checks import Finding, check
from .frame import Frame, board_of, frame
from .rooms import ensure


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in a list. Times are half open: `ends_on` is the first day of the next one."""

    id: UUID
    year_id: UUID
    name: str
    state: str
    starts_on: date | None
    ends_on: date | None
    revision: int
    author: str
    lessons: int = 0


_COLUMNS = (
    Version.id, Version.year_id, Version.name, Version.state, Version.starts_on, Version.ends_on, Version.revision,
    Version.author,
)  # fmt: skip


def versions(ctx: Context) -> list[VersionLine]:
    """All versions of the current year, the newest first, with how many lessons they have."""
    ctx.require(EDIT)
    count = select(func.count(Lesson.id)).where(Lesson.version_id == Version.id).scalar_subquery()
    query = (
        select(*_COLUMNS, count)
        .where(Version.school_id == ctx.school_id, Version.year_id == current_year(ctx).id)
        .order_by(Version.starts_on.desc().nulls_first(), Version.id.desc())
    )
    return [VersionLine(*row) for row in ctx.session.execute(query)]


def version(ctx: Context, version_id: UUID) -> VersionLine:
    """A version. The caller has checked who asks.

    Raises:
        NotFound: no such version.
    """
    query = select(*_COLUMNS).where(Version.school_id == ctx.school_id, Version.id == version_id)
    row = ctx.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return VersionLine(*row)


def version_at(ctx: Context, day: date) -> VersionLine | None:
    """The version in force on a day. The caller has checked who asks."""
    query = select(*_COLUMNS).where(
        Version.school_id == ctx.school_id,
        Version.state == "in_force",
        Version.starts_on <= day,
        Version.ends_on.is_(None) | (Version.ends_on > day),
    )
    row = ctx.session.execute(query.order_by(Version.starts_on.desc()).limit(1)).one_or_none()
    if row is None or not _within(ctx, row.year_id, day):
        return None
    return VersionLine(*row)


def _within(ctx: Context, year_id: UUID, day: date) -> bool:
    return any(year.id == year_id and year.starts_on <= day <= year.ends_on for year in years(ctx))


def create(ctx: Context, name: str, lessons: Iterable[Placed] = ()) -> UUID:
    """Make a draft in the current year.

    Raises:
        Invalid: without a name.
    """
    ctx.require(EDIT)
    if not name.strip():
        raise Invalid(_("Please correct the marked fields."), fields={"name": _("Please fill in this field.")})
    version_id = new_id()
    ctx.session.add(
        Version(
            id=version_id, school_id=ctx.school_id, year_id=current_year(ctx).id, name=name.strip()[:120],
            starts_on=None, ends_on=None, author=ctx.actor.name,
        )
    )  # fmt: skip
    ctx.session.flush()
    count = add_lessons(ctx, version_id, lessons)
    record(ctx, "timetable.version.made", target=("timetable_version", version_id), detail={"lessons": count})
    return version_id


def add_lessons(ctx: Context, version_id: UUID, lessons: Iterable[Placed]) -> int:
    """Write lessons of a draft at once; returns how many."""
    now, lessons = ctx.now(), list(lessons)
    held = ensure(ctx, {lesson.room for lesson in lessons if lesson.room})
    rows = [
        {
            "id": new_id(), "school_id": ctx.school_id, "version_id": version_id, "course_id": lesson.course,
            "class_id": lesson.class_id, "weekday": lesson.slot.weekday, "period": lesson.slot.period,
            "kind": lesson.kind, "teacher_id": lesson.teacher if lesson.own else None, "room_id": held.get(lesson.room),
            "fixed": lesson.fixed, "created_at": now, "updated_at": now,
        }
        for lesson in lessons
    ]  # fmt: skip
    if rows:
        ctx.session.execute(Lesson.__table__.insert(), rows)  # type: ignore[attr-defined]  # Core rows, not entities
    return len(rows)


def copy(ctx: Context, version_id: UUID, name: str) -> UUID:
    """A draft with the lessons of another version: the way to change what is in force."""
    ctx.require(EDIT)
    found = version(ctx, version_id)
    board = board_of(ctx, version_id, frame(ctx, year_id=found.year_id))
    return create(ctx, name, board.lessons)


def delete_draft(ctx: Context, version_id: UUID) -> None:
    """Delete a draft.

    Raises:
        NotFound: no such version. Conflict: it is or was in force.
    """
    ctx.require(EDIT)
    found = draft(ctx, version_id)
    ctx.session.execute(
        update(Import).where(Import.school_id == ctx.school_id, Import.version_id == version_id).values(version_id=None)
    )
    ctx.session.execute(delete(Version).where(Version.school_id == ctx.school_id, Version.id == version_id))
    record(ctx, "timetable.version.deleted", target=("timetable_version", version_id), detail={"name": found.name})


def draft(ctx: Context, version_id: UUID, *, revision: int | None = None) -> VersionLine:
    """A draft, locked for a change.

    Raises:
        NotFound: no such version. Conflict: it is in force, or somebody has changed it since.
    """
    query = select(*_COLUMNS).where(Version.school_id == ctx.school_id, Version.id == version_id).with_for_update()
    row = ctx.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    found = VersionLine(*row)
    if found.state != "draft":
        raise Conflict(_("This timetable is in force. Copy it to change it."))
    if revision is not None and revision != found.revision:
        raise Conflict(_("Somebody has changed this timetable meanwhile. Look at it again; nothing was changed."))
    return found


def touch(ctx: Context, version_id: UUID) -> None:
    """Count a change of a draft."""
    ctx.session.execute(
        update(Version)
        .where(Version.school_id == ctx.school_id, Version.id == version_id)
        .values(revision=Version.revision + 1, updated_at=ctx.now())
    )


def findings(ctx: Context, version_id: UUID) -> tuple[Frame, list[Finding]]:
    """What is wrong with a version, with the names to say it."""
    ctx.require(EDIT)
    found = frame(ctx, year_id=version(ctx, version_id).year_id)
    return found, check(board_of(ctx, version_id, found))


def put_in_force(ctx: Context, version_id: UUID, starts_on: date) -> None:
    """Let a draft hold from a day on; the one before holds up to that day.

    Raises:
        NotFound: no such version. Conflict: it is in force already, has errors or no lessons, or a later one is there.
        Invalid: a day outside the year, or in the past.
    """
    ctx.require(EDIT)
    found = draft(ctx, version_id)
    year = current_year(ctx)
    today = local_date(ctx.now())
    if not max(year.starts_on, min(today, year.ends_on)) <= starts_on <= year.ends_on and ctx.actor.kind != "system":
        problem = _("Choose a day of the school year, from today on.")
        raise Invalid(problem, fields={"starts_on": problem})
    _faces, wrong = findings(ctx, version_id)
    errors = sum(finding.blocks for finding in wrong)
    if errors:
        raise Conflict(_("%(count)s errors have to be solved before this timetable can come into force.", count=errors))
    if not ctx.session.scalar(select(func.count(Lesson.id)).where(Lesson.version_id == version_id)):
        raise Conflict(_("This timetable has no lessons."))
    mine = Version.school_id == ctx.school_id, Version.year_id == found.year_id, Version.state == "in_force"
    if ctx.session.scalar(select(Version.id).where(*mine, Version.starts_on > starts_on).limit(1)):
        raise Conflict(_("Another timetable begins after this day. Choose a later day."))
    still = Version.ends_on.is_(None) | (Version.ends_on > starts_on)
    ctx.session.execute(update(Version).where(*mine, still).values(ends_on=starts_on, updated_at=ctx.now()))
    ctx.session.execute(
        update(Version)
        .where(Version.school_id == ctx.school_id, Version.id == version_id)
        .values(state="in_force", starts_on=starts_on, updated_at=ctx.now())
    )
    detail = {"from": starts_on.isoformat()}
    record(ctx, "timetable.version.in_force", target=("timetable_version", version_id), detail=detail)
    emit(ctx, VERSION_IN_FORCE, {"version_id": str(version_id), "starts_on": starts_on.isoformat()})


def orphaned(ctx: Context, found: VersionLine) -> list[date]:
    """Days of what was arranged for lessons of another timetable, on which now this one holds: it came later."""
    if found.starts_on is None:
        return []
    query = (
        select(Change.day)
        .join(Lesson, Lesson.id == Change.lesson_id)
        .where(Change.school_id == ctx.school_id, Change.withdrawn_at.is_(None), Lesson.version_id != found.id)
        .where(Change.day >= max(found.starts_on, local_date(ctx.now())))
        .order_by(Change.day)
    )
    if found.ends_on is not None:
        query = query.where(Change.day < found.ends_on)
    return list(ctx.session.scalars(query))
