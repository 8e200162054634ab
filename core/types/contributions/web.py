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
