"""Fills the frame around a signed-in page from the registry and the visitor: no query of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from flask import Flask, get_flashed_messages, request, url_for

from core.access.roles import PARENT, ROLES
from core.sdk.web.language import locale
from core.sdk.web.runtime import Runtime, Visitor, runtime, visitor
from core.types.contributions import NavItem as Contributed
from core.types.message import Message, _

from .components import Frame, NavItem, NavSection

_EMPTY = Frame("Trường", "", "", "/search", "")


def install(app: Flask) -> None:
    """Give every template `frame`, `locale`, `theme` and `csrf_token`; built only when a template asks for it."""

    @app.context_processor
    def surroundings() -> dict[str, object]:
        person = visitor()
        theme = request.args.get("theme") or request.cookies.get("theme", "auto")
        values: dict[str, object] = {"locale": locale(), "theme": theme}
        if person is not None:
            values["frame"] = build(runtime(), person, theme)
            values["csrf_token"] = runtime().csrf_token(person.token)
        else:
            values["frame"] = _EMPTY
        return values


def build(program: Runtime, person: Visitor, theme: str) -> Frame:
    """The frame of this visitor at this address."""
    modules = person.modules
    allowed = [item for item in program.registry.nav(modules) if person.actor.has(item.permission)]
    urls = {item.endpoint: url_for(item.endpoint) for item in allowed}
    here = _here(urls.values())
    return Frame(
        school_name=person.school_name or "Trường",
        person_name=person.actor.name,
        role_label=_roles(person),
        search_url=url_for("home.search"),
        csrf_token=program.csrf_token(person.token),
        locale=locale(),
        theme=theme,
        year_label=person.year_name,
        nav=_sections(allowed, urls, here),
        bottom_nav=[_link(item, urls, here) for item in allowed if item.bottom][:5],
        schools=[(i, name, url_for("identity.switch", school=i)) for i, name in person.schools],
        flashes=_flashes(),
        account_items=_own(person),
        sign_out_url=url_for("identity.sign_out"),
        inbox_url=url_for("inbox.messages") if person.school_id else None,
    )


def _own(person: Visitor) -> list[NavItem]:
    """What concerns oneself: the account, and what is held on the person behind it."""
    items = [NavItem(_("My account"), url_for("identity.account"), "person")]
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


def _sections(items: Iterable[Contributed], urls: Mapping[str, str], here: str) -> list[NavSection]:
    sections: dict[str, NavSection] = {}
    links: dict[str, list[NavItem]] = {}
    for item in items:
        key = item.section.msgid if item.section else ""
        links.setdefault(key, []).append(_link(item, urls, here))
        sections.setdefault(key, NavSection(item.section or "", links[key]))
    return list(sections.values())


def _link(item: Contributed, urls: Mapping[str, str], here: str) -> NavItem:
    url = urls[item.endpoint]
    return NavItem(item.label, url, item.icon, current=url == here)


def _here(urls: Iterable[str]) -> str:
    """The entry that this page lies under: the longest address that its own begins with."""
    path = request.path
    return max(
        (u for u in urls if path == u or (u != "/" and path.startswith(u.rstrip("/") + "/"))), key=len, default=""
    )


def _flashes() -> list[tuple[str, object]]:
    waiting = cast("list[tuple[str, object]]", get_flashed_messages(with_categories=True))
    return [(kind, Message.from_json(text) if isinstance(text, dict) else text) for kind, text in waiting]
