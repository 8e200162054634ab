"""E-invoices for the accountant: where each stands, what is not invoiced yet, sending again, what follows one."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _, einvoices
from core.sdk.errors import Conflict, Invalid
from core.sdk.web import flash, page, redirect_to, render
from plugins.finance.services import einvoices as service
from plugins.finance.services.einvoices.reading import KINDS, STATES, VIEWS

from .site import asked, blueprint, chip, faults, next_url, position, typed, whole

LABELS: dict[str, Message] = {
    "open": _("On the way"),
    "refused": _("Refused by the service"),
    "valid": _("Valid"),
    "ended": _("Ended"),
}

_FOLLOW = ("adjust", "replace", "cancel")


@blueprint.get("/einvoices")
@page("finance.einvoice.read")
def einvoices_page(ctx: Context) -> str:
    """The list, and what is paid without an invoice."""
    view = asked("view") if asked("view") in VIEWS else ""
    found = service.invoices(ctx, view=view, search=asked("q"), after=position("einvoices"))
    due = service.due_of(ctx)
    provider = einvoices.in_use(ctx)
    return render(
        "finance/einvoices.html",
        found=found,
        counts=service.counts(ctx),
        missing=sum(d.amount for d in due if d.amount > 0),
        people=len({d.person_id for d in due if d.amount > 0}),
        over=-sum(d.amount for d in due if d.amount < 0),
        provider=provider.label if provider else None,
        states=STATES,
        kinds=KINDS,
        query=asked("q"),
        chips=[chip(label, "view", name) for name, label in LABELS.items()],
        next=next_url("einvoices", found.next),
    )


@blueprint.post("/einvoices/issue")
@page("finance.einvoice.issue")
def issue_einvoices(ctx: Context) -> ResponseReturnValue:
    """One invoice a pupil for everything that is paid and has none."""
    try:
        with whole(ctx):
            made = service.issue_due(ctx)
        flash("ok", _("%(count)s e-invoices are on their way.", count=made))
    except Conflict as refused:
        flash("attention", refused.message)
    return redirect_to("finance.einvoices_page")


@blueprint.get("/einvoices/<uuid:invoice_id>")
@page("finance.einvoice.read")
def einvoice(ctx: Context, invoice_id: UUID) -> str:
    """One invoice: what went out, where it stands, what can follow."""
    return _invoice(ctx, invoice_id, {}, asked("do"))


def _invoice(ctx: Context, invoice_id: UUID, errors: dict[str, Message], step: str) -> str:
    view = service.invoice(ctx, invoice_id)
    buyer = view.row.content["buyer"]
    offered = {"refused": ("correct", "drop"), "taken": _FOLLOW, "valid": _FOLLOW}.get(view.row.state, ())
    return render(
        "finance/einvoice.html",
        view=view,
        row=view.row,
        states=STATES,
        kinds=KINDS,
        errors=errors,
        step=step if step in offered else "",
        values={**buyer, **typed()},
    )


@blueprint.post("/einvoices/<uuid:invoice_id>/<any(again, correct, adjust, replace, cancel, drop):step>")
@page("finance.einvoice.issue")
def einvoice_step(ctx: Context, invoice_id: UUID, step: str) -> ResponseReturnValue:
    """What the accountant does about one invoice."""
    form, reason, target = request.form, request.form.get("reason", ""), invoice_id
    try:
        with whole(ctx):
            if step == "again":
                service.ask_again(ctx, invoice_id)
            elif step == "correct":
                service.correct_buyer(ctx, invoice_id, form)
            elif step == "adjust":
                target = service.adjust(ctx, invoice_id, reason)
            elif step == "replace":
                target = service.replace(ctx, invoice_id, form, reason)
            elif step == "cancel":
                target = service.cancel(ctx, invoice_id, reason)
            else:
                service.drop(ctx, invoice_id, reason)
        flash("ok", _("Done. The service is asked in the background."))
    except Invalid as refused:
        return _invoice(ctx, invoice_id, faults(refused), step), 422
    except Conflict as refused:
        flash("attention", refused.message)
    return redirect_to("finance.einvoice", invoice_id=target)
