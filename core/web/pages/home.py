"""The start page, search, progress of jobs, and the pages that belong to nobody else."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from core.data.context import Context
from core.data.fold import fold
from core.sdk.web.render import redirect_to, render, see_other
from core.sdk.web.runtime import runtime
from core.sdk.web.view import page, require_visitor
from core.web.language import translate
from core.work import status as work

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@page("core.home.see")
def start(ctx: Context) -> str:
    """What do I have to do today? Each module brings its cards."""
    person = require_visitor()
    cards = [
        (card.name, shown)
        for card in sorted(runtime().registry.items("provide_cards", person.modules), key=lambda c: c.order)
        if ctx.actor.has(card.permission) and (shown := card.render(ctx)) is not None
    ]
    return render("pages/home.html", cards=cards, now=ctx.now())


@blueprint.get("/search")
@page("core.home.see")
def search(ctx: Context) -> str:
    """Everything that fits the words, by kind, without regard to accents."""
    person = require_visitor()
    words = request.args.get("q", "").strip()[:100]
    folded = fold(words)
    groups = []
    if len(folded) >= 2:
        for source in runtime().registry.items("provide_search", person.modules):
            if ctx.actor.has(source.permission):
                hits = source.find(ctx, folded, 20)
                if hits:
                    groups.append((source.label, hits))
    return render("pages/search.html", words=words, groups=groups)


@blueprint.get("/jobs/<uuid:job_id>")
@page("core.home.see")
def job(ctx: Context, job_id: UUID) -> ResponseReturnValue:
    """Progress of a long job: JSON for our script, a page that reloads itself without it."""
    found = work.job(ctx, job_id)
    following = request.args.get("next", "")
    if not following.startswith("/") or following.startswith("//"):
        following = url_for("home.start")
    left = found.time_left(ctx.now())
    eta = left.total_seconds() if left else None
    state = {"waiting": "running", "cancelled": "stopped"}.get(found.state, found.state)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        note = translate(found.note) if found.note else ""
        body = {"done": found.done_n, "total": found.total_n, "eta": eta, "state": state}
        return jsonify({**body, "note": note, "next": following if state == "done" else None})
    if state == "done":
        return see_other(following)
    return render("pages/job.html", job=found, eta=eta, state=state, following=following)


@blueprint.post("/jobs/<uuid:job_id>/cancel")
@page("core.home.see")
def cancel(ctx: Context, job_id: UUID) -> ResponseReturnValue:
    """Ask a job to stop; it rolls back."""
    work.cancel(ctx, job_id)
    return redirect_to("home.job", job_id=job_id)
