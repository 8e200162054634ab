"""Sensitive data on pages: asking for the purpose, the banner of an emergency, and the door for files."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from core.data.context import Context
from core.disclosure import exports
from core.disclosure.emergency import own_open
from core.disclosure.purposes import serving
from core.types.data_classes import DATA_CLASSES
from core.types.errors import Conflict
from core.types.message import Message

from .render import flash, redirect_to, render
from .runtime import visitor

RELEASE = "release"
"""The parameter of an address that names the agreed request."""


def purpose_asked(ctx: Context, person_id: UUID, data_classes: Collection[str]) -> Markup | None:
    """The form that asks what these classes are needed for; it leads back to the present page.

    Args:
        data_classes: those that `disclose` did not open. None of them: nothing to ask. In an emergency neither.
    """
    if not data_classes or own_open(ctx, person_id):
        return None
    person = visitor()
    offered = serving(data_classes, person.modules if person else frozenset())
    labels = [label for name, label in DATA_CLASSES.items() if name in data_classes]
    # The words go into a template of the core; what is typed there is escaped as everywhere.
    return Markup(  # noqa: S704
        render(
            "pages/purpose_form.html",
            person_id=person_id,
            labels=labels,
            purposes=[(purpose.name, purpose.label) for purpose in offered],
            back=request.full_path.rstrip("?"),
        )
    )


def export_door(
    ctx: Context, name: str, label: Message, *, persons: Collection[UUID] | int, data_classes: Collection[str]
) -> ResponseReturnValue | None:
    """The one door for files with personal data; every view that answers with such a file asks it first.

    A small list without sensitive columns passes at once, and counts against the quota of the day. Any other needs
    the agreement of a second person: the answer then leads to the page where that is asked for.

    Args:
        name: of the exporter or report.
        label: what the list is, for the second person and the log.
        persons: whose data are in it, by id where they are known.
        data_classes: classes of personal data in its columns; none for plain figures.

    Returns:
        None: go on. Else the answer to give instead of the file.
    """
    chosen = request.args.to_dict()
    release = request.args.get(RELEASE, type=UUID)
    chosen.pop(RELEASE, None)
    url = request.path + (f"?{urlencode(sorted(chosen.items()))}" if chosen else "")
    what = exports.Leaving(name, label, url, persons, frozenset(data_classes))
    try:
        with ctx.session.begin_nested():
            draft = exports.leave(ctx, what, release)
    except Conflict as refused:
        flash("stop", refused.message)
        return redirect_to("exports.own")
    return None if draft is None else redirect_to("exports.one", request_id=draft)


def release_url(url: str, request_id: UUID) -> str:
    """The address of the file of an agreed request."""
    return f"{url}{'&' if '?' in url else '?'}{RELEASE}={request_id}"


def readers_url(person_id: UUID) -> str:
    """The page that says who has looked at a person's sensitive data."""
    return url_for("readers.person", person_id=person_id)
