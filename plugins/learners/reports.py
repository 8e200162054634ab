"""What the module shows elsewhere: the search box and the start page."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, url_for
from markupsafe import Markup
from sqlalchemy import func, select

from core.sdk import Card, Context, SearchHit, SearchSource, _

from .models import Import, Learner
from .services.learners import READ, list_learners


def _find(ctx: Context, words: str, limit: int) -> Sequence[SearchHit]:
    """Pupils whose name or code contains the words."""
    return [
        SearchHit(
            line.full_name,
            " · ".join(part for part in (line.class_name, line.code) if part),
            url_for("learners.show", learner_id=line.id),
            "person",
        )
        for line in list_learners(ctx, query=words, limit=limit)
    ]


def _open_imports(ctx: Context) -> Markup | None:
    """Plans that wait for a decision, and the first step of an empty school."""
    waiting = ctx.session.execute(
        select(func.count()).select_from(Import).where(Import.school_id == ctx.school_id, Import.state == "planned")
    ).scalar_one()
    known = ctx.session.execute(select(Learner.id).where(Learner.school_id == ctx.school_id).limit(1)).first()
    if not waiting and known is not None:
        return None
    page = render_template("learners/card.html", waiting=waiting, empty=known is None)
    return Markup(page)  # noqa: S704  (our own template, which escapes)


SEARCH = [SearchSource("learners", _("Pupils"), READ, _find)]
CARDS = [Card("learners.imports", "learners.import.run", _open_imports, order=20)]
