"""Fills the frame around a signed-in page from the registry and the visitor: no query of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import cast

from flask import Flask, g, get_flashed_messages, request, url_for

from core.access.roles import PARENT, ROLES
from core.kernel.registry import Registry
from core.sdk.web.language import locale
from core.sdk.web.runtime import Runtime, Visitor, runtime, visitor
from core.types.contributions import NavItem as Contributed
from core.types.message import Message, _

from .components import Frame, NavItem, NavSection

_EMPTY = Frame("Trường", "", "", "/search", "")


def install(app: Flask) -> None:
    """Give every template `frame`, `locale`, `theme` and `csrf_token`."""

    @app.context_processor
    def surroundings() -> dict[str, object]:
        person = visitor()
        values: dict[str, object] = {"locale": locale(), "theme": _theme(), "frame": _Later()}
        if person is not None:
            values["csrf_token"] = runtime().csrf_token(person.token)
        return values


def _theme() -> str:
    return request.args.get("theme") or request.cookies.get("theme", "auto")


class _Later:
    """The frame, built when a template first asks for a part of it: cards and fragments, many on a page, never do."""

    def __getattr__(self, name: str) -> object:
        built = _present()
        vars(self).update({field.name: getattr(built, field.name) for field in fields(built)})
        return getattr(built, name)


def _present() -> Frame:
    """Built once a request for one visitor."""
    person = visitor()
    if person is None:
        return _EMPTY
    built: tuple[Visitor, Frame] | None = g.get("frame")
    if built is None or built[0] is not person:
        built = g.frame = (person, build(runtime(), person, _theme()))
    return built[1]


def build(program: Runtime, person: Visitor, theme: str) -> Frame:
    """The frame of this visitor at this address."""
    nav, bottom = _menu(program.registry, person)
    address = _addresses(program.registry)
    return Frame(
        school_name=person.school_name or "Trường",
        person_name=person.actor.name,
        role_label=_roles(person),
        search_url=address["home.search"],
        csrf_token=program.csrf_token(person.token),
        locale=locale(),
        theme=theme,
        year_label=person.year_name,
        nav=nav,
        bottom_nav=bottom,
        schools=[(i, name, url_for("identity.switch", school=i)) for i, name in person.schools],
        flashes=_flashes(),
        account_items=_own(person, address["identity.account"]),
        sign_out_url=address["identity.sign_out"],
        inbox_url=address["inbox.messages"] if person.school_id else None,
    )


def _addresses(registry: Registry) -> Mapping[str, str]:
    """Where the links lead that everybody has."""
    names = ("home.search", "identity.account", "identity.sign_out", "inbox.messages")
    return registry.memo(("addresses", request.root_path), lambda: {name: url_for(name) for name in names})


def _menu(registry: Registry, person: Visitor) -> tuple[Sequence[NavSection], Sequence[NavItem]]:
    """The rail and the bar below: they follow from modules, permissions and the entry that the page lies under."""
    key = ("menu", person.modules, person.actor.permissions, request.root_path)

    def allowed() -> Sequence[tuple[Contributed, str]]:
        items = [item for item in registry.nav(person.modules) if person.actor.has(item.permission)]
        return [(item, url_for(item.endpoint)) for item in items]

    entries = registry.memo(key, allowed)
    here = _here(url for _item, url in entries)

    def drawn() -> tuple[Sequence[NavSection], Sequence[NavItem]]:
        links = [(item, NavItem(item.label, url, item.icon, current=url == here)) for item, url in entries]
        return _sections(links), [link for item, link in links if item.bottom][:5]

    return registry.memo((*key, here), drawn)


def _own(person: Visitor, account: str) -> list[NavItem]:
    """What concerns oneself: the account, and what is held on the person behind it."""
    items = [NavItem(_("My account"), account, "person")]
    if person.actor.person_id and person.actor.has("core.people.data.own"):
        held = url_for("personal.data", person_id=person.actor.person_id)
        items.append(NavItem(_("What the school holds on me"), held, "shield"))
    return items


def _roles(person: Visitor) -> Message | str:
    """The widest role, and parent beside it: the two that one person may well be at once."""
    held = [name for name in ROLES if name in person.actor.roles]
    if len(held) > 1 and PARENT in held:
        return _("%(role)s, also parent", role=ROLES[held[0]])
    return ROLES[held[0]] if held else ""


def _sections(links: Iterable[tuple[Contributed, NavItem]]) -> list[NavSection]:
    sections: dict[str, NavSection] = {}
    held: dict[str, list[NavItem]] = {}
    for item, link in links:
        key = item.section.msgid if item.section else ""
        held.setdefault(key, []).append(link)
        sections.setdefault(key, NavSection(item.section or "", held[key]))
    return list(sections.values())


def _here(urls: Iterable[str]) -> str:
    """The entry that this page lies under: the longest address that its own begins with."""
    path = request.path
    return max(
        (u for u in urls if path == u or (u != "/" and path.startswith(u.rstrip("/") + "/"))), key=len, default=""
    )


def _flashes() -> list[tuple[str, object]]:
    waiting = cast("list[tuple[str, object]]", get_flashed_messages(with_categories=True))
    return [(kind, Message.from_json(text) if isinstance(text, dict) else text) for kind, text in waiting]
