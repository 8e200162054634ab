"""What the frame around a signed-in page needs to know (templates/layout.html)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link of the menu; icon is an id of static/icons.svg."""

    label: object
    url: str
    icon: str = "dot"
    current: bool = False


@dataclass(frozen=True, slots=True)
class NavSection:
    """Links under one heading; an empty label shows none."""

    label: object
    items: Sequence[NavItem]


@dataclass(frozen=True, slots=True)
class Frame:
    """The surroundings of a page: school, menu, person. Labels are texts or lazy messages."""

    school_name: str
    person_name: str
    role_label: object
    search_url: str
    csrf_token: str
    locale: str = "vi"
    theme: str = "auto"
    year_label: object = ""
    nav: Sequence[NavSection] = ()
    bottom_nav: Sequence[NavItem] = ()
    schools: Sequence[tuple[object, str, str]] = ()
    flashes: Sequence[tuple[str, object]] = field(default=())
    account_items: Sequence[NavItem] = ()
    sign_out_url: str | None = None
    inbox_url: str | None = None
    """Messages to this person; their number is asked for by the page's script, at most once a minute."""
