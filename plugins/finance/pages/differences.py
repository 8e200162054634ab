"""Pupils who differ from their class in a round, and the exemptions that will count."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from core.sdk import Context, Message, _
from core.sdk.errors import Invalid
from core.sdk.web import flash, load_form, page, redirect_to, render
from plugins.finance.rules.exemptions import GROUPS
from plugins.finance.rules.paste import read_price
from plugins.finance.services import exceptions as service
from plugins.finance.services import pupils
from plugins.finance.services.applying import applying
from plugins.finance.services.rounds import round_, round_items

from .site import asked, blueprint, faults, said, typed, uuid_of, whole

_FILLED = said(required=_("Please fill in this field."), invalid=_("Please fill in this field."))


class DifferenceForm(Schema):
    """One pupil, one item, another quantity or another amount, and why."""

    person_id = fields.UUID(required=True, error_messages=_FILLED)
    item_id = fields.UUID(required=True, error_messages=_FILLED)
    quantity = fields.Integer(load_default=None, error_messages=said(invalid=_("This is not a whole number.")))
    amount = fields.String(load_default=None)
    reason = fields.String(required=True, error_messages=said(required=_("Say why this pupil differs.")))


@blueprint.route("/rounds/<uuid:round_id>/exceptions", methods=["GET", "POST"])
@page("finance.round.edit")
def exceptions(ctx: Context, round_id: UUID) -> ResponseReturnValue:
    """Fourth step: who differs. Find a pupil, then say how and why."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            with whole(ctx):
                service.set_exceptions(ctx, round_id, [_read()])
            flash("ok", _("The exception is entered."))
            return redirect_to("finance.exceptions", round_id=round_id)
        except Invalid as refused:
            errors = faults(refused)
            if "0" in errors:
                errors = {"reason" if "0" in refused.fields and not typed().get("reason") else "quantity": errors["0"]}
    chosen = uuid_of(typed().get("person_id", "") or asked("person"))
    page_ = render(
        "finance/round_exceptions.html",
        row=round_(ctx, round_id),
        items=round_items(ctx, round_id),
        rows=service.exceptions(ctx, round_id),
        exemptions=applying(ctx, round_id),
        groups=GROUPS,
        query=asked("q"),
        hits=pupils.find_pupils(ctx, asked("q"), 8),
        chosen=pupils.pupil(ctx, chosen) if chosen else None,
        errors=errors,
        values=typed(),
    )
    return page_, 422 if errors else 200


def _read() -> service.ExceptionInput:
    form = load_form(DifferenceForm())
    amount: int | None = None
    if form["amount"] is not None:
        amount, _code = read_price(form["amount"])
        if amount is None:
            message = _("“%(text)s” is not an amount.", text=form["amount"])
            raise Invalid(message, fields={"amount": message})
    return service.ExceptionInput(form["person_id"], form["item_id"], form["reason"], form["quantity"], amount)


@blueprint.post("/rounds/<uuid:round_id>/exceptions/<uuid:exception_id>/remove")
@page("finance.round.edit")
def remove_exception(ctx: Context, round_id: UUID, exception_id: UUID) -> ResponseReturnValue:
    """The pupil follows the class again."""
    service.remove_exception(ctx, round_id, exception_id)
    flash("ok", _("The exception is taken out; the pupil follows the class again."))
    return redirect_to("finance.exceptions", round_id=round_id)
