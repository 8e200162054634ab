"""Coming, leaving, returning, changing the class: one pupil at a time, each step on record and taken back exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from core.sdk import Context
from core.sdk.audit import record
from core.sdk.data import local_date, new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.events import emit
from core.sdk.school import Year, current_year
from core.sdk.text import Message, _

from ..events import MOVED
from ..models import Enrolment, Learner, Movement, SchoolClass
from ..rules.moves import ENTERING, LEAVING, REASONS, Standing, State, problem_of, state_of
from .rolls import ClassInfo, class_of

EDIT = "learners.movement.edit"


@dataclass(frozen=True, slots=True)
class Papers:
    """What a step stands on."""

    reason: str = ""
    other_school: str = ""
    document: str = ""
    file_id: UUID | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class MovementLine:
    """A step of a pupil; the last one that belongs to no batch can be taken back."""

    id: UUID
    kind: str
    happened_on: date
    class_name: str | None
    former_class: str | None
    reason: str
    other_school: str
    document: str
    file_id: UUID | None
    note: str
    author: str
    batch_id: UUID | None


def enter(ctx: Context, learner_id: UUID, kind: str, class_id: UUID, on: date, papers: Papers = Papers()) -> UUID:
    """A pupil comes (new, by transfer, or again) into a class of the current year.

    Args:
        on: the first day in the class.

    Raises:
        NotFound: no such pupil or class. Invalid: with the field that breaks a rule.
    """
    year, target, standing = _prepare(ctx, learner_id, class_id)
    _check(ctx, kind, standing, on, year, ENTERING, papers)
    began = _begin(ctx, learner_id, year.id, class_id, on)
    return _note(ctx, learner_id, kind, on, year.id, papers, began=began, class_name=_named(target))


def leave(ctx: Context, learner_id: UUID, kind: str, on: date, papers: Papers) -> UUID:
    """A pupil goes to another school, or leaves school; a reason is needed for leaving.

    Args:
        on: the first day on which the pupil is not there any more.

    Raises:
        NotFound, Invalid: as `enter`.
    """
    year, _target, standing = _prepare(ctx, learner_id, None)
    _check(ctx, kind, standing, on, year, LEAVING, papers)
    if kind == "leave" and papers.reason not in REASONS:
        raise Invalid(_("Choose the reason."), fields={"reason": _("Choose the reason.")})
    ended, name = _end(ctx, learner_id, year.id, on)
    return _note(ctx, learner_id, kind, on, year.id, papers, ended=ended, class_name=name)


def change_class(ctx: Context, learner_id: UUID, class_id: UUID, on: date, papers: Papers = Papers()) -> UUID:
    """A pupil changes to another class of the same grade.

    Raises:
        NotFound, Invalid: as `enter`.
    """
    year, target, standing = _prepare(ctx, learner_id, class_id)
    _check(ctx, "move", standing, on, year, ("move",), papers)
    present = _present(ctx, learner_id, year.id)
    if target is None or present is None or present.class_id == class_id:
        raise Invalid(_("Choose another class."), fields={"class_id": _("Choose another class.")})
    if class_of(ctx, present.class_id).grade != target.grade:
        same = _("Within a year, classes are changed inside the grade.")
        raise Invalid(same, fields={"class_id": same})
    ended, _name = _end(ctx, learner_id, year.id, on)
    began = _begin(ctx, learner_id, year.id, class_id, on)
    return _note(ctx, learner_id, "move", on, year.id, papers, began=began, ended=ended, class_name=target.name)


def take_back(ctx: Context, movement_id: UUID) -> None:
    """Take back the last step of a pupil, exactly.

    Raises:
        NotFound: no such step. Conflict: it is not the last one, or it belongs to a move of many pupils.
    """
    ctx.require(EDIT)
    query = select(Movement).where(Movement.school_id == ctx.school_id, Movement.id == movement_id)
    step = ctx.session.execute(query).scalar_one_or_none()
    if step is None:
        raise NotFound
    if step.batch_id is not None:
        raise Conflict(_("This step belongs to a move of many pupils. Take that back as a whole."))
    later = select(Movement.id).where(Movement.learner_id == step.learner_id, Movement.id > step.id).limit(1)
    moved = select(Enrolment.id).where(
        Enrolment.learner_id == step.learner_id, Enrolment.created_at > step.created_at, Enrolment.id != step.began
    )
    if ctx.session.execute(later).first() or ctx.session.execute(moved.limit(1)).first():
        raise Conflict(_("A later step is entered already. Take that back first."))
    learner_id, began, ended, kind = step.learner_id, step.began, step.ended, step.kind
    ctx.session.delete(step)
    ctx.session.flush()
    if began is not None:
        ctx.session.execute(delete(Enrolment).where(Enrolment.school_id == ctx.school_id, Enrolment.id == began))
    if ended is not None:
        mine = Enrolment.school_id == ctx.school_id, Enrolment.id == ended
        ctx.session.execute(update(Enrolment).where(*mine).values(ends_on=None))
    record(ctx, "learners.movement.taken_back", target=("learner", learner_id), detail={"kind": kind})
    emit(ctx, MOVED, {"person_id": str(learner_id)})


def arrivals_in(ctx: Context, year_id: UUID) -> Select[Any]:
    """Who came from another school in a school year, the last time of each: `person_id, came_on, from_school`."""
    query = (
        select(
            Movement.learner_id.label("person_id"),
            Movement.happened_on.label("came_on"),
            Movement.other_school.label("from_school"),
        )
        .ext(distinct_on(Movement.learner_id))
        .where(Movement.school_id == ctx.school_id, Movement.year_id == year_id, Movement.kind == "transfer_in")
        .order_by(Movement.learner_id, Movement.id.desc())
    )
    return cast("Select[Any]", query)  # callers know the columns by name


def movements_of(ctx: Context, learner_id: UUID) -> list[MovementLine]:
    """The steps of a pupil, the latest first. The caller has checked who asks."""
    began, ended = Enrolment.__table__.alias("began"), Enrolment.__table__.alias("ended")
    to, out = SchoolClass.__table__.alias("to_class"), SchoolClass.__table__.alias("from_class")
    query = (
        select(
            Movement.id, Movement.kind, Movement.happened_on, to.c.name, out.c.name, Movement.reason,
            Movement.other_school, Movement.document, Movement.file_id, Movement.note, Movement.author,
            Movement.batch_id,
        )
        .select_from(Movement)
        .outerjoin(began, began.c.id == Movement.began)
        .outerjoin(to, to.c.id == began.c.class_id)
        .outerjoin(ended, ended.c.id == Movement.ended)
        .outerjoin(out, out.c.id == ended.c.class_id)
        .where(Movement.school_id == ctx.school_id, Movement.learner_id == learner_id)
        .order_by(Movement.id.desc())
    )  # fmt: skip
    return [MovementLine(*row) for row in ctx.session.execute(query)]


def state(ctx: Context, learner_id: UUID) -> State:
    """Where a pupil stands this year. The caller has checked who asks."""
    return state_of(_standing(ctx, learner_id, current_year(ctx).id))


def _standing(ctx: Context, learner_id: UUID, year_id: UUID) -> Standing:
    present = _present(ctx, learner_id, year_id)
    mine = Movement.school_id == ctx.school_id, Movement.learner_id == learner_id
    query = select(Movement.kind, Movement.happened_on, Movement.year_id).where(*mine).order_by(Movement.id.desc())
    last = ctx.session.execute(query.limit(1)).one_or_none()
    before = select(Enrolment.ends_on).where(
        Enrolment.school_id == ctx.school_id, Enrolment.learner_id == learner_id, Enrolment.year_id == year_id
    )
    ended = [day for day in ctx.session.execute(before).scalars() if day is not None]
    days = [*ended, *([last.happened_on] if last is not None and last.year_id == year_id else [])]
    return Standing(
        present.starts_on if present else None, max(days, default=None), last.kind if last is not None else None
    )


def _prepare(ctx: Context, learner_id: UUID, class_id: UUID | None) -> tuple[Year, ClassInfo | None, Standing]:
    ctx.require(EDIT)
    mine = Learner.school_id == ctx.school_id, Learner.id == learner_id
    if ctx.session.execute(select(Learner.id).where(*mine).with_for_update()).one_or_none() is None:
        raise NotFound
    year = current_year(ctx)
    target = class_of(ctx, class_id) if class_id is not None else None
    if target is not None and target.year_id != year.id:
        raise NotFound
    return year, target, _standing(ctx, learner_id, year.id)


def _check(
    ctx: Context, kind: str, standing: Standing, on: date, year: Year, allowed: tuple[str, ...], papers: Papers
) -> None:
    problem: tuple[str, Message] | None
    if kind not in allowed:
        problem = "kind", _("Choose one of the values.")
    elif kind in ("transfer_in", "transfer_out") and not papers.other_school:
        problem = "other_school", _("Please give the name of the other school.")
    else:
        today = local_date(ctx.now())
        problem = problem_of(kind, standing, on, year=(year.starts_on, year.ends_on), today=today)
    if problem is not None:
        raise Invalid(problem[1], fields=dict([problem]))


def _present(ctx: Context, learner_id: UUID, year_id: UUID) -> Enrolment | None:
    query = select(Enrolment).where(
        Enrolment.school_id == ctx.school_id,
        Enrolment.learner_id == learner_id,
        Enrolment.year_id == year_id,
        Enrolment.ends_on.is_(None),
    )
    return ctx.session.execute(query).scalar_one_or_none()


def _begin(ctx: Context, learner_id: UUID, year_id: UUID, class_id: UUID, on: date) -> UUID:
    enrolment_id = new_id()
    now = ctx.now()
    ctx.session.add(
        Enrolment(
            id=enrolment_id, school_id=ctx.school_id, learner_id=learner_id, year_id=year_id, class_id=class_id,
            starts_on=on, created_at=now, updated_at=now,
        )
    )  # fmt: skip
    ctx.session.flush()
    return enrolment_id


def _end(ctx: Context, learner_id: UUID, year_id: UUID, on: date) -> tuple[UUID, str]:
    present = _present(ctx, learner_id, year_id)
    if present is None:
        raise NotFound
    present.ends_on = on
    ctx.session.flush()
    return present.id, class_of(ctx, present.class_id).name


def _named(target: ClassInfo | None) -> str:
    return target.name if target is not None else ""


def _note(
    ctx: Context,
    learner_id: UUID,
    kind: str,
    on: date,
    year_id: UUID,
    papers: Papers,
    *,
    began: UUID | None = None,
    ended: UUID | None = None,
    class_name: str,
) -> UUID:
    now = ctx.now()
    step = Movement(
        id=new_id(), school_id=ctx.school_id, learner_id=learner_id, kind=kind, happened_on=on, year_id=year_id,
        began=began, ended=ended, reason=papers.reason, other_school=papers.other_school, document=papers.document,
        file_id=papers.file_id, note=papers.note, author=ctx.actor.name, created_at=now, updated_at=now,
    )  # fmt: skip
    ctx.session.add(step)
    ctx.session.flush()
    detail = {"kind": kind, "on": on, "class": class_name}
    record(ctx, "learners.movement.entered", target=("learner", learner_id), detail=detail)
    emit(ctx, MOVED, {"person_id": str(learner_id)})
    return step.id
