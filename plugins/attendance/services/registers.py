"""Taking a register: what is shown before, what is written, and what happens when two people do it at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, _, audit, events, work
from core.sdk.data import new_id
from core.sdk.errors import Invalid, PreconditionFailed
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import EDIT, READ
from ..events import RECORDED
from ..models import KINDS, Change, Mark, Register
from ..rules.merge import PRESENT, Clash, Value, merge
from ..settings import Rules
from ..settings import rules as rules_of
from . import days
from .reported import Report, reported

TELL = "attendance.tell"


@dataclass(frozen=True, slots=True)
class Key:
    """Which register: a class on a day in a session, for all of it (period 0) or for one period."""

    class_id: UUID
    day: date
    session: int
    period: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A pupil in a register. `suggested`: not saved yet, taken from accepted leave."""

    id: UUID
    full_name: str
    suffix: str | None
    kind: str
    minutes: int
    suggested: bool
    report: Report | None


@dataclass(frozen=True, slots=True)
class RegisterView:
    """A register as it is shown; version 0 is one that nobody has taken."""

    key: Key
    class_name: str
    version: int
    author: str
    taken_at: datetime | None
    open: bool
    """Whether the actor may write it now."""
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Saved:
    """What writing a register did."""

    version: int
    changed: int
    clashes: list[Clash] = field(default_factory=list)
    left_out: list[UUID] = field(default_factory=list)
    """Pupils who were sent and are not in the class on that day."""


def register(ctx: Context, key: Key) -> RegisterView:
    """A register with all pupils of the class on that day; accepted leave is filled in where nobody has taken it.

    Raises:
        NotFound: no such class, or one that the actor does not reach. Forbidden: no right at all. Invalid: no such
            session or period.
    """
    curriculum.require_class(ctx, READ, key.class_id)
    _check(key)
    found = learners.class_of(ctx, key.class_id)
    row = ctx.session.execute(_row(ctx, key)).one_or_none()
    marks = _marks(ctx, row.id) if row else {}
    leave = reported(ctx, key.day, class_id=key.class_id)
    lines = [
        _line(member, marks, leave.get(member.id), key.session, fresh=row is None)
        for member in learners.class_list(ctx, key.class_id, key.day)
    ]
    return RegisterView(
        key,
        found.name,
        row.version if row else 0,
        row.author if row else "",
        row.taken_at if row else None,
        _may_write(ctx, key, found),
        lines,
    )


def _line(
    member: learners.ClassMember, marks: Mapping[UUID, Value], report: Report | None, session: int, *, fresh: bool
) -> Line:
    value, suggested = marks.get(member.id, PRESENT), False
    if report is not None and not report.covers(session):
        report = None
    if fresh and report is not None and report.accepted:
        value, suggested = Value("excused"), True
    return Line(member.id, member.full_name, member.suffix, value.kind, value.minutes, suggested, report)


def _may_write(ctx: Context, key: Key, found: learners.ClassInfo) -> bool:
    if not curriculum.may_class(ctx, EDIT, key.class_id):
        return False
    return days.closed(ctx, rules_of(ctx), key.day, found.starts_on, found.ends_on) is None


def save(
    ctx: Context,
    key: Key,
    marks: Mapping[UUID, Value],
    *,
    base: int,
    strict: bool = False,
    course_id: UUID | None = None,
) -> Saved:
    """Write a register: all pupils without a mark were present.

    Args:
        marks: those who were not simply there.
        base: the version that was shown; 0 where there was none. When somebody changed the register since, different
            pupils merge, and of the same pupil the later value holds; both are in the history and are answered.
        strict: refuse instead of merging.
        course_id: the course of a period's register.

    Raises:
        NotFound, Forbidden: as `register`. Invalid: an unknown kind, a day to come. Conflict: the time is over.
        PreconditionFailed: with `strict`, when the version is another one.
    """
    curriculum.require_class(ctx, EDIT, key.class_id)
    _check(key, marks)
    found = learners.class_of(ctx, key.class_id)
    rules = rules_of(ctx)
    days.require_open(ctx, rules, key.day, found.starts_on, found.ends_on)
    members = [member.id for member in learners.class_list(ctx, key.class_id, key.day)]
    known = set(members)
    mine = {learner: value for learner, value in marks.items() if learner in known and value != PRESENT}
    left_out = [learner for learner in marks if learner not in known]
    made = _open(ctx, key, found.year_id, len(members), course_id) if not (strict and base) else None
    if made is not None:
        _write(ctx, key, made, mine, 1)
        _follow(ctx, key, made, mine, rules)
        return Saved(1, len(mine), left_out=left_out)
    row = ctx.session.execute(_row(ctx, key).with_for_update()).one_or_none()
    if row is None or (strict and row.version != base):
        raise PreconditionFailed(_("Somebody changed this record since you read it. Load it again."))
    held = _marks(ctx, row.id)
    merged = merge(members, _base(ctx, row.id, held, base, row.version), mine, held)
    if not merged.changes and not merged.clashes:
        return Saved(row.version, 0, left_out=left_out)
    version = row.version + 1
    _remember(ctx, row.id, version, held, merged.changes, merged.clashes)
    gone = [learner for learner, value in merged.changes.items() if learner in held or value == PRESENT]
    ctx.session.execute(
        delete(Mark).where(Mark.school_id == ctx.school_id, Mark.register_id == row.id, Mark.learner_id.in_(gone))
    )
    put = {learner: value for learner, value in merged.changes.items() if value != PRESENT}
    _write(ctx, key, row.id, put, version)
    ctx.session.execute(
        update(Register)
        .where(Register.school_id == ctx.school_id, Register.id == row.id)
        .values(version=version, updated_at=ctx.now())
    )
    detail = {"day": key.day, "session": key.session, "period": key.period, "pupils": len(merged.changes)}
    audit.record(ctx, "attendance.register.changed", target=("learners_class", key.class_id), detail=detail)
    _follow(ctx, key, row.id, put, rules)
    return Saved(version, len(merged.changes), merged.clashes, left_out)


def _check(key: Key, marks: Mapping[UUID, Value] | None = None) -> None:
    if key.session not in (1, 2) or not 0 <= key.period <= 10:
        problem = _("There is no such session.")
        raise Invalid(problem, fields={"session": problem})
    for value in (marks or {}).values():
        timed = value.kind in ("late", "left")
        if value.kind not in (*KINDS, "present") or not 0 <= value.minutes <= (300 if timed else 0):
            problem = _("This is no mark of a register.")
            raise Invalid(problem, fields={"marks": problem})


def _row(ctx: Context, key: Key) -> Select[UUID, int, str, datetime]:
    return select(Register.id, Register.version, Register.author, Register.taken_at).where(
        Register.school_id == ctx.school_id,
        Register.class_id == key.class_id,
        Register.day == key.day,
        Register.session == key.session,
        Register.period == key.period,
    )


def _marks(ctx: Context, register_id: UUID) -> dict[UUID, Value]:
    found = select(Mark.learner_id, Mark.kind, Mark.minutes).where(
        Mark.school_id == ctx.school_id, Mark.register_id == register_id
    )
    return {row.learner_id: Value(row.kind, row.minutes) for row in ctx.session.execute(found)}


def _open(ctx: Context, key: Key, year_id: UUID, size: int, course_id: UUID | None) -> UUID | None:
    """Make the register; None when there is one. Who comes second waits here for who came first."""
    now = ctx.now()
    row = {
        "id": new_id(), "school_id": ctx.school_id, "year_id": year_id, "class_id": key.class_id, "day": key.day,
        "session": key.session, "period": key.period, "course_id": course_id, "size": size, "version": 1,
        "account_id": ctx.actor.account_id, "author": ctx.actor.name, "taken_at": now, "created_at": now,
        "updated_at": now,
    }  # fmt: skip
    statement = insert(Register).values(row).on_conflict_do_nothing().returning(Register.id)
    made: UUID | None = ctx.session.scalar(statement)
    return made


def _write(ctx: Context, key: Key, register_id: UUID, marks: Mapping[UUID, Value], version: int) -> None:
    if not marks:
        return
    same = {
        "school_id": ctx.school_id, "register_id": register_id, "class_id": key.class_id, "day": key.day,
        "session": key.session, "period": key.period, "version": version, "marked_at": ctx.now(),
    }  # fmt: skip
    rows = [{**same, "learner_id": id, "kind": value.kind, "minutes": value.minutes} for id, value in marks.items()]
    ctx.session.execute(insert(Mark), rows)


def _base(
    ctx: Context, register_id: UUID, held: Mapping[UUID, Value], base: int, version: int
) -> Mapping[UUID, Value] | None:
    """The marks as they were at a version: those of now, with all later changes taken back, the latest first."""
    if base == 0:
        return None
    seen = dict(held)
    if base < version:
        later = (
            select(Change.learner_id, Change.old_kind, Change.old_minutes)
            .where(Change.school_id == ctx.school_id, Change.register_id == register_id)
            .where(Change.version > base, Change.applied)
            .order_by(Change.version.desc())
        )
        for row in ctx.session.execute(later):
            seen[row.learner_id] = Value(row.old_kind, row.old_minutes)
    return seen


def _remember(
    ctx: Context,
    register_id: UUID,
    version: int,
    held: Mapping[UUID, Value],
    changes: Mapping[UUID, Value],
    clashes: list[Clash],
) -> None:
    """The history: every change, and what was sent and not taken."""
    struck = {clash.learner_id for clash in clashes}
    said = [(learner, value, True) for learner, value in changes.items()]
    said += [(clash.learner_id, clash.mine, False) for clash in clashes if clash.learner_id not in changes]
    now = ctx.now()
    rows = [
        {
            "id": new_id(), "school_id": ctx.school_id, "register_id": register_id, "learner_id": learner,
            "version": version, "old_kind": held.get(learner, PRESENT).kind,
            "old_minutes": held.get(learner, PRESENT).minutes, "new_kind": value.kind, "new_minutes": value.minutes,
            "conflict": learner in struck, "applied": applied, "account_id": ctx.actor.account_id,
            "author": ctx.actor.name, "happened_at": now,
        }
        for learner, value, applied in said
    ]  # fmt: skip
    ctx.session.execute(insert(Change), rows)


def _follow(ctx: Context, key: Key, register_id: UUID, marks: Mapping[UUID, Value], rules: Rules) -> None:
    """Tell other modules of absences, and in a while the families of those without leave."""
    absent = {learner: value for learner, value in marks.items() if value.kind in ("excused", "unexcused")}
    if key.period:
        return  # a period is a matter of the class; the session is what meals and families go by
    for learner, value in absent.items():
        payload = {
            "person_id": str(learner), "class_id": str(key.class_id), "day": key.day.isoformat(),
            "session": key.session, "excused": value.kind == "excused",
        }  # fmt: skip
        events.emit(ctx, RECORDED, payload)
    alarming = any(value.kind == "unexcused" for value in absent.values())
    if rules.tell and alarming and key.day == days.today(ctx):
        when = ctx.now() + timedelta(minutes=rules.tell_after)
        work.enqueue(ctx, TELL, {"register": str(register_id)}, key=f"register:{register_id}", run_at=when)
