"""Rights, who has them by default, and whom they reach."""

from __future__ import annotations

from dataclasses import dataclass

from core.types.message import Message


@dataclass(frozen=True, slots=True)
class Permission:
    """A right, named `<plugin>.<thing>.<verb>`; one that ends in `.own` reaches only one's own children or oneself."""

    name: str
    label: Message


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """Adds permissions to a role. Roles of the core: operator, head, office, accountant, parent."""

    role: str
    permissions: frozenset[str]
