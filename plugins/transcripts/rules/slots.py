"""In which order the places of a record are signed (signing.md, section 3)."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from ..record.slots import Role
from ..record.slots import Slot as Place

ORDER = (Role.SUBJECT, Role.HOMEROOM, Role.PRINCIPAL, Role.SEAL)
"""Who signs after whom. Subject teachers sign side by side."""


class SlotState(StrEnum):
    WAITING = "waiting"
    SIGNED = "signed"
    DROPPED = "dropped"
    """The record was opened again: what was signed there counts no more."""


def before(place: Place, places: Collection[Place]) -> frozenset[Place]:
    """The places of a record that have to be signed before this one."""
    rank = ORDER.index(place.role)
    return frozenset(other for other in places if ORDER.index(other.role) < rank)


__all__ = ["ORDER", "Place", "Role", "SlotState", "before"]
