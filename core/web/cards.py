"""The core's cards of the start page: what the operator, and who looks after webhooks, has to look at today."""

from __future__ import annotations

from uuid import UUID

from flask import url_for
from markupsafe import Markup

from core.data.context import Context
from core.disclosure import emergency, log, requests
from core.disclosure.access import APPROVE, LOG, REVIEW
from core.disclosure.people import function_of
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


def _watch(ctx: Context) -> Markup | None:
    """What those who stand over sensitive data have to look at: emergencies and exports that wait for them."""
    cases, late = emergency.waiting(ctx) if ctx.actor.has(REVIEW) else (0, False)
    asked = requests.count_to_decide(ctx)
    if not cases and not asked:
        return None
    shown = render("pages/emergencies_card.html", cases=cases, late=late, requests=asked)
    return Markup(shown)  # noqa: S704  # a template


def _readers(ctx: Context) -> Markup | None:
    """For families: whose record was looked at lately."""
    found = [(name, url_for("readers.person", person_id=id), count) for id, name, count in log.lately(ctx)]
    return Markup(render("pages/readers_card.html", children=found)) if found else None  # noqa: S704  # a template


def emergency_banner(ctx: Context, person_id: UUID | None) -> Markup | None:
    """Red, on the record, as long as it is open in an emergency."""
    for case in emergency.own_open(ctx, person_id) if person_id else ():
        return Markup(render("pages/emergency_banner.html", case=case))  # noqa: S704  # a template
    return None


def readers_tab(ctx: Context, person_id: UUID) -> Markup:
    """Who has looked at the record, on the record itself."""
    looks = log.looks_at(ctx, person_id)
    shown = render("pages/readers_table.html", looks=looks, function_of=function_of)
    return Markup(shown)  # noqa: S704  # a template


CARDS = [
    Card("core.watch", APPROVE, _watch, order=4),
    Card("core.readers", f"{LOG}.own", _readers, order=60),
    Card("core.installation", operate.OPERATE, _installation, order=5),
    Card("core.webhooks", endpoints.MANAGE, _webhooks, order=15),
]
