"""What stands at the sector, the batches so far, and making a new one."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Invalid, NotFound
from core.sdk.school import current_year, terms
from core.sdk.web import page, redirect_to, render
from plugins.learners import public as learners

from ..access import SEND, SHAPE
from ..rules.shapes import KINDS, kind_of
from ..services import batches, desk
from .blueprint import blueprint


@blueprint.get("/")
@page("sector.batch.read")
def index(ctx: Context) -> str:
    """What the sector knows of each kind, what is to be mended, the batches so far."""
    return render(
        "sector/index.html",
        standing=desk.standing(ctx),
        order=KINDS,
        lines=batches.batches(ctx),
        may_send=ctx.actor.has(SEND),
        may_shape=ctx.actor.has(SHAPE),
    )


@blueprint.get("/new")
@page("sector.batch.send")
def new(ctx: Context) -> str:
    """Choose what to send."""
    return _form(ctx, request.args.get("kind", ""), {})


def _form(ctx: Context, kind: str, errors: dict[str, object]) -> str:
    classes = ctx.session.execute(learners.classes(ctx)).all()
    numbers = [one.number for one in terms(ctx, current_year(ctx).id)] or [1, 2]
    whom = [(f"grade:{grade}", grade) for grade in sorted({row.grade for row in classes})]
    return render(
        "sector/new.html",
        chosen=kind if kind in KINDS else "profiles",
        order=KINDS,
        by_term=[name for name in KINDS if kind_of(name).by_term],
        terms=numbers,
        grades=whom,
        classes=[(f"class:{row.class_id}", row.class_name) for row in classes],
        errors=errors,
    )


@blueprint.post("/batches")
@page("sector.batch.send")
def make(ctx: Context) -> ResponseReturnValue:
    """Make a batch; it is checked at once or in the background."""
    kind, term = request.form.get("kind", ""), request.form.get("term", "")
    try:
        grade, class_id = _whom(request.form.get("whom", ""))
        batch_id = batches.make_batch(
            ctx, kind, term=int(term) if term.isdecimal() and len(term) < 3 else 0, grade=grade, class_id=class_id,
            everything=request.form.get("everything") == "1",
        )  # fmt: skip
    except Invalid as refused:
        return _form(ctx, kind, dict(refused.fields)), 422
    return redirect_to("sector.batch", batch_id=batch_id)


def _whom(text: str) -> tuple[int | None, UUID | None]:
    """`grade:6`, `class:<id>`, or nothing for the whole school."""
    name, _colon, value = text.partition(":")
    try:
        if name == "grade":
            return int(value), None
        return None, UUID(value) if name == "class" else None
    except ValueError:
        raise NotFound from None
