"""Notices on paper, for families without a phone at hand."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.school import school_of
from core.sdk.web import page, render, runtime
from plugins.finance.documents import codes
from plugins.finance.services import bills, paper
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
        return render("finance/notices.html", round=row, classes=progress)
    return render(
        "finance/notices_print.html",
        round=row,
        class_name=chosen,
        school=school_of(ctx),
        sheets=paper.class_notices(ctx, round_id, chosen),
        base_url=runtime().base_url,
        code=codes.svg,
    )
