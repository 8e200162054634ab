"""What sensitive data may be read for, and which classes each purpose serves.

Law 91/2025/QH15: data are processed for a purpose and within it. A list of the core, because schools do the same
things with them whatever module holds them, and the family reads the same words everywhere.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from types import MappingProxyType

from core.types.data_classes import GUARDED
from core.types.message import Message, _

EMERGENCY = "emergency"
RECORD = "record"
EXPORT = "export"
REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Purpose:
    """A reason to read, as the reader chooses it and the family reads it."""

    name: str
    label: Message
    data_classes: frozenset[str]
    """Classes that it opens; nothing else."""
    chosen: bool = True
    """False: the program states it itself where the step says what it is for."""


_ALL = [
    Purpose("care", _("Care for the child's health and safety"), frozenset({"health", "location"})),
    Purpose("support", _("Teaching a child with special needs"), frozenset({"health", "policy", "origin"})),
    Purpose("benefits", _("Fee reductions, insurance and support for the family"), frozenset({"health", "policy"})),
    Purpose("statistics", _("Statistics and reports that an authority asks for"), frozenset({"policy", "origin"})),
    Purpose("check", _("Checking the record against papers"), GUARDED),
    Purpose(RECORD, _("Entering and changing the record"), GUARDED, chosen=False),
    Purpose(REQUEST, _("Answering a request about the person's own data"), GUARDED, chosen=False),
    Purpose(EMERGENCY, _("Emergency"), frozenset({"health"}), chosen=False),
    Purpose(EXPORT, _("List taken out as a file, agreed by a second person"), GUARDED, chosen=False),
]
PURPOSES = MappingProxyType({purpose.name: purpose for purpose in _ALL})


def serving(data_classes: Collection[str]) -> list[Purpose]:
    """The purposes that a reader may choose for at least one of these classes."""
    return [p for p in _ALL if p.chosen and not p.data_classes.isdisjoint(data_classes)]


def label_of(name: str) -> Message:
    """What a purpose is called; one of a version that is no longer installed keeps its code."""
    found = PURPOSES.get(name)
    return found.label if found else Message("%(name)s", {"name": name})
