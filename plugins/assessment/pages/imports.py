"""Pages of workbooks: upload, plan, confirm, undo, refused cells back."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import NotFound, TruongError
from core.sdk.imports import Sheet, read_tables
from core.sdk.text import _, translator
from core.sdk.web import file_response, flash, page, redirect_to, render, see_other
from core.sdk.web.render import locale
from plugins.learners import public as learners

from .. import exchange
from ..access import EDIT
from ..models import MarkImport
from ..rules.sheet import CODES
from ..services import importing
from .blueprint import blueprint

STATES = {
    "planned": ("attention", _("Waits for your decision")),
    "confirmed": ("ok", _("Taken over")),
    "undone": ("neutral", _("Undone")),
    "discarded": ("neutral", _("Set aside")),
}


@blueprint.get("/workbooks/<uuid:class_id>/<int:term>")
@page(EDIT)
def imports(ctx: Context, class_id: UUID, term: int) -> str:
    """Upload a workbook of a class; those so far."""
    return _page(ctx, class_id, term, {})


def _page(ctx: Context, class_id: UUID, term: int, errors: dict[str, object]) -> str:
    found = importing.imports(ctx, class_id, term)
    klass = learners.class_of(ctx, class_id)
    return render("assessment/imports.html", klass=klass, term=term, lines=found, errors=errors, states=STATES)


@blueprint.post("/workbooks/<uuid:class_id>/<int:term>")
@page(EDIT)
def upload(ctx: Context, class_id: UUID, term: int) -> ResponseReturnValue:
    """Read a workbook into a plan; nothing is changed."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page(ctx, class_id, term, {"file": _("Choose a file.")}), 422
    try:
        with ctx.session.begin_nested():
            import_id = importing.start(ctx, class_id, term, sent.filename, sent.read())
    except NotFound:
        raise
    except TruongError as error:
        return _page(ctx, class_id, term, {"file": error.message}), 422
    return redirect_to("assessment.import_", import_id=import_id)


@blueprint.get("/imports/<uuid:import_id>")
@page(EDIT)
def import_(ctx: Context, import_id: UUID) -> str:
    """The plan: sheet by sheet what is taken, what to look at, what changes."""
    batch = importing.get_import(ctx, import_id)
    plan = importing.plan_of(batch)
    return render(
        "assessment/import.html",
        batch=batch,
        plan=plan,
        klass=learners.class_of(ctx, batch.class_id),
        cells=sum(sheet.changes for sheet in plan.sheets),
        refusals=any(_refusals(sheet) for sheet in plan.sheets),
        codes=CODES,
        states=STATES,
    )


def _refusals(sheet: importing.PlanSheet) -> bool:
    return any(finding.code.startswith("E_") for row in sheet.rows for finding in row.findings)


@blueprint.post("/imports/<uuid:import_id>/confirm")
@page(EDIT)
def confirm(ctx: Context, import_id: UUID) -> ResponseReturnValue:
    """Take the plan over."""
    return _told(ctx, import_id, undo=False)


@blueprint.post("/imports/<uuid:import_id>/undo")
@page(EDIT)
def undo(ctx: Context, import_id: UUID) -> ResponseReturnValue:
    """Take it back."""
    return _told(ctx, import_id, undo=True)


def _told(ctx: Context, import_id: UUID, *, undo: bool) -> ResponseReturnValue:
    try:
        with ctx.session.begin_nested():
            done = importing.undo(ctx, import_id) if undo else importing.confirm(ctx, import_id)
    except NotFound:
        raise
    except TruongError as error:
        flash("attention", error.message)
        return redirect_to("assessment.import_", import_id=import_id)
    if undo:
        flash("ok", _("%(count)s cells put back.", count=done.cells))
    else:
        flash("ok", _("%(count)s cells taken over.", count=done.cells))
    if done.skipped:
        flash("attention", _("%(count)s cells were left as they are: changed since, or closed.", count=done.skipped))
    for name, why in done.sheets_left:
        flash("attention", _("Sheet %(name)s was left out: %(why)s", name=name, why=why))
    return redirect_to("assessment.import_", import_id=import_id)


@blueprint.post("/imports/<uuid:import_id>/discard")
@page(EDIT)
def discard(ctx: Context, import_id: UUID) -> ResponseReturnValue:
    """Set the plan aside."""
    batch = importing.get_import(ctx, import_id)
    importing.discard(ctx, import_id)
    flash("ok", _("The workbook was set aside. Nothing was changed."))
    return see_other(url_for("assessment.imports", class_id=batch.class_id, term=batch.term))


@blueprint.get("/imports/<uuid:import_id>/refused")
@page(EDIT)
def refused(ctx: Context, import_id: UUID) -> ResponseReturnValue:
    """The rows with refused cells in the layout of the upload, with a remark column."""
    batch = importing.get_import(ctx, import_id)
    content = exchange.refused(_remarks(ctx, batch), translator(locale()))
    stem = batch.file_name.rpartition(".")[0] or batch.file_name
    return file_response(content, f"{stem}-refused.xlsx", exchange.XLSX)


def _remarks(ctx: Context, batch: MarkImport) -> list[tuple[Sheet, int, exchange.Remarks]]:
    translate = translator(locale())
    there = {sheet.name: sheet for sheet in read_tables(importing.kept_file(ctx, batch)).sheets}
    found: list[tuple[Sheet, int, exchange.Remarks]] = []
    for sheet in importing.plan_of(batch).sheets:
        remarks = {}
        for row in sheet.rows:
            grave = [finding for finding in row.findings if finding.code.startswith("E_")]
            if grave:
                said = "; ".join(f"{f.raw}: {CODES[f.code].render(translate)}" for f in grave)
                remarks[row.row] = (said, frozenset(_columns(sheet, {f.place for f in grave})))
        if remarks:
            found.append((there[sheet.name], sheet.header_rows[-1], remarks))
    if not found:
        raise NotFound
    return found


def _columns(sheet: importing.PlanSheet, places: set[str]) -> list[int]:
    columns = [at for name, at in sheet.columns.items() if name in places]
    return columns + ([*sheet.regular] if "tx" in places else [])
