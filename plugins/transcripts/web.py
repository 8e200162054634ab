"""What the module shows elsewhere: the menu, the start page, the tab on a pupil's page."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, url_for
from markupsafe import Markup

from core.sdk import Card, Context, NavItem, RecordTab, _
from core.sdk.web import translate

from .access import READ, SIGN, SIGNERS
from .pages.blueprint import group_title, group_url
from .services import reading, signing
from .words import ROLES, STATES

_SECTION = _("Transcripts")
NAV = [
    NavItem(_("Sign transcripts"), "transcripts.queue", "pen", SIGN, _SECTION, 30),
    NavItem(_("Digital transcripts"), "transcripts.overview", "book", READ, _SECTION, 31),
    NavItem(_("Signers"), "transcripts.signers_", "person", SIGNERS, _SECTION, 32),
]
_MOST = 6


def _to_sign(ctx: Context) -> Markup | None:
    """What waits for one's signature now, the first to be due first."""
    waiting = [one for one in signing.groups(ctx) if one.ready]
    if not waiting:
        return None
    waiting.sort(key=lambda one: (one.due_on is None, one.due_on, one.class_name))
    items = [
        {
            "title": group_title(one),
            "text": translate(ROLES[one.key.role]),
            "url": group_url(one.key),
            "count": one.ready,
            "kind": "attention",
        }
        for one in waiting[:_MOST]
    ]
    return Markup(render_template("transcripts/card.html", items=items))  # noqa: S704  (our own template, which escapes)


def _tab(ctx: Context, learner_id: UUID) -> Markup:
    lines = reading.of_pupil(ctx, learner_id)
    page = render_template("transcripts/tab.html", lines=lines, states=STATES, url_for=url_for)
    return Markup(page)  # noqa: S704  (our own template, which escapes)


CARDS = [Card("transcripts.to_sign", SIGN, _to_sign, order=5)]
TABS = [RecordTab("learner", "transcripts", _("Transcripts"), READ, _tab, order=32)]
