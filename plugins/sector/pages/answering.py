"""The sector's answer to a batch."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import TruongError
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to

from ..services import answering
from .blueprint import blueprint


@blueprint.post("/batches/<uuid:batch_id>/answer")
@page("sector.batch.send")
def answer(ctx: Context, batch_id: UUID) -> ResponseReturnValue:
    """Read the answer file; nothing is changed by one that cannot be read."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        flash("attention", _("Choose a file."))
        return redirect_to("sector.batch", batch_id=batch_id)
    try:
        with ctx.session.begin_nested():
            answering.read_answer(ctx, batch_id, sent.filename, sent.read())
    except TruongError as refused:
        flash("attention", refused.message)
    else:
        flash("ok", _("The answer was read."))
    return redirect_to("sector.batch", batch_id=batch_id)
