"""One record: its signatures, its history, its other versions; opening again, revoking, correcting."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.text import _
from core.sdk.web import file_response, flash, page, redirect_to, render

from ..access import FREEZE, READ, REOPEN, REVOKE
from ..rules.states import IN_FORCE, IN_WORK, State
from ..services import freezing, reading, steps
from ..services.blocks import MEDIA_TYPE
from .blueprint import blueprint


@dataclass(frozen=True, slots=True)
class Act:
    """A step that somebody asks for with a reason."""

    title: Message
    effect: Message
    rights: tuple[str, ...]
    states: frozenset[State]
    decided: bool = True


ACTS = {
    "reopen": Act(
        _("Open again"),
        _("This version is given up so that marks can be corrected. All its signatures count no more, and everybody"
          " signs the new one."),
        (REOPEN,), IN_WORK, decided=False,
    ),
    "correct": Act(
        _("Make a next version"),
        _("Makes the next version of the results as they are now. This version counts until the new one is sealed."),
        (REVOKE, FREEZE), IN_FORCE,
    ),
    "revoke": Act(
        _("Revoke"),
        _("The transcript counts no more, at once and for good. Whoever checks it is told. It stays readable."),
        (REVOKE,), IN_FORCE,
    ),
}  # fmt: skip


@blueprint.get("/records/<uuid:record_id>")
@page(READ)
def record_(ctx: Context, record_id: UUID) -> str:
    """A version."""
    found = reading.full(ctx, record_id)
    acts = [
        (name, act.title)
        for name, act in ACTS.items()
        if found.line.state in act.states and all(ctx.actor.has(right) for right in act.rights)
    ]
    return render("transcripts/record.html", record=found, acts=acts)


@blueprint.get("/records/<uuid:record_id>/<act>")
@page(READ)
def step_form(ctx: Context, record_id: UUID, act: str) -> str:
    """What a step does, and the form for its reason."""
    return _form(ctx, record_id, act, {})


def _form(ctx: Context, record_id: UUID, act: str, errors: dict[str, object]) -> str:
    if act not in ACTS:
        raise NotFound
    for right in ACTS[act].rights:
        ctx.require(right)
    found, asked = reading.full(ctx, record_id), ACTS[act]
    return render(
        "transcripts/act.html", record=found, act=act, title=asked.title, effect=asked.effect, decided=asked.decided,
        errors=errors, typed=request.form,
    )  # fmt: skip


@blueprint.get("/records/<uuid:record_id>/file.xml")
@page(READ)
def file(ctx: Context, record_id: UUID) -> ResponseReturnValue:
    """The file with the signatures that are there."""
    found = reading.full(ctx, record_id)
    content = reading.file_of(ctx, record_id)
    return file_response(content, f"hoc-ba-{found.line.full_name}-{found.line.year}.xml", MEDIA_TYPE)


@blueprint.post("/records/<uuid:record_id>/<act>")
@page(READ)
def step(ctx: Context, record_id: UUID, act: str) -> ResponseReturnValue:
    """Open again, revoke, or have a next version made; each asks for its own right."""
    reason, decision = request.form.get("reason", ""), request.form.get("decision", "")
    if act not in ACTS:
        raise NotFound
    try:
        if act == "reopen":
            dropped = steps.reopen(ctx, [record_id], reason)
            flash("ok", _("Opened again. %(count)s signatures count no more.", count=dropped))
        elif act == "revoke":
            steps.revoke(ctx, record_id, reason, decision)
            flash("ok", _("Revoked. Whoever checks this transcript is told so."))
        else:
            made = freezing.correct(ctx, record_id, reason, decision)
            flash("ok", _("Version %(version)s was made. The present one counts until the new one is sealed.",
                          version=made))  # fmt: skip
    except Invalid as error:
        return _form(ctx, record_id, act, dict(error.fields)), 422
    except Conflict as error:
        flash("attention", error.message)
    return redirect_to("transcripts.record_", record_id=record_id)
