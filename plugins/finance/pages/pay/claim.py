"""“I have paid”: the form for whoever holds a bill's link."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message
from core.sdk.data import local_date
from core.sdk.errors import Conflict, Invalid
from core.sdk.web import public, see_other
from plugins.finance.pages.site import faults, typed
from plugins.finance.services import claiming, paying

from .door import TOKEN, blueprint, by_link, show

_FIELDS = ("amount", "paid_on", "number", "bank", "note")


@blueprint.route(f"/{TOKEN}/paid", methods=["GET", "POST"])
@public("the signed link may tell the school of a payment of this one bill")
@by_link
def claim(ctx: Context, token: str) -> ResponseReturnValue:
    """What was transferred, when and under which number; the answer stands on the bill's page."""
    home = url_for("finance_pay.bill", token=token)
    view = paying.pay_page(ctx, token)
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            claiming.tell(ctx, token, **{name: request.form.get(name, "") for name in _FIELDS})
            return see_other(f"{home}#told")
        except Invalid as refused:
            errors = faults(refused)
        except Conflict as refused:
            errors = {"": refused.message}
    if view.bill.open <= 0:
        return see_other(home)
    values = typed() or {"amount": str(view.amount), "paid_on": local_date(ctx.now()).isoformat()}
    page = show(ctx, "claim.html", token=token, bill=view.bill, errors=errors, values=values)
    return page, 422 if errors else 200
