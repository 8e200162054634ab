"""The blueprint of the module's pages, and what several of them share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, request, url_for

from core.sdk import Context
from core.sdk.errors import Invalid
from core.sdk.text import Message
from core.sdk.web import Cursor, visitor

blueprint = Blueprint("finance", __name__)


@blueprint.context_processor
def _rights() -> dict[str, object]:
    """What templates may ask: `may("finance.bill.cancel")`, and whether a page of another file is there."""
    person = visitor()
    return {
        "may": person.actor.has if person else lambda permission: False,
        "has_endpoint": lambda endpoint: endpoint in current_app.view_functions,
    }


def asked(name: str, longest: int = 100) -> str:
    """A parameter of the address, cut to a reasonable length."""
    return request.args.get(name, "").strip()[:longest]


def typed() -> dict[str, str]:
    """What was posted, one value a field, to show it again beside its errors."""
    return {name: value for name, value in request.form.items() if name != "csrf_token"}


def faults(error: Invalid) -> dict[str, Message]:
    """The errors of a form by field; an error without a field stands for the form."""
    return dict(error.fields) or {"": error.message}


def uuid_of(text: str) -> UUID | None:
    """An id from a form or an address, None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def uuids(name: str) -> list[UUID]:
    """The ids of ticked boxes, in the order of the page."""
    return [found for text in request.form.getlist(name) if (found := uuid_of(text)) is not None]


def month_of(text: str) -> date | None:
    """`2026-09` or `09/2026` as the first day of the month."""
    parts = text.replace("/", "-").split("-")
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        return None
    first, second = int(parts[0]), int(parts[1])
    year, month = (first, second) if first > 12 else (second, first)
    return date(year, month, 1) if 1 <= month <= 12 and 2000 <= year <= 2100 else None


def here(**changes: str) -> str:
    """The address of this page with other parameters; empty ones go, and the page starts from its beginning."""
    values: dict[str, str] = {
        name: value for name, value in request.args.items() if name not in ("after", "lang", "theme")
    }
    values |= changes
    kept: Mapping[str, str] = {name: value for name, value in values.items() if value}
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **kept})


def chip(label: object, name: str, value: str) -> dict[str, object]:
    """A filter that is on when the address has this value; it leads to the view without it, or with it."""
    on = request.args.get(name, "") == value
    return {"label": label, "url": here(**{name: "" if on else value}), "on": on}


def position(order: str) -> tuple[str, ...] | None:
    """Where a list goes on, from the address."""
    return Cursor(order).read(request.args.get("after"))


def next_url(order: str, position: tuple[str, ...] | None) -> str | None:
    """The address of the following page, None at the end."""
    return here(after=Cursor(order).write(position)) if position else None


@contextmanager
def whole(ctx: Context) -> Iterator[None]:
    """A step that happens entirely or not at all, also where its refusal is shown on the same page."""
    with ctx.session.begin_nested():
        yield


def said(**messages: Message) -> dict[str, Any]:
    """Messages of a form field; marshmallow is typed for plain texts and passes ours through."""
    return dict(messages)
