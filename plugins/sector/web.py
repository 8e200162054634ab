"""What the module adds to the web: the menu, a card of the start page, the list of exports."""

from __future__ import annotations

from markupsafe import Markup

from core.sdk import Card, Context, Exporter, NavItem, _
from core.sdk.web import render

from .access import READ, SEND
from .services import batches, desk
from .words import spoken

NAV = [NavItem(_("Sector database"), "sector.index", "building", READ, _("Pupils"), 15)]
EXPORTERS = [
    Exporter(
        "sector.batch",
        _("File for the sector's database"),
        _("Records, classes, results and absences in the shape of the sector's database, checked before they leave."),
        SEND,
        "sector.index",
        ("xlsx",),
    )
]


def _open(ctx: Context) -> Markup | None:
    """Refused rows, and batches that wait for somebody; nothing where there is nothing to do."""
    refused = sum(desk.counts(ctx).values())
    waiting = [one for one in batches.batches(ctx, limit=10) if one.state in ("checked", "written", "handed")]
    if not refused and not waiting:
        return None
    return Markup(render("sector/card.html", refused=refused, waiting=waiting, **spoken()))  # noqa: S704  # a template


CARDS = [Card("sector.open", SEND, _open, order=60)]
