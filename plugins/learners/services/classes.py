"""Classes of the current school year."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Context
from core.sdk.audit import record
from core.sdk.data import new_id, query
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.people import Person
from core.sdk.school import current_year
from core.sdk.text import _

from ..models import Enrolment, SchoolClass
from ..rules.classes import class_key, class_order, grade_of
from .values import THIS_YEAR

_MINE = f"FROM learners_class WHERE school_id = :school AND year_id = {THIS_YEAR}"
_CHOICES = (
    f"SELECT id, name, grade {_MINE} AND grade = coalesce(:grade, grade) ORDER BY grade, position, name LIMIT :most"
)
_GRADES = f"SELECT DISTINCT grade {_MINE} ORDER BY grade"


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class with its numbers of pupils."""

    id: UUID
    name: str
    grade: int
    pupils: int
    girls: int


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """A class to choose from."""

    id: UUID
    name: str
    grade: int


def class_choices(ctx: Context, *, grade: int | None = None, most: int | None = None) -> list[ClassChoice]:
    """The classes of the current year or of one grade, without counting anybody: for filters and forms.

    Args:
        most: stop after so many; None gives all.
    """
    ctx.require("learners.learner.read")
    wanted = {"school": ctx.school_id, "grade": grade, "most": most}
    return [ClassChoice(*row) for row in query(ctx, _CHOICES, wanted)]


def grades(ctx: Context) -> list[int]:
    """The grades of the current year that have classes."""
    ctx.require("learners.learner.read")
    return [grade for (grade,) in query(ctx, _GRADES, {"school": ctx.school_id})]


def list_classes(ctx: Context) -> list[ClassLine]:
    """The classes of the current year with their pupils, by grade and name."""
    ctx.require("learners.learner.read")
    year = current_year(ctx)
    query = (
        select(
            SchoolClass.id,
            SchoolClass.name,
            SchoolClass.grade,
            func.count(Person.id),
            func.count(Person.id).filter(Person.sex == 2),
        )
        .outerjoin(Enrolment, (Enrolment.class_id == SchoolClass.id) & Enrolment.ends_on.is_(None))
        .outerjoin(Person, Person.id == Enrolment.learner_id)
        .where(SchoolClass.school_id == ctx.school_id, SchoolClass.year_id == year.id)
        .group_by(SchoolClass.id)
        .order_by(SchoolClass.grade, SchoolClass.position, SchoolClass.name)
    )
    return [ClassLine(*row) for row in ctx.session.execute(query)]


def create_class(ctx: Context, name: str) -> UUID:
    """Open a class in the current school year; its name begins with the grade.

    Raises:
        Invalid: the name does not begin with a grade from 1 to 12.
        Conflict: there is such a class already.
    """
    ctx.require("learners.class.edit")
    year = current_year(ctx)
    key = class_key(name)
    grade = grade_of(key)
    if grade is None:
        problem = _("Begin with the grade, for example 6A1.")
        raise Invalid(_("Please check the name of the class."), fields={"name": problem})
    existing = ctx.session.execute(
        select(SchoolClass.name).where(SchoolClass.school_id == ctx.school_id, SchoolClass.year_id == year.id)
    ).scalars()
    names = [*existing]
    if key in names:
        raise Conflict(_("The class %(name)s exists already.", name=key))
    position = sorted([*names, key], key=class_order).index(key)
    class_id = new_id()
    ctx.session.add(
        SchoolClass(id=class_id, school_id=ctx.school_id, year_id=year.id, name=key, grade=grade, position=position)
    )
    ctx.session.flush()
    record(ctx, "learners.class.opened", target=("learners_class", class_id), detail={"name": key})
    return class_id


def delete_class(ctx: Context, class_id: UUID) -> None:
    """Close a class that never had a pupil.

    Raises:
        NotFound: no such class. Conflict: pupils are or were in it.
    """
    ctx.require("learners.class.edit")
    found = ctx.session.execute(
        select(SchoolClass).where(SchoolClass.school_id == ctx.school_id, SchoolClass.id == class_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    used = select(Enrolment.id).where(Enrolment.school_id == ctx.school_id, Enrolment.class_id == class_id).limit(1)
    if ctx.session.execute(used).first():
        raise Conflict(_("The class %(name)s has pupils and cannot be removed.", name=found.name))
    ctx.session.delete(found)
    record(ctx, "learners.class.removed", target=("learners_class", class_id), detail={"name": found.name})
