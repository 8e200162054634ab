"""Relation scopes: what reaches only one's own children, one's class, oneself.

A permission `<p>.<suffix>` gives `<p>` for the persons of the scope `<suffix>`. Lists take it as a condition of their
SQL (`reach`), single records as a question (`may`, `require_for`). Plugins bring scopes by `provide_scopes`, and may
refuse access to one person by `check_person_access`, which fails closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import QueryableAttribute

from core.data.context import Context
from core.data.types import local_date
from core.kernel.dispatch import refusal
from core.kernel.facade import Owned
from core.kernel.registry import Registry
from core.people.models import Relation
from core.school.modules import modules_on
from core.types.contributions import Scope
from core.types.errors import Forbidden, NotFound
from core.types.message import _

OWN = "own"
_registry: Registry | None = None


def bind(registry: Registry) -> None:
    """Make the scopes and checks of all plugins known to this process, once at start."""
    global _registry
    _registry = registry


def own_persons(ctx: Context) -> Select[UUID] | None:
    """Persons whose records the actor may see as their father, mother or guardian, as a query.

    A relation without access (a court's or the family's decision) does not count.
    """
    me = ctx.actor.person_id
    if me is None or ctx.school is None:
        return None
    return select(Relation.related_id).where(
        Relation.school_id == ctx.school, Relation.person_id == me, Relation.may_access
    )


_OWN_SQL = (
    "SELECT r.related_id FROM core_relation r"
    " WHERE r.school_id = :scope_school AND r.person_id = :scope_person AND r.may_access"
)
CORE_SCOPES = [Scope(OWN, _("One's own children and oneself"), own_persons, _OWN_SQL)]


def children(ctx: Context) -> frozenset[UUID]:
    """Persons whose records the actor may see as their father, mother or guardian."""
    query = own_persons(ctx)
    return frozenset() if query is None else frozenset(ctx.session.execute(query).scalars())


def suffixes() -> tuple[str, ...]:
    """What a permission can be limited to in this process."""
    return (OWN,) if _registry is None else (OWN, *(name for name in _registry.scopes() if name != OWN))


def reach(ctx: Context, permission: str, person: ColumnElement[UUID] | QueryableAttribute[UUID]) -> ColumnElement[bool]:
    """A condition for lists: only persons whom the actor's permission reaches.

    Args:
        person: the column of the list that holds the person's id.

    Raises:
        Forbidden: when the permission is held in no form.
    """
    if ctx.actor.has(permission):
        return true()
    held = [name for name in suffixes() if ctx.actor.has(f"{permission}.{name}")]
    if not held:
        raise Forbidden(permission)
    found: list[ColumnElement[bool]] = [person.in_(query) for query in _queries(ctx, permission)]
    if OWN in held and ctx.actor.person_id is not None:
        found.append(person == ctx.actor.person_id)
    return or_(false(), *found)


def reached(ctx: Context, permission: str) -> frozenset[UUID] | None:
    """The same as ids, for lists that are written in SQL; None for everybody. Raises `Forbidden`."""
    if ctx.actor.has(permission):
        return None
    if not any(ctx.actor.has(f"{permission}.{name}") for name in suffixes()):
        raise Forbidden(permission)
    return frozenset(id for query in _queries(ctx, permission) for id in ctx.session.execute(query).scalars())


def reached_in(ctx: Context, permission: str, person: str) -> tuple[str, dict[str, object]]:
    """The same as a condition for lists that are written in SQL, and the values for its places.

    The ids are gathered once, as an array: as a join the planner takes the school for a condition of its own on each
    side, expects one person and reads in the wrong order.

    Args:
        person: the column that holds the person's id, as `p.id`.

    Raises:
        Forbidden: when the permission is held in no form.
    """
    if ctx.actor.has(permission):
        return "true", {}
    held = [name for name in suffixes() if ctx.actor.has(f"{permission}.{name}")]
    if not held:
        raise Forbidden(permission)
    known = [scope.sql for scope in _scopes() if scope.suffix in held and scope.sql]
    fetched = {id for query in _queries(ctx, permission, but_sql=True) for id in ctx.session.execute(query).scalars()}
    if OWN in held:
        known.append("SELECT CAST(:scope_person AS uuid)")
    if fetched:
        known.append("SELECT unnest(CAST(:scope_ids AS uuid[]))")
    values: dict[str, object] = {
        "scope_school": ctx.school,
        "scope_person": ctx.actor.person_id,
        "scope_day": local_date(ctx.now()),
        "scope_ids": list(fetched),
    }
    return (f"{person} = ANY(ARRAY({' UNION ALL '.join(known)}))" if known else "false"), values


def may(ctx: Context, permission: str, person_id: UUID) -> bool:
    """Whether the actor holds the permission, or a limited form of it that reaches this person, and nobody objects."""
    return _holds(ctx, permission, person_id) and not _refused(ctx, permission, person_id)


def require_for(ctx: Context, permission: str, person_id: UUID) -> None:
    """Let pass with the permission, or with a limited form of it that reaches this person.

    Raises:
        NotFound: otherwise; it never tells whether the record exists.
    """
    if not may(ctx, permission, person_id):
        raise NotFound


def _holds(ctx: Context, permission: str, person_id: UUID) -> bool:
    if ctx.actor.has(permission):
        return True
    if ctx.actor.has(f"{permission}.{OWN}") and person_id == ctx.actor.person_id:
        return True
    return any(person_id in set(ctx.session.execute(query).scalars()) for query in _queries(ctx, permission))


def _scopes() -> list[Scope]:
    """One's own persons first, then those of plugins."""
    found = _registry.scopes().values() if _registry else ()
    return [*CORE_SCOPES, *(owned.item for owned in found if owned.item.suffix != OWN)]


def _queries(ctx: Context, permission: str, *, but_sql: bool = False) -> Iterator[Select[UUID]]:
    """One query for each limited form that is held; a plugin's that fails reaches nobody.

    Args:
        but_sql: leave out those that a list writes into its own statement.
    """
    if not but_sql and ctx.actor.has(f"{permission}.{OWN}") and (own := own_persons(ctx)) is not None:
        yield own
    for owned in _registry.scopes().values() if _registry else ():
        scope: Scope = owned.item
        wanted = not (but_sql and scope.sql)
        if wanted and scope.suffix != OWN and ctx.actor.has(f"{permission}.{scope.suffix}"):
            query = _asked(owned, ctx)
            if query is not None:
                yield query


def _asked(owned: Owned[Scope], ctx: Context) -> Select[UUID] | None:
    assert _registry is not None  # noqa: S101  (a scope came from it)
    part = f"provide_scopes {owned.item.suffix}"
    return _registry.containment.call(owned.module, part, partial(owned.item.persons, ctx), None)


def _refused(ctx: Context, permission: str, person_id: UUID) -> bool:
    """Whether a module of the school objects. The program itself is asked nothing."""
    if _registry is None or ctx.actor.kind == "system" or not (checks := _registry.check_person_access()):
        return False
    on = _registry.always_on() | {"core"} | (modules_on(ctx) if ctx.school else frozenset[str]())
    asked = [(o.module, partial(o.item, ctx, permission, person_id)) for o in checks if o.module in on]
    return refusal(_registry.containment, "check_person_access", ctx, asked) is not None
