"""Who may be given lessons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.errors import Conflict, NotFound
from core.sdk.people import Person, create_person

from ..models import Homeroom, Teacher, Teaching

READ, EDIT = "curriculum.plan.read", "curriculum.teaching.edit"


@dataclass(frozen=True, slots=True)
class TeacherLine:
    """A teacher in a list."""

    id: UUID
    full_name: str
    code: str
    active: bool


def teachers(ctx: Context, *, with_inactive: bool = False) -> list[TeacherLine]:
    """The teachers of the school by given name."""
    ctx.require(READ)
    query = (
        select(Teacher.id, Person.full_name, Teacher.code, Teacher.active)
        .join(Person, Person.id == Teacher.id)
        .where(Teacher.school_id == ctx.school_id)
        .order_by(Person.sort_key, Teacher.id)
    )
    if not with_inactive:
        query = query.where(Teacher.active)
    return [TeacherLine(*row) for row in ctx.session.execute(query)]


def add_teacher(ctx: Context, full_name: str, *, code: str = "", phones: Sequence[str] = ()) -> UUID:
    """Add a person who teaches; an account can be given later.

    Raises:
        Invalid: without a name. Conflict: the code is another teacher's.
    """
    ctx.require(EDIT)
    return make_teacher(ctx, create_person(ctx, full_name, phones=phones), code=code)


def make_teacher(ctx: Context, person_id: UUID, *, code: str = "") -> UUID:
    """Let a person of the school teach; who taught before is active again.

    Raises:
        NotFound: no such person. Conflict: the code is another teacher's.
    """
    ctx.require(EDIT)
    known = select(Person.full_name).where(Person.school_id == ctx.school_id, Person.id == person_id)
    name = ctx.session.scalar(known)
    if name is None:
        raise NotFound
    taken = select(Teacher.id).where(Teacher.school_id == ctx.school_id, Teacher.code == code, Teacher.id != person_id)
    if code and ctx.session.scalar(taken) is not None:
        raise Conflict(_("Another teacher has the code %(code)s.", code=code))
    row = {
        "id": person_id, "school_id": ctx.school_id, "code": code, "active": True, "created_at": ctx.now(),
        "updated_at": ctx.now(),
    }  # fmt: skip
    again = {"active": True, "updated_at": ctx.now()} | ({"code": code} if code else {})
    ctx.session.execute(insert(Teacher).values(row).on_conflict_do_update(index_elements=["id"], set_=again))
    record(ctx, "curriculum.teacher.added", target=("curriculum_teacher", person_id))
    return person_id


def retire(ctx: Context, teacher_id: UUID) -> None:
    """Let somebody be assigned no more; what they taught stays on record.

    Raises:
        NotFound: no such teacher. Conflict: they still have lessons or a homeroom class.
    """
    ctx.require(EDIT)
    for model in (Teaching, Homeroom):
        busy = select(model.id).where(
            model.school_id == ctx.school_id, model.teacher_id == teacher_id, model.ends_on.is_(None)
        )
        if ctx.session.execute(busy.limit(1)).first():
            raise Conflict(_("This teacher still has classes. Give them to somebody else first."))
    statement = (
        update(Teacher)
        .where(Teacher.school_id == ctx.school_id, Teacher.id == teacher_id)
        .values(active=False, updated_at=ctx.now())
        .returning(Teacher.id)
    )
    if not ctx.session.execute(statement).all():
        raise NotFound
    record(ctx, "curriculum.teacher.retired", target=("curriculum_teacher", teacher_id))
