"""The core's cards of the start page: what the operator, and who looks after webhooks, has to look at today."""

from __future__ import annotations

from markupsafe import Markup

from core.data.context import Context
from core.sdk.web.render import render
from core.sdk.web.runtime import runtime
from core.types.contributions import Card
from core.webhooks import endpoints
from core.work import beats, operate


def _installation(ctx: Context) -> Markup:
    registry = runtime().registry
    shown = render(
        "pages/card_installation.html",
        out=[plugin.name for plugin in registry.plugins if not plugin.usable],
        faults=len({fault.part for fault in registry.containment.faults()}),
        failed=sum(kind.failed for kind in operate.kinds(ctx)),
        workers=len(beats.alive(ctx.session.connection())),
    )
    return Markup(shown)  # noqa: S704  # a template


def _webhooks(ctx: Context) -> Markup | None:
    """Only when something is wrong: who looks after webhooks hears that an address was stopped."""
    count = endpoints.troubled(ctx)
    return Markup(render("pages/webhooks_card.html", count=count)) if count else None  # noqa: S704  # a template


CARDS = [
    Card("core.installation", operate.OPERATE, _installation, order=5),
    Card("core.webhooks", endpoints.MANAGE, _webhooks, order=15),
]
