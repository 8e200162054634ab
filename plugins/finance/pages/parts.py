"""A bill in parts: agreed with a family, taken back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.errors import Conflict, Invalid
from core.sdk.web import flash, page, redirect_to, render
from plugins.finance.rules.parts import Part
from plugins.finance.rules.paste import read_price
from plugins.finance.services import bills
from plugins.finance.services import parts as service

from .site import blueprint, faults, typed, whole


@blueprint.route("/bills/<uuid:bill_id>/parts", methods=["GET", "POST"])
@page("finance.bill.split")
def bill_parts(ctx: Context, bill_id: UUID) -> ResponseReturnValue:
    """Days and amounts of the parts; empty rows do not count."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            with whole(ctx):
                if request.form.get("step") == "join":
                    service.join_bill(ctx, bill_id)
                    flash("ok", _("The whole bill is due by its day again."))
                else:
                    service.split_bill(ctx, bill_id, _read())
                    flash("ok", _("The parts are agreed. The bill is due by the first part that is open."))
            return redirect_to("finance.bill", bill_id=bill_id)
        except Invalid as refused:
            errors = faults(refused)
        except Conflict as refused:
            errors = {"": refused.message}
    bill = bills.bill(ctx, bill_id).bill
    known = service.parts_of(ctx, bill_id, bill.paid)
    shown = known or service.suggested_parts(ctx, bill.total, bill.due_on)
    stored = {f"due_on.{n}": p.due_on.isoformat() for n, p in enumerate(shown, 1)}
    stored |= {f"amount.{n}": str(p.amount) for n, p in enumerate(shown, 1)}
    page_ = render(
        "finance/bill_parts.html",
        bill=bill,
        known=known,
        rows=range(1, max(len(shown) + 1, 4) + 1) if len(shown) < service.MOST else range(1, service.MOST + 1),
        errors=errors,
        values=typed() or stored,
    )
    return page_, 422 if errors else 200


def _read() -> list[Part]:
    found: list[Part] = []
    wrong: dict[str, Message] = {}
    for number in range(1, service.MOST + 1):
        day, text = (request.form.get(f"{name}.{number}", "").strip() for name in ("due_on", "amount"))
        if not day and not text:
            continue
        amount, _code = read_price(text)
        if amount is None:
            wrong[f"amount.{number}"] = _("“%(text)s” is not an amount.", text=text)
        try:
            due_on = date.fromisoformat(day)
        except ValueError:
            wrong[f"due_on.{number}"] = _("This is not a date.")
            continue
        found.append(Part(due_on, amount or 0))
    if wrong:
        raise Invalid(_("Some fields need another look."), fields=wrong)
    return found
