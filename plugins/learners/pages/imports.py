"""Pages of imports: upload, plan, confirm, result, undo."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import TruongError
from core.sdk.text import _, translator
from core.sdk.web import file_response, flash, page, redirect_to, render, see_other
from core.sdk.web.render import locale
from core.sdk.work import enqueue, job

from .. import exchange
from ..models import Import
from ..rules.codes import message_of
from ..services import confirming, planning, plans, undoing
from .blueprint import blueprint

PAGE = 50
INLINE_ROWS = 5_000
"""A plan with more rows is confirmed in the background, with progress."""


@blueprint.get("/imports")
@page("learners.import.run")
def imports(ctx: Context) -> str:
    """Upload a list; the imports so far."""
    return render("learners/imports.html", lines=plans.imports(ctx), errors={})


@blueprint.post("/imports")
@page("learners.import.run")
def upload(ctx: Context) -> ResponseReturnValue:
    """Read an uploaded list into a plan; nothing is changed."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            return _upload_again(ctx, {"file": _("Choose a file.")})
        import_id = planning.start_import(ctx, sent.filename, sent.read())
    except TruongError as error:
        return _upload_again(ctx, {"file": error.message})
    return redirect_to("learners.import_", import_id=import_id)


def _upload_again(ctx: Context, errors: dict[str, object]) -> ResponseReturnValue:
    return render("learners/imports.html", lines=plans.imports(ctx), errors=errors), 422


@blueprint.get("/imports/<uuid:import_id>")
@page("learners.import.run")
def import_(ctx: Context, import_id: UUID) -> ResponseReturnValue:
    """The plan of an import, or what became of it."""
    batch = planning.get_import(ctx, import_id)
    if batch.job_id is not None and batch.state in ("reading", "planned"):
        status = job(ctx, batch.job_id)
        if not status.ended:
            return see_other(url_for("home.job", job_id=batch.job_id, next=request.path))
        if batch.state == "reading":
            return render("learners/unread.html", batch=batch, note=status.note)
    return _plan_page(ctx, batch)


def _plan_page(ctx: Context, batch: Import) -> str:
    counts = plans.plan_counts(ctx, batch.id)
    wanted = request.args.get("kind", "")
    fallback = next((kind for kind in ("refused", "check", "new", "changed", "all") if counts[kind]), "all")
    kind = cast(plans.Kind, wanted if wanted in plans.KINDS else fallback)
    words, class_name = request.args.get("q", "").strip()[:100], request.args.get("class", "")
    code = request.args.get("code", "")
    rows = plans.plan_rows(
        ctx,
        batch.id,
        kind,
        query=words,
        class_name=class_name,
        code=code,
        after=request.args.get("after", -1, type=int),
        limit=PAGE + 1,
    )
    following = None
    if len(rows) > PAGE:
        kept = {"kind": kind, "q": words, "class": class_name, "code": code}
        following = f"{request.path}?{urlencode({**kept, 'after': rows[PAGE - 1].number})}"
    graves = {c: n for c, n in sorted(batch.summary["codes"].items()) if not c.startswith("N_")}
    return render(
        "learners/import.html",
        batch=batch,
        summary=batch.summary,
        counts=counts,
        kind=kind,
        rows=rows[:PAGE],
        words=words,
        class_name=class_name,
        code=code,
        codes=[(name, message_of(name), number) for name, number in graves.items()],
        following=following,
        message_of=message_of,
    )


@blueprint.post("/imports/<uuid:import_id>/confirm")
@page("learners.import.run")
def confirm(ctx: Context, import_id: UUID) -> ResponseReturnValue:
    """Take over the plan; large ones in the background."""
    batch = planning.get_import(ctx, import_id)
    chosen = request.form.getlist("classes") if request.form.get("choose") else None
    if batch.summary.get("rows", 0) > INLINE_ROWS:
        payload = {"import_id": str(import_id), "classes": chosen}
        batch.job_id = enqueue(ctx, "learners.import.confirm", payload, key=str(import_id))
        return see_other(
            url_for("home.job", job_id=batch.job_id, next=url_for("learners.import_", import_id=import_id))
        )
    try:
        with ctx.session.begin_nested():
            result = confirming.confirm_import(ctx, import_id, classes=chosen)
    except confirming.PlanOutdated as error:
        planning.refresh_plan(ctx, import_id)
        flash("attention", error.message)
    except TruongError as error:
        flash("attention", error.message)
    else:
        flash("ok", _("Taken over: %(new)s new, %(changed)s changed.", new=result.new, changed=result.changed))
    return redirect_to("learners.import_", import_id=import_id)


@blueprint.post("/imports/<uuid:import_id>/undo")
@page("learners.import.run")
def undo(ctx: Context, import_id: UUID) -> ResponseReturnValue:
    """Take back a confirmed import."""
    try:
        with ctx.session.begin_nested():
            undoing.undo_import(ctx, import_id)
    except TruongError as error:
        flash("attention", error.message)
    else:
        flash("ok", _("The import was undone. Everything is as it was before."))
    return redirect_to("learners.import_", import_id=import_id)


@blueprint.post("/imports/<uuid:import_id>/refresh")
@page("learners.import.run")
def refresh(ctx: Context, import_id: UUID) -> ResponseReturnValue:
    """Read the file again."""
    planning.refresh_plan(ctx, import_id)
    flash("ok", _("The file was read again."))
    return redirect_to("learners.import_", import_id=import_id)


@blueprint.post("/imports/<uuid:import_id>/discard")
@page("learners.import.run")
def discard(ctx: Context, import_id: UUID) -> ResponseReturnValue:
    """Throw a plan away."""
    planning.discard_import(ctx, import_id)
    flash("ok", _("The plan was discarded. Nothing was changed."))
    return redirect_to("learners.imports")


@blueprint.get("/imports/<uuid:import_id>/refused")
@page("learners.import.run")
def refused(ctx: Context, import_id: UUID) -> ResponseReturnValue:
    """The refused rows in the layout of the upload, with a remark column."""
    content, name, media = exchange.refused_rows(ctx, import_id, translator(locale()))
    return file_response(content, name, media)
