"""Who has looked at sensitive data: of one person for the family, of everybody for those who stand over the log."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from core.data.context import Context
from core.disclosure import log, requests, state_purpose
from core.disclosure.access import APPROVE, LOG, REVIEW
from core.disclosure.emergency import waiting
from core.disclosure.people import function_of, name_of
from core.sdk.web.parts import person_page
from core.sdk.web.render import flash, render, see_other
from core.sdk.web.view import page
from core.types.errors import Invalid

blueprint = Blueprint("readers", __name__)
PAGE = 50


@blueprint.get("/people/<uuid:person_id>/readers")
@page(LOG)
def person(ctx: Context, person_id: UUID) -> str:
    """Who has looked at this person's sensitive data, when, and what for."""
    looks = log.looks_at(ctx, person_id)
    return render(
        "pages/readers.html",
        name=name_of(ctx, person_id),
        looks=looks,
        function_of=function_of,
        back=person_page(ctx, person_id) or url_for("home.start"),
    )


@blueprint.get("/readers")
@page(LOG)
def latest(ctx: Context) -> str:
    """The latest visits to anybody's data, and the files that left."""
    reader = request.args.get("q", "").strip()[:100]
    looks = log.latest(ctx, reader=reader, before=_moment(request.args.get("before")), limit=PAGE + 1)
    following = None
    if len(looks) > PAGE:
        following = url_for("readers.latest", q=reader or None, before=looks[PAGE - 1].at.isoformat())
    return render(
        "pages/readers_all.html",
        looks=[(look, url_for("readers.person", person_id=look.person_id)) for look in looks[:PAGE]],
        following=following,
        reader=reader,
        function_of=function_of,
        taken=requests.taken(ctx, limit=20),
        cases=waiting(ctx)[0] if ctx.actor.has(REVIEW) else 0,
        requests=requests.count_to_decide(ctx) if ctx.actor.has(APPROVE) else 0,
    )


@blueprint.post("/people/<uuid:person_id>/purpose")
@page("core.home.see")
def state(ctx: Context, person_id: UUID) -> ResponseReturnValue:
    """State what the data of this person are needed for, and go back. It opens nothing by itself."""
    name_of(ctx, person_id)
    back = request.form.get("next", "")
    if not back.startswith("/") or back.startswith("//") or "\\" in back:
        back = url_for("home.start")
    try:
        state_purpose(ctx, person_id, request.form.get("purpose", ""))
    except Invalid as refused:
        flash("attention", refused.message)
    return see_other(back)


def _moment(text: str | None) -> datetime | None:
    """The moment in an address; what is none counts as none."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
