"""Merges that were done: the list, and what was set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, PersonReference
from core.sdk.errors import NotFound
from core.sdk.people import set_aside
from core.sdk.text import Message

from ...models import Merge
from ..doubles import MERGE


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A merge that was done."""

    id: UUID
    kept_id: UUID
    kept_name: str
    author: str
    created_at: datetime
    undone_at: datetime | None


def merges(ctx: Context, limit: int = 20) -> list[MergeLine]:
    """The latest merges, newest first."""
    ctx.require(MERGE)
    query = (
        select(Merge.id, Merge.kept_id, Merge.kept_name, Merge.author, Merge.created_at, Merge.undone_at)
        .where(Merge.school_id == ctx.school_id)
        .order_by(Merge.id.desc())
        .limit(limit)
    )
    return [MergeLine(*row) for row in ctx.session.execute(query)]


@dataclass(frozen=True, slots=True)
class MergeDetail:
    """A merge with what was set aside, by kind, in plain words."""

    line: MergeLine
    aside: list[tuple[Message, list[Message]]]


def merge_detail(ctx: Context, references: Sequence[PersonReference], merge_id: UUID) -> MergeDetail:
    """One merge.

    Raises:
        NotFound: no such merge.
    """
    ctx.require(MERGE)
    done = ctx.session.scalar(select(Merge).where(Merge.school_id == ctx.school_id, Merge.id == merge_id))
    if done is None:
        raise NotFound
    line = MergeLine(done.id, done.kept_id, done.kept_name, done.author, done.created_at, done.undone_at)
    return MergeDetail(line, set_aside(ctx, references, done.undo.get("moved", [])))
