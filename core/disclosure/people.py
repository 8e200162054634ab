"""Whom this part tells."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select

from core.access.models import Grant
from core.access.roles import ROLES
from core.data.context import Context
from core.people.models import Person
from core.types.errors import NotFound
from core.types.message import Message

from .access import WATCHING


def watchers(ctx: Context) -> frozenset[UUID]:
    """Accounts of the school that stand over the log, without the actor's own."""
    now = ctx.now()
    query = select(Grant.account_id).where(
        Grant.school_id == ctx.school_id,
        Grant.role.in_(WATCHING),
        Grant.valid_from <= now,
        or_(Grant.valid_until.is_(None), Grant.valid_until > now),
    )
    return frozenset(ctx.session.execute(query).scalars()) - {ctx.actor.account_id}


def name_of(ctx: Context, person_id: UUID) -> str:
    """The name of a person of the school. Raises `NotFound`."""
    mine = select(Person.full_name).where(Person.school_id == ctx.school_id, Person.id == person_id)
    found = ctx.session.execute(mine).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def names_of(ctx: Context, persons: Collection[UUID]) -> dict[UUID, str]:
    """Names by id; persons who are no longer there are missing."""
    query = select(Person.id, Person.full_name).where(Person.school_id == ctx.school_id, Person.id.in_(set(persons)))
    return {row.id: row.full_name for row in ctx.session.execute(query)}


def function_of(roles: Collection[str]) -> list[Message]:
    """What the holder of these roles is at the school."""
    return [label for role, label in ROLES.items() if role in roles]
