"""The start page, search, progress of jobs, and the pages that belong to nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from core.access import permissions_for
from core.access.roles import PARENT
from core.data.context import Context
from core.data.fold import fold
from core.identity.families.home import FamilyAt, families_of
from core.sdk.web.parts import slot_parts
from core.sdk.web.render import redirect_to, render, see_other
from core.sdk.web.runtime import runtime
from core.sdk.web.view import page, require_visitor
from core.types.contributions import Card, SearchHit, SearchSource
from core.types.message import Message
from core.web.language import translate
from core.web.ways import by_way_of
from core.work import status as work

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@page("core.home.see")
def start(ctx: Context) -> str:
    """What do I have to do today? Each module brings its cards."""
    person = require_visitor()
    cards = _cards(ctx, person.modules)
    perhaps = PARENT in person.actor.roles or len(person.schools) > 1
    families = families_of(ctx) if perhaps else []
    split = bool(families) and (len(families) > 1 or not person.actor.roles <= {PARENT})
    own = [pair for pair in cards if split and pair[0].permission.endswith(".own")]
    work = [pair for pair in cards if pair not in own]
    elsewhere = [_elsewhere(family) for family in families if family.school_id != ctx.school]
    here = next((family for family in families if split and family.school_id == ctx.school), None)
    top = slot_parts(ctx, "core.home.top")
    return render("pages/home.html", top=top, cards=work, own=own, here=here, elsewhere=elsewhere, now=ctx.now())


def _cards(ctx: Context, modules: frozenset[str]) -> list[tuple[Card, Markup]]:
    found = []
    registry = runtime().registry
    with registry.containment.reading(ctx) as parts:
        for owned in registry.cards(modules):
            card: Card = owned.item
            if ctx.actor.has(card.permission):
                shown = parts.call(owned.module, f"provide_cards {card.name}", partial(card.render, ctx), None)
                if shown is not None:
                    found.append((card, shown))
    return found


def _elsewhere(family: FamilyAt) -> tuple[FamilyAt, list[tuple[Card, Markup]]]:
    """What a parent's start page at another school says, with links that first lead there."""
    program, me = runtime(), require_visitor().actor
    modules = (family.modules & program.registry.school_modules()) | program.registry.always_on()
    there = replace(
        me,
        person_id=family.person_id,
        roles=frozenset({PARENT}),
        permissions=permissions_for(program.registry, {PARENT}, modules),
    )
    with program.db.context(there, family.school_id, clock=program.clock) as ctx, by_way_of(family.school_id):
        return family, _cards(ctx, modules)


@blueprint.get("/search")
@page("core.home.see")
def search(ctx: Context) -> str:
    """Everything that fits the words, by kind, without regard to accents."""
    person = require_visitor()
    words = request.args.get("q", "").strip()[:100]
    folded = fold(words)
    groups: list[tuple[Message, Sequence[SearchHit]]] = []
    if len(folded) >= 2:
        registry = runtime().registry
        nothing: Sequence[SearchHit] = ()
        with registry.containment.reading(ctx) as parts:
            for owned in registry.search_sources(person.modules):
                source: SearchSource = owned.item
                if ctx.actor.has(source.permission):
                    part, find = f"provide_search {source.name}", partial(source.find, ctx, folded, 20)
                    if hits := parts.call(owned.module, part, find, nothing):
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
