"""Who pupils are, as documents that are kept for good say it: for many pupils at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from core.sdk import Context
from core.sdk.data import query

_PUPILS = """
SELECT l.id, p.full_name, coalesce(l.code, ''), coalesce(l.personal_id, ''), coalesce(l.birth, ''), p.sex,
  coalesce(l.ethnic, ''), coalesce(l.nationality, ''), coalesce(l.birth_province, ''), coalesce(f.birth_place, ''),
  coalesce(l.address_detail, ''), coalesce(l.address_commune, ''), coalesce(l.address_province, ''),
  coalesce(f.disability_not_assessed, false),
  coalesce((SELECT string_agg(g.name, '; ' ORDER BY g.name) FROM learners_policy_group g
    WHERE g.school_id = l.school_id AND g.learner_id = l.id AND g.valid_from <= :day
      AND (g.valid_to IS NULL OR g.valid_to >= :day)), '')
FROM learners_learner l JOIN core_person p ON p.school_id = l.school_id AND p.id = l.id
LEFT JOIN learners_profile f ON f.school_id = l.school_id AND f.learner_id = l.id
WHERE l.school_id = :school AND l.id = ANY(:ids)
"""
_PARENTS = """
SELECT r.related_id, r.kind, p.full_name, coalesce(d.occupation, '')
FROM core_relation r JOIN core_person p ON p.school_id = r.school_id AND p.id = r.person_id
LEFT JOIN learners_guardian_detail d ON d.school_id = r.school_id AND d.person_id = r.person_id
WHERE r.school_id = :school AND r.related_id = ANY(:ids) ORDER BY r.created_at, r.id
"""
_STUDIES = """
SELECT DISTINCT ON (e.learner_id, y.starts_on) e.learner_id, y.name, c.name, c.grade, e.starts_on
FROM learners_enrolment e JOIN core_school_year y ON y.school_id = e.school_id AND y.id = e.year_id
JOIN learners_class c ON c.school_id = e.school_id AND c.id = e.class_id
WHERE e.school_id = :school AND e.learner_id = ANY(:ids)
ORDER BY e.learner_id, y.starts_on, e.starts_on DESC
"""


@dataclass(frozen=True, slots=True)
class Parent:
    """A father, mother or guardian: the first of each kind."""

    full_name: str
    occupation: str


@dataclass(frozen=True, slots=True)
class Study:
    """A year that the pupil was at this school: the last class of it."""

    year: str
    class_name: str
    grade: int
    since: date


@dataclass(frozen=True, slots=True)
class Identity:
    """A pupil as the record holds them now. Codes are those of the record (`public.CODE_NAMES`); empty: not known."""

    id: UUID
    full_name: str
    code: str
    personal_id: str
    birth: str
    """ISO date, or a partial one."""
    sex: int
    """ISO/IEC 5218."""
    ethnic: str
    nationality: str
    birth_province: str
    birth_place: str
    address: str
    commune: str
    province: str
    not_assessed: bool
    policy: str
    parents: Mapping[str, Parent]
    """By kind: father, mother, guardian."""
    studies: tuple[Study, ...]


def identities(ctx: Context, learner_ids: Collection[UUID], on: date) -> dict[UUID, Identity]:
    """Pupils by id, in three statements. The caller has asked who asks.

    Args:
        on: the day on which policy groups have to hold.
    """
    wanted = {"school": ctx.school_id, "ids": list(learner_ids), "day": on}
    parents: dict[UUID, dict[str, Parent]] = {}
    for child, kind, name, occupation in query(ctx, _PARENTS, wanted):
        parents.setdefault(child, {}).setdefault(kind, Parent(name, occupation))
    studies: dict[UUID, list[Study]] = {}
    for child, year, name, grade, since in query(ctx, _STUDIES, wanted):
        studies.setdefault(child, []).append(Study(year, name, grade, since))
    found: dict[UUID, Identity] = {}
    for row in query(ctx, _PUPILS, wanted):
        columns: list[Any] = [*row, parents.get(row[0], {}), tuple(studies.get(row[0], ()))]
        found[row[0]] = Identity(*columns)
    return found
