"""Every bill before it goes out, and the step that sends them."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _, fold
from core.sdk.errors import Invalid
from core.sdk.web import flash, page, redirect_to, render
from plugins.finance.roll import classes
from plugins.finance.rules.explain import PARTS
from plugins.finance.services import preview as service
from plugins.finance.services import publish as publishing
from plugins.finance.services.rounds import round_, round_items

from .site import asked, blueprint, next_url, position, uuid_of, whole

AT_ONCE = 500
"""Bills that are issued while the person waits; more of them become a job with progress."""
_FIX: dict[str, tuple[str, Message]] = {
    "no_items": ("finance.round_items", _("Choose items")),
    "item_refused": ("finance.round_items", _("Change the items")),
    "price_missing": ("finance.round_prices", _("Enter the price")),
    "above_ceiling": ("finance.round_prices", _("Change the price")),
    "insurance_amount": ("finance.round_prices", _("Look at the price")),
}
_EXEMPTIONS = "finance.exemptions"


@blueprint.get("/rounds/<uuid:round_id>/preview")
@page("finance.round.read")
def preview(ctx: Context, round_id: UUID) -> str:
    """Last step: totals by class, what needs a look, every bill."""
    return _preview(ctx, round_id)


def _preview(ctx: Context, round_id: UUID, refused: Message | None = None) -> str:
    after = position("preview")
    class_id = uuid_of(asked("class"))
    found = service.preview_bills(
        ctx,
        round_id,
        class_id=class_id,
        search=fold(asked("q")),
        after=(after[0], after[1]) if after else None,
        limit=25,
    )
    summary = service.preview(ctx, round_id)
    return render(
        "finance/preview.html",
        row=round_(ctx, round_id),
        summary=summary,
        problems=[(p, _fix(ctx, p, round_id)) for p in summary.problems],
        bills=found,
        items={item.id: item for item in round_items(ctx, round_id)},
        classes=[(str(c.id), c.name) for c in classes(ctx)],
        part_labels=PARTS,
        query=asked("q"),
        class_id=asked("class"),
        next=next_url("preview", found[-1].cursor if len(found) == 25 else None),
        refused=refused,
    )


def _fix(ctx: Context, problem: service.Problem, round_id: UUID) -> tuple[str, Message]:
    """Where a problem is mended; without an address for who may only look."""
    if problem.code in _FIX:
        endpoint, label = _FIX[problem.code]
        return url_for(endpoint, round_id=round_id) if ctx.actor.has("finance.round.edit") else "", label
    url = url_for(_EXEMPTIONS, waiting="1" if problem.code == "exemption_waiting" else None)
    return url if ctx.actor.has("finance.exemption.read") else "", _("Look at the exemption")


@blueprint.post("/rounds/<uuid:round_id>/publish")
@page("finance.round.publish")
def publish(ctx: Context, round_id: UUID) -> ResponseReturnValue:
    """Send the bills out: at once, or as a job for a big school."""
    following = url_for("finance.round_page", round_id=round_id)
    try:
        version = request.form.get("version", type=int)
        with whole(ctx):
            if request.form.get("bills", 0, type=int) > AT_ONCE:
                job = publishing.start_publishing(ctx, round_id, version)
                return redirect_to("home.job", job_id=job, next=following)
            done = publishing.publish(ctx, round_id, version=version)
    except Invalid as error:
        return _preview(ctx, round_id, error.message), 422
    flash("ok", _("%(bills)s bills are out.", bills=done.bills))
    return redirect_to("finance.round_page", round_id=round_id)
