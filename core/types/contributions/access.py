"""Rights, who has them by default, and whom they reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.types.message import Message

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Select

    from core.data.context import Context


@dataclass(frozen=True, slots=True)
class Permission:
    """A right, named `<plugin>.<thing>.<verb>`; one that ends in `.own` reaches only one's own children or oneself."""

    name: str
    label: Message
    assurance: int = 0
    """The level at which a provider of identities must know the person (its own order, from 1); asked for by each page
    and API operation that names the permission. 0: none. Programs with tokens reach no such operation."""
    scopes: tuple[str, ...] = ()
    """Scopes of tokens that a standard names for it (an address, as OneRoster has them), besides the one that follows
    from the name. A scope that several permissions name is given only to a program that may have all of them."""


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """Adds permissions to a role. Roles of the core: operator, head, office, accountant, teacher, parent, pupil."""

    role: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """A relation that a permission may be limited to: `learners.learner.read.own` reaches one's own children.

    Every permission `<p>.<suffix>` that somebody declares gives `<p>` for the persons of this relation and for nobody
    else. Lists use it as a condition of their SQL, so they stay as quick as without it.
    """

    suffix: str
    """The last part of a permission's name: `own`, `homeroom`. A plugin's own begins with its name: `canteen_table`."""
    label: Message
    persons: Callable[[Context], Select[UUID] | None]
    """Ids of the persons that the actor of the context is related to, as a query on the school of the context that runs
    on an index of the actor's side; None when the actor cannot have any."""
    sql: str = ""
    """The same in SQL, with the places `:scope_school`, `:scope_person` (the actor) and `:scope_day` (today): a long
    list then asks the database once. Without it the ids are fetched first."""
