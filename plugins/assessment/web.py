"""What the module shows elsewhere: the menu, the start page, the tab on a pupil's page."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, url_for
from markupsafe import Markup

from core.sdk import Card, Context, NavItem, RecordTab, _
from core.sdk.school import current_year
from core.sdk.web import translate
from plugins.curriculum.public import TAUGHT, subject_name

from .access import APPROVE, EDIT, NAMED, READ
from .grid.words import TERMS
from .pages.blueprint import own_book, words_of_templates
from .services import brought, locking, progress, pupils

_SECTION = _("Teaching")
NAV = [
    NavItem(_("Marks"), "assessment.index", "pen", f"{EDIT}.{TAUGHT}", _SECTION, 4, bottom=True),
    NavItem(_("Marks of all classes"), "assessment.progress_", "pen", READ, _SECTION, 22),
    NavItem(_("Results of the year"), "assessment.results_", "chart", READ, _SECTION, 23),
    NavItem(_("Marks"), "assessment.family", "book", f"{READ}.own", _SECTION, 22, bottom=True),
]
_MOST = 6


def _to_do(ctx: Context) -> Markup | None:
    """The books of a teacher of which something is missing and can be entered now, the first to close first."""
    term = progress.of_term(0, current_year(ctx), ctx.now())
    lines = [line for line in progress.my_books(ctx, term) if line.missing and line.open and line.state == "open"]
    if not lines:
        return None
    lines.sort(key=lambda line: (line.closes_at is None, line.closes_at, -line.missing))
    items = [
        {
            "title": f"{line.class_name} · {_name(line)}",
            "text": _("%(term)s: cells still missing", term=TERMS[term]),
            "url": _url(line),
            "count": line.missing,
            "kind": "attention" if line.closes_at else None,
        }
        for line in lines[:_MOST]
    ]
    return Markup(render_template("assessment/card.html", items=items))  # noqa: S704  (our own template, which escapes)


def _name(line: progress.BookLine) -> str:
    return subject_name(line.course) if line.course else translate(own_book(line.grade))


def _url(line: progress.BookLine) -> str:
    if line.course is not None:
        return url_for("assessment.book", what="courses", of=line.course.id, term=line.term)
    return url_for("assessment.book", what="classes", of=line.class_id, term=line.term)


def _tab(ctx: Context, learner_id: UUID) -> Markup:
    entries = pupils.pupil_books(ctx, learner_id)
    page = render_template(
        "assessment/tab.html",
        entries=entries,
        bring=url_for("assessment.brought", learner_id=learner_id, term=1)
        if brought.may_enter(ctx, learner_id)
        else "",
        **words_of_templates(),
    )
    return Markup(page)  # noqa: S704  (our own template, which escapes)


def _asked(ctx: Context) -> Markup | None:
    """Requests to open locked marks again."""
    waiting = locking.all_waiting(ctx)
    if not waiting:
        return None
    items = [
        {
            "title": _("Requests to open marks again"),
            "text": waiting[0].reason,
            "url": url_for("assessment.progress_" if ctx.actor.has(APPROVE) else "assessment.index"),
            "count": len(waiting),
            "kind": "attention",
        }
    ]
    return Markup(render_template("assessment/card.html", items=items))  # noqa: S704  (our own template, which escapes)


CARDS = [
    Card("assessment.to_do", f"{EDIT}.{TAUGHT}", _to_do, order=6),
    Card("assessment.asked", APPROVE, _asked, order=12),
    Card("assessment.asked_named", NAMED, _asked, order=12),
]
TABS = [RecordTab("learner", "marks", _("Marks"), READ, _tab, order=30)]
