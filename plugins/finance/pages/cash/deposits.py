"""Cash carried to the bank."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, _
from core.sdk.errors import Conflict, Invalid
from core.sdk.web import flash, page, redirect_to
from plugins.finance.pages.site import blueprint, uuid_of, whole
from plugins.finance.rules.paste import read_price
from plugins.finance.services import cash


@blueprint.post("/cash/deposits")
@page("payments.cash.collect")
def hand_to_bank(ctx: Context) -> ResponseReturnValue:
    """Note what was paid in, with the number of the slip."""
    form = request.form
    amount, _code = read_price(form.get("amount", ""))
    try:
        with whole(ctx):
            cash.deposit(ctx, amount or 0, form.get("slip", ""), form.get("bank", ""))
        flash("ok", _("Noted. The money is on its way until the bank's statement shows it."))
    except Invalid as refused:
        flash("attention", next(iter(refused.fields.values()), refused.message))
    return redirect_to("finance.drawers")


@blueprint.post("/cash/deposits/<uuid:deposit_id>/arrived")
@page("payments.case.resolve")
def deposit_arrived(ctx: Context, deposit_id: UUID) -> ResponseReturnValue:
    """A credit of the bank is this deposit."""
    case_id = uuid_of(request.form.get("case", ""))
    try:
        with whole(ctx):
            if case_id is None:
                raise Conflict(_("Choose the line of the bank."))
            cash.arrived(ctx, deposit_id, case_id)
        flash("ok", _("The deposit has arrived; the line of the bank is explained."))
    except Conflict as refused:
        flash("attention", refused.message)
    return redirect_to("finance.drawers")
