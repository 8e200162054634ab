"""Versions: the list, one with its findings, putting it into force."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.school import current_year
from core.sdk.text import _, translator
from core.sdk.web import file_response, flash, locale, page, redirect_to, render

from .. import exchange
from ..rules import quality
from ..rules.checks import check
from ..services import editing, making, versions
from ..words import QUALITY_WORDS, VERSION_WORDS, finding_words
from .blueprint import blueprint

SHOWN = 60
"""Findings on the page of a version; more are counted."""


@blueprint.get("/versions", endpoint="versions")
@page("timetable.edit")
def versions_page(ctx: Context) -> str:
    """All versions of the year, and the ways to a new one."""
    return render("timetable/versions.html", lines=versions.versions(ctx), words=VERSION_WORDS, year=current_year(ctx))


@blueprint.post("/versions")
@page("timetable.edit")
def create(ctx: Context) -> ResponseReturnValue:
    """A new draft: empty, arranged quickly, or a copy."""
    name = request.form.get("name", "").strip() or _("New timetable").render(translator(locale()))
    source = request.form.get("source", "")
    try:
        if source == "quick":
            version_id = making.arrange_quickly(ctx, name)
        elif source:
            version_id = versions.copy(ctx, UUID(source), name)
        else:
            version_id = versions.create(ctx, name)
    except ValueError:
        raise NotFound from None
    except Conflict as error:
        flash("stop", error.message)
        return redirect_to("timetable.versions")
    return redirect_to("timetable.version", version_id=version_id)


@blueprint.get("/versions/<uuid:version_id>")
@page("timetable.edit")
def version(ctx: Context, version_id: UUID) -> str:
    """A version: what is wrong with it, how good it is, its classes, and the way into force."""
    return _page(ctx, version_id, {})


def _page(ctx: Context, version_id: UUID, errors: dict[str, object]) -> str:
    line = versions.version(ctx, version_id)
    found, board = editing.opened(ctx, version_id)
    wrong = check(board)
    said = [(finding, finding_words(found, finding)) for finding in wrong[:SHOWN]]
    return render(
        "timetable/version.html",
        version=line,
        said=said,
        errors_count=sum(finding.blocks for finding in wrong),
        warnings=sum(not finding.blocks for finding in wrong),
        more=max(0, len(wrong) - SHOWN),
        counts=[(QUALITY_WORDS[name], count) for name, count in quality.counts(board).items()],
        classes=found.classes,
        lessons=len(board.lessons),
        orphaned=versions.orphaned(ctx, line),
        words=VERSION_WORDS,
        errors=errors,
    )


@blueprint.post("/versions/<uuid:version_id>/in-force")
@page("timetable.edit")
def put_in_force(ctx: Context, version_id: UUID) -> ResponseReturnValue:
    """Let it hold from a day on."""
    try:
        day = date.fromisoformat(request.form.get("starts_on", ""))
    except ValueError:
        return _page(ctx, version_id, {"starts_on": _("Choose a day.")}), 422
    try:
        versions.put_in_force(ctx, version_id, day)
    except Invalid as error:
        return _page(ctx, version_id, dict(error.fields)), 422
    except Conflict as error:
        return _page(ctx, version_id, {"starts_on": error.message}), 409
    flash("ok", _("The timetable holds from %(day)s on.", day=f"{day:%d/%m/%Y}"))
    return redirect_to("timetable.version", version_id=version_id)


@blueprint.post("/versions/<uuid:version_id>/delete")
@page("timetable.edit")
def delete(ctx: Context, version_id: UUID) -> ResponseReturnValue:
    """Delete a draft."""
    versions.delete_draft(ctx, version_id)
    flash("ok", _("The draft was deleted."))
    return redirect_to("timetable.versions")


@blueprint.get("/versions/<uuid:version_id>/file")
@page("timetable.edit")
def download(ctx: Context, version_id: UUID) -> ResponseReturnValue:
    """The version as a workbook."""
    shape = request.args.get("shape", "")
    content, name, media = exchange.export(ctx, version_id, shape if shape in exchange.SHAPES else "classes")
    return file_response(content, name, media)
