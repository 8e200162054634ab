"""What other modules may import of the learners module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, select

from core.sdk import Context
from core.sdk.errors import NotFound
from core.sdk.people import Person
from core.sdk.school import SchoolYear

from . import events
from .models import Enrolment, Learner, PolicyGroup, SchoolClass
from .rules import countries, ethnic, provinces
from .services.guardians import GuardianLine, collectors, contacts
from .services.identities import Identity, Parent, Study, identities
from .services.movements import arrivals_in
from .services.outcomes import PromotionOutcome, take_outcomes
from .services.planning import start_import
from .services.profiles import not_assessed
from .services.rolls import (
    ClassInfo,
    ClassMember,
    EnrolmentLine,
    Span,
    absences_of_enrolment,
    class_list,
    class_of,
    class_stays,
    enrolled_at,
    enrolments_in,
    enrolments_of,
)
from .services.sector_codes import take_sector_codes

__all__ = [
    "CODE_NAMES",
    "EVENTS",
    "ClassInfo",
    "ClassMember",
    "EnrolmentLine",
    "GuardianLine",
    "Identity",
    "Parent",
    "PromotionOutcome",
    "Pupil",
    "Span",
    "Study",
    "absences_of_enrolment",
    "arrivals_in",
    "class_list",
    "class_of",
    "class_stays",
    "classes",
    "collectors",
    "contacts",
    "enrolled",
    "enrolled_at",
    "enrolments_in",
    "enrolments_of",
    "identities",
    "not_assessed",
    "policy_groups",
    "present_in",
    "pupil",
    "start_import",
    "take_outcomes",
    "take_sector_codes",
]

CODE_NAMES: Mapping[str, Mapping[str, str]] = {
    "ethnic": ethnic.NAMES,
    "province": provinces.NAMES,
    "country": countries.NAMES,
}
"""Vietnamese names of the codes that records hold: ethnic groups, provinces, nationalities."""


def enrolled(ctx: Context) -> Select[Any]:
    """The present enrolments of the current school year.

    Columns: `person_id, code, full_name, suffix, sort_key, search_text, class_id, class_name, grade`.
    """
    query = (
        select(
            Person.id.label("person_id"),
            Learner.code,
            Person.full_name,
            Learner.suffix,
            Person.sort_key,
            Person.search_text,
            SchoolClass.id.label("class_id"),
            SchoolClass.name.label("class_name"),
            SchoolClass.grade,
        )
        .select_from(Enrolment)
        .join(SchoolYear, SchoolYear.id == Enrolment.year_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Person, Person.id == Learner.id)
        .join(SchoolClass, SchoolClass.id == Enrolment.class_id)
        .where(Enrolment.school_id == ctx.school_id, Enrolment.ends_on.is_(None), SchoolYear.current)
    )
    return cast("Select[Any]", query)  # callers know the columns by name


def classes(ctx: Context, year_id: UUID | None = None) -> Select[Any]:
    """The classes of a school year, of the current one without it: `class_id, class_name, grade`, by grade and name."""
    query = (
        select(SchoolClass.id.label("class_id"), SchoolClass.name.label("class_name"), SchoolClass.grade)
        .join(SchoolYear, SchoolYear.id == SchoolClass.year_id)
        .where(SchoolClass.school_id == ctx.school_id)
        .where(SchoolYear.current if year_id is None else SchoolYear.id == year_id)
        .order_by(SchoolClass.grade, SchoolClass.position, SchoolClass.name)
    )
    return cast("Select[Any]", query)


def present_in(ctx: Context, classes: Select[UUID]) -> Select[UUID]:
    """Ids of the pupils who are now in these classes, for relation scopes."""
    return select(Enrolment.learner_id).where(
        Enrolment.school_id == ctx.school_id, Enrolment.ends_on.is_(None), Enrolment.class_id.in_(classes)
    )


def present_in_sql(classes: str) -> str:
    """The same for scopes in SQL (`Scope.sql`).

    Args:
        classes: a query of class ids.
    """
    return (
        "SELECT e.learner_id FROM learners_enrolment e WHERE e.school_id = :scope_school AND e.ends_on IS NULL"
        " AND e.class_id IN (<classes>)"
    ).replace("<classes>", classes)


def policy_groups(ctx: Context) -> Select[Any]:
    """Policy groups of pupils with their validity: `person_id, name, valid_from, valid_to`."""
    query = select(
        PolicyGroup.learner_id.label("person_id"), PolicyGroup.name, PolicyGroup.valid_from, PolicyGroup.valid_to
    ).where(PolicyGroup.school_id == ctx.school_id)
    return cast("Select[Any]", query)


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil in one line."""

    id: UUID
    full_name: str
    code: str | None
    class_name: str


def pupil(ctx: Context, person_id: UUID) -> Pupil:
    """A pupil by the id of the person, with the class of the current year. The caller has checked who asks.

    Raises:
        NotFound: no pupil of this school.
    """
    query = (
        select(Person.full_name, Learner.code, SchoolClass.name)
        .select_from(Learner)
        .join(Person, Person.id == Learner.id)
        .outerjoin(SchoolYear, (SchoolYear.school_id == Learner.school_id) & SchoolYear.current)
        .outerjoin(
            Enrolment,
            (Enrolment.learner_id == Learner.id) & (Enrolment.year_id == SchoolYear.id) & Enrolment.ends_on.is_(None),
        )
        .outerjoin(SchoolClass, SchoolClass.id == Enrolment.class_id)
        .where(Learner.school_id == ctx.school_id, Learner.id == person_id)
    )
    found = ctx.session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    return Pupil(person_id, found[0], found[1], found[2] or "")


EVENTS: Mapping[str, str] = {event.name: ", ".join(event.payload) for event in events.EVENTS}
"""Events of this module and the keys of their payloads."""
