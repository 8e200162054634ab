"""What sensitive data may be read for, and which classes each purpose serves.

Law 91/2025/QH15: data are processed for a purpose and within it. A list of the core, because schools do the same
things with them whatever module holds them, and the family reads the same words everywhere. A plugin adds what is its
own (`provide_purposes`); it counts at schools that have the plugin switched on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from core.kernel.facade.base import Owned
from core.types.contributions import Purpose
from core.types.data_classes import GUARDED
from core.types.message import Message, _

EMERGENCY = "emergency"
RECORD = "record"
EXPORT = "export"
REQUEST = "request"


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
"""The core's own."""
_added: Mapping[str, Owned[Purpose]] = MappingProxyType({})


def bind(added: Iterable[Owned[Purpose]]) -> None:
    """Say which purposes plugins add (`registry.purposes()`). None of them replaces one of the core."""
    global _added
    _added = MappingProxyType({owned.item.name: owned for owned in added if owned.item.name not in PURPOSES})


def find(name: str) -> Purpose | None:
    """A purpose of the core or of an installed plugin."""
    added = _added.get(name)
    return PURPOSES.get(name) or (added.item if added else None)


def module_of(name: str) -> str:
    """The plugin whose purpose it is; empty for the core's own."""
    added = _added.get(name)
    return added.module if added else ""


def serving(data_classes: Collection[str], modules: frozenset[str] = frozenset()) -> list[Purpose]:
    """The purposes that a reader may choose for at least one of these classes.

    Args:
        modules: switched on at the school; only their purposes are added to the core's.
    """
    added = [owned.item for owned in _added.values() if owned.module in modules]
    return [p for p in (*_ALL, *added) if p.chosen and not p.data_classes.isdisjoint(data_classes)]


def label_of(name: str) -> Message:
    """What a purpose is called; one of a version that is no longer installed keeps its code."""
    found = find(name)
    return found.label if found else Message("%(name)s", {"name": name})
