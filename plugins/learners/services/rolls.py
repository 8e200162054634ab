"""Who is in which class on which day: what attendance, marks and timetables stand on.

An enrolment holds from its first day up to, and without, the day on which it ends: the day of a change of class already
belongs to the new class. Callers have checked who asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from core.sdk import Context
from core.sdk.errors import NotFound
from core.sdk.people import Person
from core.sdk.school import SchoolYear

from ..models import Enrolment, Learner, SchoolClass


@dataclass(frozen=True, slots=True)
class ClassInfo:
    """A class with its school year."""

    id: UUID
    name: str
    grade: int
    year_id: UUID
    year_name: str
    starts_on: date
    ends_on: date
    """First and last day of the school year."""


@dataclass(frozen=True, slots=True)
class ClassMember:
    """A pupil in the roll of a class."""

    id: UUID
    full_name: str
    suffix: str | None
    code: str | None
    birth: str | None
    """ISO date, or a partial one."""
    sex: int
    sort_key: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class EnrolmentLine:
    """A time that a pupil was in a class; without an end, the class of that year to its last day."""

    id: UUID
    class_id: UUID
    class_name: str
    grade: int
    year_id: UUID
    year_name: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both of them inside."""

    first: date
    last: date


def holds(on: date | None) -> ColumnElement[bool]:
    """Whether an enrolment holds on a day; without a day, whether it has not ended."""
    if on is None:
        return Enrolment.ends_on.is_(None)
    return (Enrolment.starts_on <= on) & (Enrolment.ends_on.is_(None) | (Enrolment.ends_on > on))


def class_of(ctx: Context, class_id: UUID) -> ClassInfo:
    """A class of this school, of whatever year.

    Raises:
        NotFound: the school has no such class.
    """
    query = (
        select(
            SchoolClass.id,
            SchoolClass.name,
            SchoolClass.grade,
            SchoolYear.id,
            SchoolYear.name,
            SchoolYear.starts_on,
            SchoolYear.ends_on,
        )
        .join(SchoolYear, SchoolYear.id == SchoolClass.year_id)
        .where(SchoolClass.school_id == ctx.school_id, SchoolClass.id == class_id)
    )
    row = ctx.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return ClassInfo(*row)


def class_list(ctx: Context, class_id: UUID, on: date | None = None) -> list[ClassMember]:
    """The pupils of a class by given name: on a day, or without one those who have not left it."""
    query = (
        _members()
        .where(Enrolment.school_id == ctx.school_id, Enrolment.class_id == class_id, holds(on))
        .order_by(Person.sort_key, Person.id)
    )
    return [ClassMember(*row) for row in ctx.session.execute(query)]


def class_stays(ctx: Context, class_id: UUID, first: date, last: date) -> list[ClassMember]:
    """Who was in a class on any day of a span, by given name; who left it and came back has a line for each time."""
    query = (
        _members()
        .where(Enrolment.school_id == ctx.school_id, Enrolment.class_id == class_id, Enrolment.starts_on <= last)
        .where(Enrolment.ends_on.is_(None) | (Enrolment.ends_on > first))
        .order_by(Person.sort_key, Person.id, Enrolment.starts_on)
    )
    return [ClassMember(*row) for row in ctx.session.execute(query)]


def _members() -> Select[Any]:
    columns = (
        Person.id, Person.full_name, Learner.suffix, Learner.code, Learner.birth, Person.sex, Person.sort_key,
        Enrolment.starts_on, Enrolment.ends_on,
    )  # fmt: skip
    joined = select(*columns).select_from(Enrolment).join(Learner, Learner.id == Enrolment.learner_id)
    return cast("Select[Any]", joined.join(Person, Person.id == Learner.id))


def enrolled_at(ctx: Context, on: date) -> Select[Any]:
    """Who is enrolled on a day of a school year.

    Columns: `enrolment_id, person_id, class_id, class_name, grade, year_id, starts_on, ends_on`.
    """
    query = (
        select(
            Enrolment.id.label("enrolment_id"),
            Enrolment.learner_id.label("person_id"),
            SchoolClass.id.label("class_id"),
            SchoolClass.name.label("class_name"),
            SchoolClass.grade,
            Enrolment.year_id,
            Enrolment.starts_on,
            Enrolment.ends_on,
        )
        .join(SchoolYear, SchoolYear.id == Enrolment.year_id)
        .join(SchoolClass, SchoolClass.id == Enrolment.class_id)
        .where(Enrolment.school_id == ctx.school_id, holds(on))
        .where(SchoolYear.starts_on <= on, SchoolYear.ends_on >= on)
    )
    return cast("Select[Any]", query)  # callers know the columns by name


def enrolments_in(ctx: Context, year_id: UUID) -> Select[Any]:
    """Every time that a pupil was in a class of a school year: `person_id, class_id, starts_on, ends_on`."""
    query = select(
        Enrolment.learner_id.label("person_id"), Enrolment.class_id, Enrolment.starts_on, Enrolment.ends_on
    ).where(Enrolment.school_id == ctx.school_id, Enrolment.year_id == year_id)
    return cast("Select[Any]", query)  # callers know the columns by name


def enrolments_of(ctx: Context, learner: UUID, year_id: UUID | None = None) -> list[EnrolmentLine]:
    """The classes of a pupil, the earliest first; of one school year where it is given."""
    query = (
        select(
            Enrolment.id,
            SchoolClass.id,
            SchoolClass.name,
            SchoolClass.grade,
            SchoolYear.id,
            SchoolYear.name,
            Enrolment.starts_on,
            Enrolment.ends_on,
        )
        .select_from(Enrolment)
        .join(SchoolYear, SchoolYear.id == Enrolment.year_id)
        .join(SchoolClass, SchoolClass.id == Enrolment.class_id)
        .where(Enrolment.school_id == ctx.school_id, Enrolment.learner_id == learner)
        .order_by(Enrolment.starts_on, Enrolment.ends_on.nulls_last(), Enrolment.id)
    )
    if year_id is not None:
        query = query.where(Enrolment.year_id == year_id)
    return [EnrolmentLine(*row) for row in ctx.session.execute(query)]


def absences_of_enrolment(ctx: Context, learner: UUID, year_id: UUID) -> list[Span]:
    """The days of a school year on which a pupil was in no class of this school: before they came, after they left.

    Raises:
        NotFound: the school has no such year.
    """
    query = select(SchoolYear.starts_on, SchoolYear.ends_on).where(
        SchoolYear.school_id == ctx.school_id, SchoolYear.id == year_id
    )
    year = ctx.session.execute(query).one_or_none()
    if year is None:
        raise NotFound
    held = [(line.starts_on, line.ends_on) for line in enrolments_of(ctx, learner, year_id)]
    return gaps(held, year.starts_on, year.ends_on)


def gaps(held: list[tuple[date, date | None]], first: date, last: date) -> list[Span]:
    """What half-open times leave free between two days. Pure."""
    found: list[Span] = []
    free = first
    for starts_on, ends_on in sorted(held, key=lambda span: span[0]):
        if starts_on > free:
            found.append(Span(free, min(last, date.fromordinal(starts_on.toordinal() - 1))))
        if ends_on is None:
            return found
        free = max(free, ends_on)
    if free <= last:
        found.append(Span(free, last))
    return found
