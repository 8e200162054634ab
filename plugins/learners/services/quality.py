"""The data quality desk: how good the records of each class are, what to fix, and the next one to fix."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.sdk import Context
from core.sdk.data import local_date, query
from core.sdk.errors import NotFound
from core.sdk.school import current_year

from ..rules.quality import BY_CODE, RULES, Dimension, score

EDIT = "learners.learner.edit"


@dataclass(frozen=True, slots=True)
class ClassQuality:
    """The records of a class, or of the school: how many break each rule, and points of 100."""

    id: UUID | None
    name: str
    pupils: int
    to_fix: int
    """Pupils with at least one finding that the sector's database would refuse."""
    counts: dict[str, int]

    @property
    def points(self) -> int:
        """All dimensions together."""
        return score(self.counts, self.pupils)

    def of(self, dimension: Dimension) -> int:
        """Points of one dimension."""
        return score(self.counts, self.pupils, dimension)


@dataclass(frozen=True, slots=True)
class Finding:
    """A pupil with the codes of the rules that the record breaks; `sort_key` and `id` are the position in the list."""

    id: UUID
    full_name: str
    class_name: str
    sort_key: str
    codes: list[str]


# Each part may be limited to some pupils (`only`): a class or a page of a list need not read the whole school.
_DOUBLES = """
    SELECT DISTINCT unnest(ARRAY[a, b]) AS id
    FROM (SELECT array_agg(l.id) AS ids FROM learners_learner l JOIN core_person c ON c.id = l.id
          WHERE l.school_id = :school AND length(l.birth) = 10 {only}
          GROUP BY lower(c.full_name), l.birth HAVING count(*) > 1) same, unnest(ids) a, unnest(ids) b
    WHERE a < b AND NOT EXISTS (SELECT FROM learners_distinct s WHERE s.learner_id = a AND s.other_id = b)"""
_FAMILY = """
    SELECT r.related_id AS learner_id, bool_or(q.birth_year IS NULL) AS no_year,
           bool_or(t.personal_id IS NULL AND NOT q.deceased) AS no_id, sum(cardinality(q.phones)) AS phones
    FROM core_relation r JOIN core_person q ON q.id = r.person_id
    LEFT JOIN learners_guardian_detail t ON t.person_id = q.id
    WHERE r.school_id = :school {only} GROUP BY r.related_id"""
_POLICIES = """
    SELECT o.learner_id,
           bool_or((o.valid_to IS NULL OR o.valid_to >= :today) AND o.document = '' AND o.file_id IS NULL) AS unproven,
           bool_or((o.valid_to IS NULL OR o.valid_to >= :today) AND o.verified_at IS NULL) AS unverified,
           bool_or(o.by_hand AND o.valid_to < :today AND NOT EXISTS (
               SELECT FROM learners_policy_group n WHERE n.learner_id = o.learner_id AND n.name = o.name
               AND n.valid_from > o.valid_from)) AS expired
    FROM learners_policy_group o WHERE o.school_id = :school {only} GROUP BY o.learner_id"""
_PARTS = {
    "f.": (_FAMILY, "AND r.related_id = ANY(:ids)", "f.learner_id"),
    "g.": (_POLICIES, "AND o.learner_id = ANY(:ids)", "g.learner_id"),
    "d.": (_DOUBLES, "AND l.birth = ANY(SELECT birth FROM learners_learner WHERE id = ANY(:ids))", "d.id"),
}
_BASE = """
    FROM learners_enrolment e
    JOIN learners_class k ON k.id = e.class_id
    JOIN learners_learner l ON l.id = e.learner_id
    JOIN core_person c ON c.id = l.id
    LEFT JOIN learners_profile p ON p.learner_id = l.id"""
_PRESENT = " WHERE e.school_id = :school AND e.year_id = :year AND e.ends_on IS NULL"


def _source(conditions: str, *, some: bool) -> str:
    """FROM and WHERE with the parts that the conditions speak of; of some pupils only (`:ids`), or of all."""
    parts = [
        f" LEFT JOIN ({part.format(only=only if some else '')}) {alias[0]} ON {key} = l.id"
        for alias, (part, only, key) in _PARTS.items()
        if re.search(rf"\b{re.escape(alias)}", conditions)
    ]
    return _BASE + "".join(parts) + _PRESENT + (" AND e.learner_id = ANY(:ids)" if some else "")


_MUST = " OR ".join(f"coalesce({rule.bad}, false)" for rule in RULES if rule.must)
_CODES = ", ".join(f"CASE WHEN {rule.bad} THEN '{rule.code}' END" for rule in RULES)
_CHECKS = ", ".join(f"coalesce({rule.bad}, false) AS {rule.code.lower()}" for rule in RULES)
_COUNTS = ", ".join(f"count(*) FILTER (WHERE {rule.code.lower()})" for rule in RULES)
_REFUSED = " OR ".join(rule.code.lower() for rule in RULES if rule.must)
_SUMMARY = f"""
    SELECT class_id, name, count(*), count(*) FILTER (WHERE {_REFUSED}), {_COUNTS}
    FROM (SELECT k.id AS class_id, k.name, k.grade, k.position, {_CHECKS} {_source(_CHECKS, some=False)}) checked
    GROUP BY class_id, name, grade, position ORDER BY grade, position, name"""  # noqa: S608
_OF_SOME = (
    f"SELECT c.id, c.full_name, k.name, c.sort_key, array_remove(ARRAY[{_CODES}], NULL) {_source(_CODES, some=True)}"
    " ORDER BY c.sort_key, c.id"
)


def summary(ctx: Context) -> list[ClassQuality]:
    """The classes of the current year, in one pass over the school.

    Raises:
        Forbidden: for who may not mend records.
    """
    ctx.require(EDIT)
    rows = query(ctx, _SUMMARY, _values(ctx))
    codes = [rule.code for rule in RULES]
    return [ClassQuality(row[0], row[1], row[2], row[3], dict(zip(codes, row[4:], strict=True))) for row in rows]


def whole(lines: list[ClassQuality], name: str) -> ClassQuality:
    """The classes together. Pure."""
    counts = {rule.code: sum(line.counts[rule.code] for line in lines) for rule in RULES}
    return ClassQuality(None, name, sum(line.pupils for line in lines), sum(line.to_fix for line in lines), counts)


def findings(
    ctx: Context,
    *,
    rule: str | None = None,
    class_id: UUID | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> list[Finding]:
    """Pupils whose records are to be mended, by given name.

    Args:
        rule: only those who break this rule.
        after: `sort_key` and `id` of the last one before.

    Raises:
        NotFound: there is no such rule.
    """
    ctx.require(EDIT)
    if rule is not None and rule not in BY_CODE:
        raise NotFound
    if class_id is not None:
        found = _of_some(ctx, _of_class(ctx, class_id))
        wanted = [one for one in found if (rule in one.codes if rule else any(BY_CODE[c].must for c in one.codes))]
        return [one for one in wanted if after is None or (one.sort_key, one.id) > after][:limit]
    bad = f"coalesce({BY_CODE[rule].bad}, false)" if rule else f"({_MUST})"
    values = _values(ctx)
    if after is not None:
        values |= {"after_key": after[0], "after_id": after[1]}
        bad += " AND (c.sort_key, c.id) > (:after_key, :after_id)"
    statement = f"SELECT c.id {_source(bad, some=False)} AND {bad} ORDER BY c.sort_key, c.id LIMIT {int(limit)}"
    return _of_some(ctx, [row[0] for row in query(ctx, statement, values)])


def _of_class(ctx: Context, class_id: UUID) -> list[UUID]:
    statement = (
        "SELECT learner_id FROM learners_enrolment WHERE school_id = :school AND class_id = :class AND ends_on IS NULL"
    )
    return [row[0] for row in query(ctx, statement, {"school": ctx.school_id, "class": class_id})]


def _of_some(ctx: Context, ids: list[UUID]) -> list[Finding]:
    return [Finding(*row) for row in query(ctx, _OF_SOME, {**_values(ctx), "ids": ids})]


def next_finding(ctx: Context, *, rule: str, class_id: UUID | None, after: UUID | None) -> Finding | None:
    """The next pupil to mend after the one just mended; None at the end of the list."""
    position = None
    if after is not None:
        place = text("SELECT sort_key FROM core_person WHERE school_id = :school AND id = :id")
        key = ctx.session.execute(place, {"school": ctx.school_id, "id": after}).scalar_one_or_none()
        position = (key, after) if key is not None else None
    found = findings(ctx, rule=rule, class_id=class_id, after=position, limit=1)
    return found[0] if found else None


def _values(ctx: Context) -> dict[str, Any]:
    year = current_year(ctx)
    now = ctx.now()
    return {
        "school": ctx.school_id, "year": year.id, "first_year": year.starts_on.year, "today": local_date(now),
        "stale": now - timedelta(days=365),
    }  # fmt: skip
