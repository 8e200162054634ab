"""A parent's overview over years."""

from __future__ import annotations

from core.sdk import Context, Message
from core.sdk.web import page, render
from plugins.finance.pages.books import KINDS
from plugins.finance.pages.site import blueprint
from plugins.finance.services import standing


@blueprint.get("/family/years")
@page("finance.bill.read.own")
def family_years(ctx: Context) -> str:
    """Each child: school years with items, receipts, and everything that made the balance."""
    return render(
        "finance/standing/history.html",
        children=standing.history(ctx),
        kind_label=lambda kind: KINDS.get(kind, Message(kind)),
    )
