"""Making a link for somebody who pays instead: from a bill's link or a family's."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message
from core.sdk.errors import Conflict, Invalid
from core.sdk.web import public, runtime, see_other
from plugins.finance.documents import codes
from plugins.finance.pages.site import faults, typed, uuid_of, uuids
from plugins.finance.services import baskets, paying
from plugins.finance.services.baskets import PayerInput

from .basket import place_at
from .door import TOKEN, at_place, blueprint, by_link, expiring, show


@blueprint.route(f"/{TOKEN}/share", methods=["GET", "POST"])
@public("the signed link may be handed on as one that tells less")
@by_link
def share_bill(ctx: Context, token: str) -> ResponseReturnValue:
    """A link for one bill."""
    view = paying.pay_page(ctx, token)
    home = url_for("finance_pay.bill", token=token)
    if not view.bill.open:
        return see_other(home)
    return _share(ctx, home, [view.bill.bill_id], view.bill.open)


@blueprint.route(f"/family/{TOKEN}/share", methods=["GET", "POST"])
@public("the signed link may be handed on as one that tells less")
@expiring
def share_family(token: str) -> ResponseReturnValue:
    """A link for chosen bills of one school."""
    home = url_for("finance_pay.basket", door="family", token=token)
    place = place_at("family", token, uuid_of(request.values.get("school", "")))
    with at_place(place) as ctx:
        found = baskets.basket(ctx, place, frozenset(_asked()))
        if not found.total:
            return see_other(home)
        return _share(ctx, home, [bill.id for bill in found.chosen], found.amount)


def _asked() -> list[UUID]:
    """The bills that were ticked, from the address or the form."""
    if request.method == "POST":
        return uuids("bill")
    return [found for text in request.args.getlist("bill") if (found := uuid_of(text)) is not None]


def _share(ctx: Context, home: str, bills: list[UUID], amount: int) -> ResponseReturnValue:
    """The form; after it the link, once, with its code."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            payer = PayerInput(*(request.form.get(name, "")[:200] for name in ("name", "tax_code", "address")))
            made = baskets.share(ctx, bills, payer)
        except Conflict:
            return see_other(home)
        except Invalid as refused:
            errors = faults(refused)
        else:
            url = runtime().base_url + url_for("finance_pay.basket", door="for", token=made)
            return show(ctx, "share_made.html", home=home, url=url, amount=amount, qr=codes.svg(url))
    page = show(
        ctx, "share.html", home=home, action=request.path, amount=amount, bills=bills,
        school=request.values.get("school", ""), errors=errors, values=typed(),
    )  # fmt: skip
    return page, 422 if errors else 200
