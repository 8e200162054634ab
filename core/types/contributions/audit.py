"""Words for the record of changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.types.message import Message

if TYPE_CHECKING:
    from core.data.context import Context


@dataclass(frozen=True, slots=True)
class AuditAction:
    """What an action of the record of changes is called in plain words."""

    code: str
    """As it is recorded: `finance.round.published`."""
    label: Message
    detail: Callable[[Mapping[str, Any]], Message | None] | None = None
    """What else the entry's details say, such as how many bills went out."""


@dataclass(frozen=True, slots=True)
class AuditTarget:
    """A kind of record that actions happen to: its name, and the page that shows it, if there is one."""

    type: str
    """As it is recorded: `finance_round`."""
    label: Message
    permission: str = ""
    """Who may read the record's own name and follow the link; without it only the kind is shown."""
    names: Callable[[Context, Sequence[str]], Mapping[str, str | Message]] | None = None
    """The names of many records at once, by id; set-based, for a page of entries."""
    endpoint: str = ""
    argument: str = ""
    """The page of one record and the name of its id in the address."""
