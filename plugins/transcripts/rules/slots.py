"""Places for signatures: who signs what, and in which order (signing.md, section 3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """In which capacity somebody signs; the names stand in the file."""

    SUBJECT = "GVBM"
    """Subject teacher: the results of one subject."""
    HOMEROOM = "GVCN"
    """Homeroom teacher: the learner's information and results."""
    PRINCIPAL = "CBQL"
    """Principal, or a deputy by delegation: everything, with the signatures before."""
    SEAL = "KY_PHAT_HANH"
    """The organisation, in place of the rubber stamp."""


ORDER = tuple(Role)
"""Who signs after whom. Subject teachers sign side by side."""


class SlotState(StrEnum):
    WAITING = "waiting"
    SIGNED = "signed"
    DROPPED = "dropped"
    """The record was opened again: what was signed there counts no more."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One place for a signature; `subject` is the code of the subject in a subject teacher's."""

    role: Role
    subject: str = ""


def before(place: Place, places: Collection[Place]) -> frozenset[Place]:
    """The places of a record that have to be signed before this one."""
    rank = ORDER.index(place.role)
    return frozenset(other for other in places if ORDER.index(other.role) < rank)
