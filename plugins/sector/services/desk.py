"""The desk "to mend": what the sector refused and is not taken since, with its reason and the way to the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, select, tuple_

from core.sdk import Context
from core.sdk.school import current_year

from ..access import READ
from ..models import Batch, Known, Line


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that the sector refused the last time it was handed over."""

    kind: str
    term: int
    key: str
    learner_id: UUID | None
    class_id: UUID | None
    full_name: str
    class_name: str
    part: str
    message: str
    batch_id: UUID
    batch_number: int
    number: int
    """Of the row in that batch."""
    at: datetime


def refusals(
    ctx: Context, *, kind: str = "", after: tuple[str, int, str] | None = None, limit: int = 50
) -> list[Refusal]:
    """What is to be mended in the current school year, by kind and class.

    Args:
        after: kind, number and key of the last one before.
    """
    ctx.require(READ)
    query = (
        select(
            Known.kind, Known.term, Known.key, Known.learner_id, Known.class_id, Line.full_name, Line.class_name,
            Line.part, Known.message, Known.batch_id, Batch.number, Known.number, Known.at,
        )
        .join(Line, (Line.school_id == Known.school_id) & (Line.batch_id == Known.batch_id)
              & (Line.number == Known.number))
        .join(Batch, (Batch.school_id == Known.school_id) & (Batch.id == Known.batch_id))
        .where(
            Known.school_id == ctx.school_id, Known.year_id == current_year(ctx).id, Known.state == "refused",
            *((Known.kind == kind,) if kind else ()),
        )
        .order_by(Known.kind, Known.number, Known.key)
    )  # fmt: skip
    if after is not None:
        query = query.where(tuple_(Known.kind, Known.number, Known.key) > after)
    return [Refusal(*row) for row in cast("list[tuple[Any, ...]]", ctx.session.execute(query.limit(limit)).all())]


def counts(ctx: Context) -> Mapping[str, int]:
    """How many records are to be mended, by kind."""
    ctx.require(READ)
    query = (
        select(Known.kind, func.count())
        .where(Known.school_id == ctx.school_id, Known.year_id == current_year(ctx).id, Known.state == "refused")
        .group_by(Known.kind)
    )
    return {row[0]: row[1] for row in ctx.session.execute(query)}


def standing(ctx: Context) -> Mapping[str, Mapping[str, Any]]:
    """By kind: how many records the sector has taken, waits to answer, refused; and when it was told last."""
    ctx.require(READ)
    query = (
        select(Known.kind, Known.state, func.count(), func.max(Known.at))
        .where(Known.school_id == ctx.school_id, Known.year_id == current_year(ctx).id)
        .group_by(Known.kind, Known.state)
    )
    found: dict[str, dict[str, Any]] = {}
    for kind, state, count, at in ctx.session.execute(query):
        held = found.setdefault(kind, {"at": at})
        held[state] = count
        held["at"] = max(held["at"], at)
    return found
