"""Preparing a round: what it collects, and at which price."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.errors import Invalid
from core.sdk.web import flash, page, redirect_to, render
from plugins.finance.rules.explain import UNIT_LABELS
from plugins.finance.services import items as item_service
from plugins.finance.services import price_grid
from plugins.finance.services import rounds as service

from .items import KINDS
from .site import blueprint, faults, typed, uuids, whole


@blueprint.route("/rounds/<uuid:round_id>/items", methods=["GET", "POST"])
@page("finance.round.edit")
def round_items(ctx: Context, round_id: UUID) -> ResponseReturnValue:
    """Second step: tick what the round collects."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            chosen = uuids("item")
            if not chosen:
                message = _("Choose at least one item.")
                raise Invalid(message, fields={"item": message})
            with whole(ctx):
                service.set_items(ctx, round_id, chosen)
            return redirect_to("finance.round_prices", round_id=round_id)
        except Invalid as refused:
            errors = {"item": next(iter(refused.fields.values()), refused.message)}
    row = service.round_(ctx, round_id)
    on = set(uuids("item")) if errors else {item.id for item in service.round_items(ctx, round_id)}
    page_ = render(
        "finance/round_items.html",
        row=row,
        items=item_service.items(ctx),
        on=on,
        kinds=KINDS,
        units=UNIT_LABELS,
        errors=errors,
    )
    return page_, 422 if errors else 200


@blueprint.route("/rounds/<uuid:round_id>/prices", methods=["GET", "POST"])
@page("finance.round.edit")
def round_prices(ctx: Context, round_id: UUID) -> ResponseReturnValue:
    """Third step: the grid of prices, with paste from a worksheet. Nothing typed is lost by an error."""
    row = service.round_(ctx, round_id)
    if request.method == "GET":
        return _grid(row, price_grid.grid(ctx, round_id))
    if request.form.get("step") == "paste":
        pasted_text = request.form.get("pasted", "")
        found, pasted = price_grid.paste(ctx, round_id, typed(), pasted_text)
        refused_any = any(remark.level == "refuse" for remark in pasted.notes)
        return _grid(row, found, pasted=pasted, pasted_text=pasted_text if refused_any else "")
    try:
        version = request.form.get("version", type=int)
        with whole(ctx):
            _row, found = price_grid.save_grid(ctx, round_id, typed(), version)
    except Invalid as refused:
        found = price_grid.typed_grid(ctx, round_id, typed())
        found.faults = faults(refused)
        return _grid(row, found), 422
    for remark in found.notes:
        flash("info", remark)
    return redirect_to("finance.exceptions", round_id=round_id)


def _grid(row: object, found: price_grid.Grid, **more: object) -> str:
    return render("finance/round_prices.html", row=row, grid=found, units=UNIT_LABELS, **more)
