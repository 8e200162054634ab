"""Records that look like one pupil: found, said to be two, or made one with an undo that restores exactly.

Two names that differ by one accent are two names. Two equal names with the same birthday are a question for a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context
from core.sdk.audit import record
from core.sdk.data import query
from core.sdk.errors import NotFound
from core.sdk.school import current_year

from ..models import Distinct, Learner

MERGE = "learners.record.merge"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be of one pupil, the older first."""

    first: UUID
    second: UUID
    first_name: str
    second_name: str
    first_class: str | None
    second_class: str | None
    birth: str | None
    reason: str
    """`number`: one's code or personal ID is a number of the other; `name_birth`: same name, same birthday."""
    other_numbers: bool
    """Both have a personal ID, and they differ: probably two persons."""


_PAIRS = """
    WITH numbers AS (
        SELECT id, code AS value FROM learners_learner WHERE school_id = :school AND code IS NOT NULL
        UNION SELECT id, personal_id FROM learners_learner WHERE school_id = :school AND personal_id IS NOT NULL
        UNION SELECT learner_id, value FROM learners_identifier
              WHERE school_id = :school AND scheme IN ('sector', 'personal', 'passport', 'birth_certificate')),
    same AS (
        SELECT array_agg(DISTINCT id) AS ids, 'number' AS reason FROM numbers
        GROUP BY value HAVING count(DISTINCT id) > 1
        UNION ALL
        SELECT array_agg(l.id), 'name_birth' FROM learners_learner l JOIN core_person c ON c.id = l.id
        WHERE l.school_id = :school AND length(l.birth) = 10
        GROUP BY lower(c.full_name), l.birth HAVING count(*) > 1),
    pairs AS (SELECT a, b, max(reason) AS reason FROM same, unnest(ids) a, unnest(ids) b WHERE a < b GROUP BY a, b)
    SELECT p.a, p.b, ca.full_name, cb.full_name, ka.name, kb.name, la.birth, p.reason,
           coalesce(la.personal_id <> lb.personal_id, false)
    FROM pairs p
    JOIN learners_learner la ON la.id = p.a JOIN learners_learner lb ON lb.id = p.b
    JOIN core_person ca ON ca.id = p.a JOIN core_person cb ON cb.id = p.b
    LEFT JOIN learners_enrolment ea ON ea.learner_id = p.a AND ea.year_id = :year AND ea.ends_on IS NULL
    LEFT JOIN learners_class ka ON ka.id = ea.class_id
    LEFT JOIN learners_enrolment eb ON eb.learner_id = p.b AND eb.year_id = :year AND eb.ends_on IS NULL
    LEFT JOIN learners_class kb ON kb.id = eb.class_id
    WHERE NOT EXISTS (SELECT FROM learners_distinct d WHERE d.learner_id = p.a AND d.other_id = p.b)
      AND (CAST(:learner AS uuid) IS NULL OR :learner IN (p.a, p.b))
    ORDER BY (coalesce(la.personal_id <> lb.personal_id, false)), ca.sort_key, p.a, p.b LIMIT 200"""


def pairs(ctx: Context, learner_id: UUID | None = None) -> list[Pair]:
    """Records that may be of one pupil, the likely ones first; of one pupil only, if given. At most 200.

    Raises:
        Forbidden: for who may not merge records.
    """
    ctx.require(MERGE)
    values: dict[str, Any] = {"school": ctx.school_id, "year": current_year(ctx).id, "learner": learner_id}
    return [Pair(*row) for row in query(ctx, _PAIRS, values)]


def say_distinct(ctx: Context, first: UUID, second: UUID) -> None:
    """Say that two records are of two pupils: they are not proposed again.

    Raises:
        NotFound: one of them is no pupil here.
    """
    ctx.require(MERGE)
    low, high = sorted((first, second))
    known = select(Learner.id).where(Learner.school_id == ctx.school_id, Learner.id.in_((low, high)))
    if low == high or len(ctx.session.execute(known).all()) != 2:
        raise NotFound
    now = ctx.now()
    row = {"school_id": ctx.school_id, "learner_id": low, "other_id": high, "author": ctx.actor.name}
    statement = insert(Distinct).values(**row, created_at=now, updated_at=now).on_conflict_do_nothing()
    ctx.session.execute(statement)
    record(ctx, "learners.record.distinct", target=("learner", low), detail={"other": high})
