"""The list of what the school may collect, and the ceilings."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.errors import Conflict, Invalid
from core.sdk.web import flash, page, redirect_to, render
from plugins.finance.rules.explain import UNIT_LABELS
from plugins.finance.rules.paste import read_price
from plugins.finance.services import catalogue
from plugins.finance.services import items as service

from .site import blueprint, faults, typed, whole

KINDS: dict[str, Message] = {
    "service": _("Service of the school"),
    "meal": _("Meals"),
    "insurance": _("Insurance"),
    "passthrough": _("Collected for others"),
    "donation": _("Voluntary donation"),
    "tuition": _("Tuition"),
}

DOCUMENTS: dict[str, Message] = {"receipt": _("Receipt only"), "invoice": _("Receipt and e-invoice")}


@blueprint.get("/items")
@page("finance.round.read")
def items(ctx: Context) -> str:
    """All items with their ceilings."""
    return _items(ctx, {})


def _items(ctx: Context, errors: dict[str, Message]) -> str:
    ceilings: dict[UUID, int] = {}
    for row in service.ceilings(ctx):
        ceilings.setdefault(row.item_id, row.maximum)
    rows = service.items(ctx, with_inactive=True)
    return render(
        "finance/items.html",
        rows=rows,
        ceilings=ceilings,
        kinds=KINDS,
        units=UNIT_LABELS,
        errors=errors,
        values=typed(),
    )


@blueprint.post("/items/catalogue")
@page("finance.item.edit")
def take_catalogue(ctx: Context) -> ResponseReturnValue:
    """Take over the province's list: missing items and ceilings with their acts."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid(_("Choose the file with the list."), fields={"file": _("Choose the file with the list.")})
        rows = catalogue.read_catalogue(sent.stream.read())
        with whole(ctx):
            found = catalogue.take_catalogue(ctx, rows, request.form.get("group", "").strip())
    except Invalid as refused:
        return _items(ctx, faults(refused)), 422
    flash(
        "ok",
        _(
            "%(items)s new items, %(ceilings)s ceilings; %(same)s stood here already, %(others)s are for others.",
            items=found.items,
            ceilings=found.ceilings,
            same=found.same,
            others=found.others,
        ),
    )
    return redirect_to("finance.items")


@blueprint.route("/items/new", methods=["GET", "POST"])
@page("finance.item.edit")
def new_item(ctx: Context) -> ResponseReturnValue:
    """A new item."""
    return _form(ctx, None)


@blueprint.route("/items/<uuid:item_id>", methods=["GET", "POST"])
@page("finance.item.edit")
def item(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """Change an item."""
    return _form(ctx, item_id)


def _form(ctx: Context, item_id: UUID | None, errors: dict[str, Message] | None = None) -> ResponseReturnValue:
    errors = errors or {}
    if request.method == "POST" and not errors:
        try:
            with whole(ctx):
                service.save_item(ctx, _read(), item_id)
            flash("ok", _("The item is saved."))
            return redirect_to("finance.items")
        except Invalid as refused:
            errors = faults(refused)
        except Conflict as refused:
            errors = {"code": refused.message}
    row = service.item(ctx, item_id) if item_id else None
    names = ("code", "label_vi", "label_en", "kind", "unit", "document", "legal_basis", "position")
    stored = {name: str(getattr(row, name)) for name in names} if row else {}
    page_ = render(
        "finance/item_form.html",
        row=row,
        ceilings=service.ceilings(ctx, item_id) if item_id else [],
        kinds=list(KINDS.items()),
        units=list(UNIT_LABELS.items()),
        documents=list(DOCUMENTS.items()),
        values=typed() or stored | ({"active": "1"} if row is None or row.active else {}),
        errors=errors,
    )
    return page_, 422 if errors else 200


def _read() -> service.ItemInput:
    form = {name: value.strip() for name, value in request.form.items()}
    position = form.get("position", "")
    return service.ItemInput(
        code=form.get("code", ""),
        label_vi=form.get("label_vi", ""),
        label_en=form.get("label_en", "") or form.get("label_vi", ""),
        kind=form.get("kind", ""),
        unit=form.get("unit", ""),
        legal_basis=form.get("legal_basis", ""),
        document=form.get("document", "receipt"),
        position=int(position) if position.isdecimal() and len(position) < 5 else 100,
        active=form.get("active") == "1",
    )


@blueprint.post("/items/<uuid:item_id>/ceiling")
@page("finance.item.edit")
def set_ceiling(ctx: Context, item_id: UUID) -> ResponseReturnValue:
    """The highest unit price from a day on."""
    form = request.form
    try:
        amount, _code = read_price(form.get("maximum", ""))
        if amount is None:
            message = _("“%(text)s” is not an amount.", text=form.get("maximum", ""))
            raise Invalid(message, fields={"maximum": message})
        try:
            since = date.fromisoformat(form.get("valid_from", ""))
        except ValueError:
            raise Invalid(_("This is not a date."), fields={"valid_from": _("This is not a date.")}) from None
        with whole(ctx):
            service.set_ceiling(ctx, item_id, maximum=amount, valid_from=since, legal_basis=form.get("basis", ""))
    except Invalid as refused:
        return _form(ctx, item_id, faults(refused))
    flash("ok", _("The ceiling is set."))
    return redirect_to("finance.item", item_id=item_id)
