"""All children of an account, at all schools: for the start page of a parent."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.identity.sessions import as_system
from core.types.errors import NotAuthenticated

_CHILDREN = text(
    "SELECT DISTINCT s.id AS school_id, s.name AS school, s.modules, p.person_id, child.id, child.full_name,"
    " child.sort_key FROM core_account_person p JOIN core_school s ON s.id = p.school_id"
    " JOIN core_relation r ON r.school_id = p.school_id AND r.person_id = p.person_id AND r.may_access"
    " JOIN core_person child ON child.id = r.related_id"
    " WHERE p.account_id = :account AND EXISTS (SELECT FROM core_grant g WHERE g.account_id = p.account_id"
    " AND g.school_id = p.school_id AND g.role = 'parent' AND g.valid_from <= :now"
    " AND (g.valid_until IS NULL OR g.valid_until > :now))"
    " ORDER BY s.name, s.id, child.sort_key, child.id LIMIT 40"
)


@dataclass(frozen=True, slots=True)
class FamilyAt:
    """The children of the visitor at one school."""

    school_id: UUID
    school_name: str
    modules: frozenset[str]
    """Switched on there."""
    person_id: UUID
    """Who the visitor is there."""
    children: tuple[str, ...]
    """Full names, by given name."""


def families_of(ctx: Context) -> list[FamilyAt]:
    """Where the actor has children, by school; empty for whoever has none."""
    if ctx.actor.account_id is None:
        raise NotAuthenticated
    with as_system(ctx):
        rows = ctx.session.execute(_CHILDREN, {"account": ctx.actor.account_id, "now": ctx.now()}).all()
    found = []
    for (school_id, name, person), group in groupby(rows, key=lambda row: (row.school_id, row.school, row.person_id)):
        members = list(group)
        names = tuple(row.full_name for row in members)
        found.append(FamilyAt(school_id, name, frozenset(members[0].modules), person, names))
    return found
