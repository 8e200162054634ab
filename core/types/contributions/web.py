"""What appears on pages: the rail, cards, search, tabs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.types.message import Message

if TYPE_CHECKING:
    from uuid import UUID

    from markupsafe import Markup

    from core.data.context import Context


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the left rail (and of the bottom bar on phones when `bottom` is set)."""

    label: Message
    endpoint: str
    icon: str
    permission: str
    section: Message | None = None
    order: int = 100
    bottom: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the start page: what does this person have to do today?"""

    name: str
    permission: str
    render: Callable[[Context], Markup | None]
    order: int = 100


@dataclass(frozen=True, slots=True)
class SearchHit:
    title: str
    detail: str
    url: str
    icon: str = "search"


@dataclass(frozen=True, slots=True)
class SearchSource:
    """Answers the search box of the top bar. `find` takes the folded query and a limit."""

    name: str
    label: Message
    permission: str
    find: Callable[[Context, str, int], Sequence[SearchHit]]


@dataclass(frozen=True, slots=True)
class RecordTab:
    """A tab on another module's record page, such as the bills on a learner's page."""

    record: str
    """`learner`, ..."""
    name: str
    label: Message
    permission: str
    render: Callable[[Context, UUID], Markup]
    order: int = 100


@dataclass(frozen=True, slots=True)
class SlotPlace:
    """A named place on a page where others may add a part; declared by whoever shows the page."""

    name: str
    """`<plugin>.<page>.<where>`: `learners.learner.head`."""
    label: Message
    record: str = ""
    """The kind of record whose id the part is given; empty where the page is about none."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A part on a page of another module. A part that fails is missing; the page is shown."""

    place: str
    name: str
    permission: str
    render: Callable[[Context, UUID | None], Markup | None]
    """None: nothing to show here."""
    order: int = 100


@dataclass(frozen=True, slots=True)
class Action:
    """A button on the records of another module, or on its list for the rows that are ticked."""

    record: str
    """`learner`, ..."""
    name: str
    label: Message
    permission: str
    endpoint: str
    """Where it leads. For one record a page (GET) that takes `argument`; with `bulk` a page that is sent the ticked ids
    as `selected` (POST), shows what would happen and asks."""
    argument: str = "record_id"
    icon: str = ""
    bulk: bool = False
    order: int = 100
