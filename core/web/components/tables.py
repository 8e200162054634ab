"""Rows of `data_table`, written in Python: a macro call for each cell would cost most of a list page's time.

The markup is that of `cell` in templates/parts/table.html, and a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from jinja2 import Environment, pass_environment
from markupsafe import Markup, escape

from core.types.message import Message
from core.web.components.format import day, initials, iso, moment, money, number, text

Speak = Callable[[object], str]
Cell = Callable[[Any], str]

STATE_ICONS = {"ok": "check", "wait": "clock", "attention": "alert", "stop": "stop", "neutral": "dot"}
RIGHT = ("money", "number")
_SPECIAL = re.compile("[&<>'\"]").search
"""Most values have nothing to escape; finding that out costs a fifth of escaping them."""
_ICON = '<svg class="icon" aria-hidden="true" focusable="false">'


@pass_environment
def table_rows(
    environment: Environment,
    columns: Sequence[Mapping[str, Any]],
    rows: Iterable[Any],
    select: str | None = None,
    select_label: str | None = None,
    form: str | None = None,
) -> Markup:
    """All `<tr>` of a table. `rows`: mappings, result rows or objects with the columns' keys."""

    words: dict[str, str] = {}

    def speak(value: object) -> str:
        if type(value) is str and not _SPECIAL(value):
            return value
        if not isinstance(value, Message):
            return str(escape(value))
        if value.params:
            return str(escape(text(environment, value)))
        if value.msgid not in words:  # the same word in many rows
            words[value.msgid] = str(escape(text(environment, value)))
        return words[value.msgid]

    dash = f'<span class="none" aria-label="{speak(Message("none"))}">–</span>'
    cells = [(c["key"], _opening(c, speak), _cell(environment, c.get("kind"), speak)) for c in columns]
    label_key = select_label or columns[0]["key"]
    out: list[str] = []
    for row in rows:
        values = _values(row)
        out.append('<tr role="row">')
        if select:
            out.append(_tick(environment, select, form, values("id"), values(label_key)))
        for key, opening, cell in cells:
            value = values(key)
            out.append(f"{opening}{dash if value is None else cell(value)}</td>")
        out.append("</tr>\n")
    return Markup("".join(out))  # noqa: S704  # every piece was escaped above


def _values(row: Any) -> Callable[[str], Any]:
    mapping = row if isinstance(row, Mapping) else getattr(row, "_mapping", None)
    return mapping.get if mapping is not None else lambda key: getattr(row, key, None)


def _opening(column: Mapping[str, Any], speak: Speak) -> str:
    align = column.get("align") or ("right" if column.get("kind") in RIGHT else "left")
    names = [align, "primary" if column.get("primary") else "", speak(column.get("class") or "")]
    label = column.get("header")
    shown = f' data-label="{speak(label)}"' if label else ""
    return f'<td role="cell" class="{" ".join(filter(None, names))}"{shown}>'


def _cell(environment: Environment, kind: str | None, speak: Speak) -> Cell:
    if kind == "state":
        return _state(environment, speak)
    cells: dict[str | None, Cell] = {
        "money": lambda v: f'<data class="money" value="{v}">{money(v)}</data>',
        "number": lambda v: f'<span class="num">{number(v)}</span>',
        "digits": lambda v: f'<span class="num">{speak(v)}</span>',
        "date": lambda v: _time(v, day),
        "datetime": lambda v: _time(v, moment),
        "link": lambda v: f'<a href="{speak(v["url"])}">{speak(v["label"])}</a>',
        "person": lambda v: _person(v if isinstance(v, Mapping) else {"name": v}, speak),
    }
    return cells.get(kind, speak)


def _time(value: date | datetime, write: Callable[[Any], str]) -> str:
    return f'<time class="num" datetime="{iso(value)}">{write(value)}</time>'


def _state(environment: Environment, speak: Speak) -> Cell:
    sprite = environment.globals["asset_url"]("icons.svg")  # type: ignore[operator]  # set by `install`
    icons = {kind: f'{_ICON}<use href="{sprite}#{icon}"></use></svg>' for kind, icon in STATE_ICONS.items()}

    def cell(value: tuple[str, object]) -> str:
        kind, word = value
        icon = icons.get(kind, icons["neutral"])
        return f'<span class="state {speak(kind)}">{icon}<span>{speak(word)}</span></span>'

    return cell


def _person(person: Mapping[str, Any], speak: Speak) -> str:
    name, detail, url = speak(person["name"]), person.get("detail"), person.get("url")
    more = f' <span class="person-detail">{speak(detail)}</span>' if detail else ""
    mark = f'<span class="person-mark" aria-hidden="true">{speak(initials(person["name"]))}</span>'
    words = f'<span class="person-text"><span class="person-name">{name}</span>{more}</span>'
    if url:
        return f'<a class="person" href="{speak(url)}">{mark}{words}</a>'
    return f'<span class="person">{mark}{words}</span>'


def _tick(environment: Environment, name: str, form: str | None, value: object, label: Any) -> str:
    named = (label.get("label") or label.get("name")) if isinstance(label, Mapping) else label
    says = text(environment, Message("Select %(what)s", {"what": text(environment, named)}))
    owner = f' form="{escape(form)}"' if form else ""
    sent = f'name="{escape(name)}" value="{escape(value)}"{owner}'
    box = f'<input type="checkbox" {sent} aria-label="{escape(says)}">'
    return f'<td role="cell" class="tick"><label class="tick-box">{box}</label></td>'
