"""A payment over several bills: the transfer with its code, the way to a service, the receipts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import NotFound
from core.sdk.ledger import payers
from core.sdk.payments import Declined, Redirect, Transfer
from core.sdk.web import file_response, public, runtime, see_other
from plugins.finance.documents import codes
from plugins.finance.services import baskets
from plugins.finance.services.baskets import Door, Payment, Place

from .basket import DOOR
from .door import REFERENCE, at_attempt, at_place, at_school, blueprint, expiring, places_of, show, signed_in


def _place(door: Door, token: str, reference: str) -> Place:
    """The school of a link at which a payment was begun.

    Raises:
        NotFound: the link opens nothing there.
    """
    with at_school(at_attempt(reference)) as ctx:
        school = ctx.school_id
    for place in places_of(door, token):
        if place.school_id == school:
            return place
    raise NotFound()


@contextmanager
def _opened(door: Door, token: str, reference: str) -> Iterator[tuple[Context, Payment]]:
    place = _place(door, token, reference)
    with at_place(place) as ctx:
        yield ctx, baskets.payment(ctx, place, reference)


@blueprint.get(f"{DOOR}/transfer/{REFERENCE}")
@public("the signed link may pay these bills")
@expiring
def payment(door: Door, token: str, reference: str) -> ResponseReturnValue:
    """The QR code with account, amount and memo; once the money is here, the receipts."""
    with _opened(door, token, reference) as (ctx, found):
        order = found.started.action if isinstance(found.started.action, Transfer) else None
        qr = codes.svg(order.qr_payload) if order else None
        return show(ctx, "payment.html", door=door, token=token, view=found, order=order, qr=qr)


@blueprint.get(f"{DOOR}/transfer/{REFERENCE}/qr.png")
@public("the signed link may pay these bills")
@expiring
def payment_picture(door: Door, token: str, reference: str) -> ResponseReturnValue:
    """The code as a picture, to open in a bank app on the same phone."""
    with _opened(door, token, reference) as (_ctx, found):
        return file_response(codes.png(found.transfer.qr_payload), f"vietqr-{reference}.png", "image/png")


@blueprint.get(f"{DOOR}/state/{REFERENCE}")
@public("the signed link opens these bills")
@expiring
def payment_state(door: Door, token: str, reference: str) -> ResponseReturnValue:
    """Where the payment stands, in one word."""
    with _opened(door, token, reference) as (_ctx, found):
        return jsonify(state=found.state)


@blueprint.get(f"{DOOR}/receipt/{REFERENCE}/<string(maxlength=16):number>")
@public("the signed link opens the receipts of its own payments, with initials")
@expiring
def payment_receipt(door: Door, token: str, reference: str, number: str) -> ResponseReturnValue:
    """A receipt of this payment and of no other."""
    place = _place(door, token, reference)
    with at_place(place) as ctx:
        name, content = baskets.receipt_of(ctx, place, reference, number, signed_in(ctx))
        return file_response(content, name, "application/pdf", inline=True)


@blueprint.get(f"{DOOR}/go/{REFERENCE}")
@public("the signed link may pay these bills")
@expiring
def basket_leave(door: Door, token: str, reference: str) -> ResponseReturnValue:
    """Leads to the page of the service, as for one bill (see `bill.leave`)."""
    home = url_for("finance_pay.basket", door=door, token=token)
    place = _place(door, token, reference)
    with at_place(place) as ctx:
        found = baskets.payment(ctx, place, reference)
        over = found.started.expires_at <= ctx.now() or found.attempt.status.decided
    if isinstance(found.started.action, Transfer):
        raise NotFound()
    if over or found.state not in ("open", "part"):
        return see_other(home)
    action = payers.place(lambda: at_place(place), found.attempt.id, notices=f"{runtime().base_url}/notices")
    with at_place(place) as ctx:
        if not isinstance(action, Redirect):
            said = action.message if isinstance(action, Declined) else None
            again = url_for("finance_pay.basket_leave", door=door, token=token, reference=reference)
            page = show(
                ctx, "no_service.html", home=home, again=again, reference=reference, offer=found.offer, said=said
            )
            return page, 502 if said is None else 409
        if urlsplit(action.url).scheme not in ("http", "https"):
            raise NotFound()
        return show(ctx, "leave.html", home=home, url=action.url, offer=found.offer, amount=found.started.amount)
