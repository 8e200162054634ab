"""The desk: what the sector refused, with its reason and the way to the record."""

from __future__ import annotations

from flask import request, url_for

from core.sdk import Context
from core.sdk.web import Cursor, page, render

from ..rules.shapes import KINDS
from ..services import desk as services
from .blueprint import blueprint

PAGE = 50


@blueprint.get("/desk")
@page("sector.batch.read")
def desk(ctx: Context) -> str:
    """Refused rows of the current school year that are not taken since."""
    kind = request.args.get("kind", "")
    kind = kind if kind in KINDS else ""
    cursor = Cursor("sector-desk")
    position = cursor.read(request.args.get("cursor"))
    after = (position[0], int(position[1]), position[2]) if position else None
    found = services.refusals(ctx, kind=kind, after=after, limit=PAGE + 1)
    following = None
    if len(found) > PAGE:
        last = found[PAGE - 1]
        token = cursor.write((last.kind, last.number, last.key))
        following = url_for("sector.desk", kind=kind or None, cursor=token)
    return render(
        "sector/desk.html", rows=found[:PAGE], counts=services.counts(ctx), kind=kind, order=KINDS, following=following
    )
