"""Records that were merged into others: what names the older one and is never rewritten is found by its trace."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CompoundSelect, Select, Uuid, delete, insert, literal, select, union_all

from core.data.context import Context

from .models import MergedPerson


def all_ids(persons: UUID | Select[UUID]) -> CompoundSelect[UUID]:
    """A person's id, or those of a query, with the ids of all records that were merged into them."""
    own = persons if isinstance(persons, Select) else select(literal(persons, Uuid))
    return union_all(own, select(MergedPerson.gone_id).where(MergedPerson.kept_id.in_(own)))


def kept_ids(ctx: Context) -> dict[UUID, UUID]:
    """By the id of a record that was merged away: that of the one which is kept."""
    found = select(MergedPerson.gone_id, MergedPerson.kept_id).where(MergedPerson.school_id == ctx.school_id)
    return {row.gone_id: row.kept_id for row in ctx.session.execute(found)}


def leave_trace(ctx: Context, keep: UUID, gone: UUID) -> None:
    """Keep in mind that `gone` is found under `keep`; traces that led to `gone` have been moved there."""
    ctx.session.execute(insert(MergedPerson).values(school_id=ctx.school_id, gone_id=gone, kept_id=keep))


def lift_trace(ctx: Context, gone: UUID) -> None:
    """The merge was taken back."""
    mine = MergedPerson.school_id == ctx.school_id
    ctx.session.execute(delete(MergedPerson).where(mine, MergedPerson.gone_id == gone))
