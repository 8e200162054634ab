"""What the module adds to the web: menu, cards of the start page, a tab on the pupil's page."""

from __future__ import annotations

from uuid import UUID

from flask import url_for
from markupsafe import Markup

from core.sdk import Action, Card, Context, NavItem, RecordTab, _
from core.sdk.web import render
from plugins.curriculum.public import HOMEROOM, TAUGHT

from .access import DECIDE, EDIT, PUPIL, READ, REPORT
from .services import former, mine, overview, requests
from .services.pupils import page_of
from .words import KIND_STATES, KIND_WORDS, SESSION_WORDS, STATE_KINDS, STATE_WORDS

_SECTION = _("Teaching")
NAV = [
    NavItem(_("Take the register"), "attendance.now", "check", f"{EDIT}.{TAUGHT}", _SECTION, 5, bottom=True),
    NavItem(_("Attendance"), "attendance.index", "calendar", READ, _SECTION, 6, bottom=True),
    NavItem(_("Requests for leave"), "attendance.requests", "inbox", DECIDE, _SECTION, 7),
    NavItem(_("Attendance"), "attendance.family", "calendar", f"{PUPIL}.own", None, 45, bottom=True),
]


def _today(ctx: Context) -> Markup | None:
    found = overview.today(ctx)
    if not found.held and not found.absent:
        return None
    return Markup(render("attendance/cards/today.html", today=found))  # noqa: S704  # a template


def _mine(ctx: Context) -> Markup | None:
    found = mine.to_take(ctx)
    decides = ctx.actor.has(DECIDE) or ctx.actor.has(f"{DECIDE}.{HOMEROOM}")
    waiting = len(requests.requests(ctx)) if decides else 0
    if not found and not waiting:
        return None
    return Markup(render("attendance/cards/mine.html", classes=found, waiting=waiting))  # noqa: S704  # a template


CARDS = [
    Card("attendance.today", READ, _today, order=15),
    Card("attendance.mine", f"{EDIT}.{TAUGHT}", _mine, order=5),
]


def _tab(ctx: Context, person_id: UUID) -> Markup:
    values = page_of(ctx, person_id)
    words = {
        "kinds": KIND_WORDS, "kind_states": KIND_STATES, "sessions": SESSION_WORDS, "states": STATE_WORDS,
        "state_kinds": STATE_KINDS,
    }  # fmt: skip
    link = url_for("attendance.former_of", learner_id=person_id) if former.may_enter(ctx, person_id) else None
    return Markup(render("attendance/tab.html", pupil=values, former=link, **words))  # noqa: S704  # a template


TABS = [RecordTab("learner", "attendance", _("Attendance"), PUPIL, _tab, order=40)]
ACTIONS = [
    Action("learner", "attendance.report", _("Report an absence"), REPORT, "attendance.report_for",
           argument="learner_id", icon="pen"),
    Action("lesson", "attendance.lesson", _("Take the register of this lesson"), f"{EDIT}.{TAUGHT}",
           "attendance.lesson", argument="lesson", icon="check"),
]  # fmt: skip
