"""Who acts. Built once per request, job or command; services only read it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

ActorKind = Literal["account", "client", "link", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in account, the program of a vendor, the holder of a signed link, or the program itself.

    `permissions` are those at the school of the context, already resolved from roles and switched-on modules.
    """

    kind: ActorKind
    name: str
    account_id: UUID | None = None
    person_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    locale: str = "vi"
    remote_addr: str = ""
    proved_at: datetime | None = None
    """When a signed-in person last proved who they are; None for those who cannot be asked."""

    client_id: UUID | None = None
    """The vendor's program that acts, for itself or for the account; None for people on our own pages."""

    session_id: UUID | None = None
    """The signed-in session or the access token; None for those who have none."""

    def has(self, permission: str) -> bool:
        """Whether the permission is held; the program itself may do everything, and is audited by name."""
        return self.kind == "system" or permission in self.permissions

    def with_permissions(self, *permissions: str) -> Self:
        """The same actor with more permissions, for tests and for links that carry exactly one right."""
        return replace(self, permissions=self.permissions | set(permissions))


def system_actor(name: str) -> Actor:
    """The program acting by itself, named after its part: `worker`, `demo`, `cli`."""
    return Actor(kind="system", name=f"system:{name}")
