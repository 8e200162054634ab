"""The pupils of the school, as the learners module knows them: the one place that finance asks."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Subquery, func, select

from core.sdk import Context
from plugins.learners import public as learners


def enrolled(ctx: Context) -> Subquery:
    """Present enrolments: `code, person_id, names, keys, class and grade`."""
    given = learners.enrolled(ctx).subquery("given")
    names = ("person_id", "full_name", "sort_key", "search_text", "class_id", "class_name", "grade")
    code = func.coalesce(given.c.code, "").label("code")
    return select(code, *(given.c[name] for name in names)).subquery("enrolled")


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A class of the current year."""

    id: UUID
    name: str
    grade: int


def classes(ctx: Context) -> list[SchoolClass]:
    """The classes of the current year, by grade and name."""
    rows = ctx.session.execute(learners.classes(ctx)).all()
    return [SchoolClass(row.class_id, row.class_name, row.grade) for row in rows]
