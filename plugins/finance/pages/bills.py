"""Bills: the list over all rounds, one with every line explained, cash at the counter, corrections."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Invalid
from core.sdk.web import flash, page, redirect_to, render, runtime, slot_parts, timeline_of
from plugins.finance.rules.paste import read_price
from plugins.finance.services import bills as service
from plugins.finance.services import corrections, desk, links, paid
from plugins.finance.services.parts import parts_of

from .books import KINDS
from .evidence import channel_name
from .rounds import bill_filter, bill_list_values
from .site import blueprint, faults, next_url, position, typed, whole


@blueprint.get("/bills")
@page("finance.bill.read")
def bills(ctx: Context) -> ResponseReturnValue:
    """Every bill of the school, with filters."""
    ctx.require("finance.bill.read")
    chosen = bill_filter()
    found = service.bills(ctx, chosen, after=position("bills"))
    return render(
        "finance/bills.html",
        found=found,
        shown=service.totals(ctx, chosen),
        next=next_url("bills", found.next),
        **bill_list_values(),
    )


@blueprint.get("/bills/<uuid:bill_id>")
@page("finance.bill.read")
def bill(ctx: Context, bill_id: UUID) -> str:
    """One bill: what it is, where it stands, why each amount."""
    return _bill(ctx, bill_id, {})


def _bill(ctx: Context, bill_id: UUID, errors: dict[str, Message]) -> str:
    found = service.bill(ctx, bill_id)
    live = found.bill.state not in ("paid", "cancelled")
    return render(
        "finance/bill.html",
        view=found,
        bill=found.bill,
        parts=parts_of(ctx, bill_id, found.bill.paid),
        payments=paid.payments_of(ctx, bill_id),
        channel_name=channel_name,
        kinds=KINDS,
        history=timeline_of(ctx, ("finance_bill", bill_id)),
        side=slot_parts(ctx, "finance.bill.side", bill_id),
        link=f"{runtime().base_url}/pay/{links.pay_link(ctx, bill_id)}" if live else "",
        key=typed().get("key") or str(new_id()),
        values=typed(),
        errors=errors,
        **bill_list_values(),
    )


@blueprint.post("/bills/<uuid:bill_id>/cash")
@page("payments.cash.collect")
def cash(ctx: Context, bill_id: UUID) -> ResponseReturnValue:
    """Cash at the counter: book it and go to its receipt."""
    form = request.form
    try:
        amount, _code = read_price(form.get("amount", ""))
        if not amount:
            message = _("Enter the amount that you have received.")
            raise Invalid(message, fields={"amount": message})
        with whole(ctx):
            note, key = form.get("note", "")[:200], form.get("key", "")[:64]
            receipt_id = desk.take_cash(ctx, bill_id, amount, note, key=key)
    except Invalid as refused:
        return _bill(ctx, bill_id, faults(refused)), 422
    except Conflict as refused:
        flash("attention", refused.message)
        return redirect_to("finance.cash_desk")
    flash("ok", _("The money is booked. The receipt is ready."))
    return redirect_to("finance.receipt", receipt_id=receipt_id)


@blueprint.route("/bills/<uuid:bill_id>/cancel", methods=["GET", "POST"])
@page("finance.bill.cancel")
def cancel_bill(ctx: Context, bill_id: UUID) -> ResponseReturnValue:
    """Cancel a bill with a reason: the effect first."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            with whole(ctx):
                corrections.cancel_bill(ctx, bill_id, request.form.get("reason", ""))
            flash("ok", _("The bill is cancelled."))
            return redirect_to("finance.bill", bill_id=bill_id)
        except Invalid as refused:
            errors = faults(refused)
    found = service.bill(ctx, bill_id)
    page_ = render("finance/bill_cancel.html", bill=found.bill, errors=errors, values=typed())
    return page_, 422 if errors else 200


@blueprint.post("/bills/<uuid:bill_id>/reissue")
@page("finance.bill.cancel")
def reissue(ctx: Context, bill_id: UUID) -> ResponseReturnValue:
    """Issue a cancelled bill anew."""
    try:
        with whole(ctx):
            new = corrections.reissue(ctx, bill_id)
    except (Conflict, Invalid) as refused:
        flash("attention", refused.message)
        return redirect_to("finance.bill", bill_id=bill_id)
    flash("ok", _("The bill was issued anew with today's prices, exceptions and exemptions."))
    return redirect_to("finance.bill", bill_id=new.bill.id)
