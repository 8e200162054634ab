"""The actor of a job as JSON, so that the handler acts with the name and rights of who asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from core.types.actor import Actor


def to_json(actor: Actor) -> dict[str, Any]:
    """Everything but the address of the browser: the job does not come from there."""
    return {
        "kind": actor.kind,
        "name": actor.name,
        "account_id": str(actor.account_id) if actor.account_id else None,
        "person_id": str(actor.person_id) if actor.person_id else None,
        "roles": sorted(actor.roles),
        "permissions": sorted(actor.permissions),
        "locale": actor.locale,
    }


@lru_cache(maxsize=256)
def encoded(actor: Actor) -> str:
    """`to_json` as text: the same people ask for many jobs."""
    return msgspec.json.encode(to_json(actor)).decode()


def from_json(data: Mapping[str, Any]) -> Actor:
    """The actor with the rights held when the job was asked for."""
    return Actor(
        kind=data["kind"],
        name=data["name"],
        account_id=UUID(data["account_id"]) if data["account_id"] else None,
        person_id=UUID(data["person_id"]) if data["person_id"] else None,
        roles=frozenset(data["roles"]),
        permissions=frozenset(data["permissions"]),
        locale=data["locale"],
    )
