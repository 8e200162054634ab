"""Balances that nothing uses, and giving them back: asked for by one person, approved by another, then paid."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.ledger import balance_of
from core.sdk.web import flash, page, redirect_to, render
from plugins.finance.rules.paste import read_price
from plugins.finance.services import payouts as service
from plugins.finance.services import transfers

from .site import asked, blueprint, chip, faults, typed, uuid_of, whole


@blueprint.route("/payouts", methods=["GET", "POST"])
@page("finance.bill.read")
def payouts(ctx: Context) -> ResponseReturnValue:
    """Who has money at the school, leavers first, and what is being given back."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            with whole(ctx):
                _request(ctx)
            flash("ok", _("The payout is asked for. Another person approves it."))
            return redirect_to("finance.payouts")
        except Invalid as refused:
            errors = faults(refused)
    holders = service.holders(ctx, left_only=asked("left") == "1")
    chosen = uuid_of(typed().get("person_id", "") or asked("person"))
    found = next((h for h in holders if h.person_id == chosen), None)
    may_see = ctx.actor.has("payments.refund.request") or ctx.actor.has("payments.refund.approve")
    page_ = render(
        "finance/payouts.html",
        rows=service.payouts(ctx) if may_see else [],
        transfers=transfers.transfers(ctx) if may_see else [],
        states=service.STATES,
        holders=holders,
        chips=[chip(_("Left the school"), "left", "1")],
        chosen=found,
        me=ctx.actor.account_id,
        errors=errors,
        values=typed(),
    )
    return page_, 422 if errors else 200


def _request(ctx: Context) -> None:
    form = request.form
    person = uuid_of(form.get("person_id", ""))
    if person is None:
        raise NotFound()
    amount, _code = read_price(form.get("amount", ""))
    amount = balance_of(ctx, person).credit if amount is None and not form.get("amount") else amount
    if amount is None:
        message = _("“%(text)s” is not an amount.", text=form.get("amount", ""))
        raise Invalid(message, fields={"amount": message})
    service.request_payout(ctx, person, amount, reason=form.get("reason", ""), to_whom=form.get("to_whom", ""))


@blueprint.post("/payouts/<uuid:payout_id>/<any(approve, refuse, paid):step>")
@page("finance.bill.read")
def payout_step(ctx: Context, payout_id: UUID, step: str) -> ResponseReturnValue:
    """The second person decides; whoever pays notes the number."""
    form = request.form
    try:
        with whole(ctx):
            if step == "approve":
                service.approve_payout(ctx, payout_id)
            elif step == "refuse":
                service.refuse_payout(ctx, payout_id, form.get("reason", ""))
            else:
                service.mark_paid(ctx, payout_id, number=form.get("number", ""), bank=form.get("bank", "").strip())
        flash("ok", _("Done."))
    except (Conflict, Invalid) as refused:
        flash("attention", refused.message)
    return redirect_to("finance.payouts")


@blueprint.post("/payouts/refunds/<uuid:refund_id>")
@page("payments.refund.approve")
def refund_transferred(ctx: Context, refund_id: UUID) -> ResponseReturnValue:
    """A refund of the list has left the school's account."""
    try:
        with whole(ctx):
            transfers.mark_refund_paid(ctx, refund_id, request.form.get("number", ""))
        flash("ok", _("Done."))
    except (Conflict, Invalid) as refused:
        flash("attention", refused.message)
    return redirect_to("finance.payouts")
