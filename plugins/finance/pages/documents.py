"""Notices on paper, for families without a phone at hand."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context, _
from core.sdk.errors import Invalid
from core.sdk.files import info
from core.sdk.files import open as open_file
from core.sdk.school import school_of
from core.sdk.web import export_door, file_response, flash, page, redirect_to, render, runtime
from plugins.finance.documents import codes
from plugins.finance.services import bills, paper, printing
from plugins.finance.services import rounds as round_service

from .site import asked, blueprint


@blueprint.get("/rounds/<uuid:round_id>/notices")
@page("finance.round.publish")
def notices(ctx: Context, round_id: UUID) -> ResponseReturnValue:
    """The open bills of one class, one sheet each; without a class the choice of classes."""
    row = round_service.round_(ctx, round_id)
    progress = bills.progress_by_class(ctx, round_id)
    chosen = asked("class", 40)
    if chosen not in {entry.class_name for entry in progress}:
        made = printing.prints(ctx, round_id)
        return render("finance/notices.html", round=row, classes=progress, made=made, errors={}, chosen="")
    return render(
        "finance/notices_print.html",
        round=row,
        class_name=chosen,
        school=school_of(ctx),
        sheets=paper.class_notices(ctx, round_id, chosen),
        base_url=runtime().base_url,
        code=codes.svg,
    )


@blueprint.post("/rounds/<uuid:round_id>/notices")
@page("finance.round.publish")
def print_notices(ctx: Context, round_id: UUID) -> ResponseReturnValue:
    """Make a document of all notices of a class, or of every class."""
    family = request.form.get("what") == "family"
    here = url_for("finance.notices", round_id=round_id)
    try:
        name = request.form.get("class", "")[:40]
        job = printing.ask(ctx, round_id, name, by_family=family, base_url=runtime().base_url)
    except Invalid as refused:
        flash("attention", refused.message)
        return redirect_to("finance.notices", round_id=round_id)
    return redirect_to("home.job", job_id=job, next=here)


@blueprint.get("/notices/<uuid:print_id>")
@page("finance.round.publish")
def notice_print(ctx: Context, print_id: UUID) -> ResponseReturnValue:
    """A document that was made; names and debts leave through the one door."""
    file_id, sheets = printing.open_print(ctx, print_id)
    classes = ("identity", "finance")
    door = export_door(ctx, "finance.notices", _("Payment notices"), persons=sheets, data_classes=classes)
    if door is not None:
        return door
    about = info(ctx, file_id)
    with open_file(ctx, file_id) as stream:
        return file_response(stream.read(), about.name, about.media_type, inline=about.media_type == "application/pdf")
