"""Finding a pupil by what people type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, func, select

from core.sdk import Context, fold
from core.sdk.errors import NotFound
from plugins.finance.roll import enrolled


@dataclass(frozen=True, slots=True)
class PupilHit:
    """A pupil to choose."""

    person_id: UUID
    full_name: str
    code: str
    class_name: str

    @property
    def detail(self) -> str:
        """Class and code in one line."""
        return " · ".join(part for part in (self.class_name, self.code) if part)


def find_pupils(ctx: Context, words: str, limit: int = 20) -> list[PupilHit]:
    """Pupils whose name, code or class holds each of the words, by name; accents do not matter."""
    ctx.require("finance.bill.read")
    parts = fold(words).split()
    if not parts:
        return []
    roll = enrolled(ctx)
    held = roll.c.search_text + " " + func.lower(roll.c.class_name)
    query = select(*_columns(roll)).where(*(held.contains(part, autoescape=True) for part in parts))
    rows = ctx.session.execute(query.order_by(roll.c.sort_key, roll.c.person_id).limit(limit))
    return [PupilHit(*row) for row in rows]


def pupil(ctx: Context, person_id: UUID) -> PupilHit:
    """One pupil who is in a class now.

    Raises:
        NotFound: no such pupil at this school.
    """
    ctx.require("finance.bill.read")
    roll = enrolled(ctx)
    row = ctx.session.execute(select(*_columns(roll)).where(roll.c.person_id == person_id)).one_or_none()
    if row is None:
        raise NotFound()
    return PupilHit(*row)


def _columns(roll: Subquery) -> tuple[ColumnElement[Any], ...]:
    return roll.c.person_id, roll.c.full_name, roll.c.code, func.coalesce(roll.c.class_name, "")
