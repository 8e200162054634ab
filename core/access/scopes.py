"""Relation scopes: what reaches only one's own children, or oneself."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from core.data.context import Context
from core.people.models import Relation
from core.types.errors import NotFound

_OWN = ".own"


def children(ctx: Context) -> frozenset[UUID]:
    """Persons whose records the actor may see as their father, mother or guardian.

    A relation without access (a court's or the family's decision) does not count.
    """
    me = ctx.actor.person_id
    if me is None or ctx.school is None:
        return frozenset()
    query = select(Relation.related_id).where(
        Relation.school_id == ctx.school, Relation.person_id == me, Relation.may_access
    )
    return frozenset(ctx.session.execute(query).scalars())


def may(ctx: Context, permission: str, person_id: UUID) -> bool:
    """Whether the actor holds the permission, or its `.own` form and the person is themself or their child."""
    if ctx.actor.has(permission):
        return True
    if not ctx.actor.has(permission + _OWN):
        return False
    return person_id == ctx.actor.person_id or person_id in children(ctx)


def require_for(ctx: Context, permission: str, person_id: UUID) -> None:
    """Let pass with the permission, or with its `.own` form for one's own child or oneself.

    Raises:
        NotFound: otherwise; it never tells whether the record exists.
    """
    if not may(ctx, permission, person_id):
        raise NotFound
