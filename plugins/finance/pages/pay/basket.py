"""The page of a link for several bills: a family's children at each school, or what somebody else shall pay."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Message
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.ledger import Offer, Started
from core.sdk.web import locale, public, render, runtime, see_other
from plugins.finance.pages.site import faults, uuid_of, uuids
from plugins.finance.services import baskets
from plugins.finance.services.baskets import Basket, Door, PayerInput, Place

from .door import TOKEN, at_place, blueprint, expiring, places_of, secure, surroundings

DOOR = f"/<any(family, for):door>/{TOKEN}"
COOKIE = "truong_paying"
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_A_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Section:
    """One school on the page: its basket, and what was typed into its form."""

    basket: Basket
    nonce: str
    channel: UUID | None
    payer: PayerInput
    errors: dict[str, Message]


@blueprint.get(DOOR)
@public("the signed link opens these bills")
@expiring
def basket(door: Door, token: str) -> ResponseReturnValue:
    """All children, by school: what is asked of each, and how to pay it in one payment a school."""
    return _page(door, token)


def _page(door: Door, token: str, school: UUID | None = None, refused: Invalid | None = None) -> str:
    """The page; `refused` is what was wrong with the form of `school`."""
    picked = frozenset(uuids("bill") if request.method == "POST" else map(_uuid, request.args.getlist("bill")))
    sections: list[Section] = []
    for place in places_of(door, token):
        mine = refused if place.school_id == school else None
        with at_place(place) as ctx:
            found = baskets.basket(ctx, place, picked)
            named = baskets.payer_of_share(ctx, place.share) if place.share else PayerInput()
        nonce = _nonce() if mine else ""
        sections.append(
            Section(
                basket=found,
                nonce=nonce or secrets.token_urlsafe(18),
                channel=uuid_of(request.form.get("channel", "")) if mine else None,
                payer=_payer() if mine else named,
                errors=faults(mine) if mine else {},
            )
        )
    asking = [section for section in sections if section.basket.total]
    wanted = school or uuid_of(request.args.get("school", ""))
    paying = next((section for section in asking if section.basket.school_id == wanted), None)
    if paying is None and len(asking) == 1:
        paying = asking[0]
    return render(
        "finance/pay/basket.html",
        door=door,
        token=token,
        sections=sections,
        asking=asking,
        paying=paying,
        total=sum(section.basket.total for section in sections),
        school_name=(paying or sections[0]).basket.school_name if paying or len(sections) == 1 else "",
        **surroundings(),
    )


def _uuid(text: str) -> UUID:
    return uuid_of(text) or UUID(int=0)


def _nonce() -> str:
    found = request.form.get("nonce", "")
    return found if _NONCE.fullmatch(found) else ""


def _payer() -> PayerInput:
    """Who pays, as typed."""
    return PayerInput(*(request.form.get(name, "")[:200] for name in ("name", "tax_code", "address")))


def place_at(door: Door, token: str, school: UUID | None) -> Place:
    """The place of a link at one of its schools.

    Raises:
        NotFound: the link opens nothing there.
    """
    for place in places_of(door, token):
        if place.school_id == school:
            return place
    raise NotFound()


@blueprint.post(DOOR)
@public("the signed link may pay these bills")
@expiring
def begin_basket(door: Door, token: str) -> ResponseReturnValue:
    """Begin to pay at one school; the same form sent twice leads to the same payment."""
    school = uuid_of(request.form.get("school", ""))
    place = place_at(door, token, school)
    home = url_for("finance_pay.basket", door=door, token=token)
    try:
        with at_place(place) as ctx:
            offer, started = baskets.begin(
                ctx,
                place,
                uuids("bill"),
                uuid_of(request.form.get("channel", "")),
                _nonce() or secrets.token_urlsafe(18),
                payer=_payer() if place.share else None,
                return_url=return_url(),
                payer_ip=request.remote_addr or "",
                locale=locale(),
            )
    except Conflict:
        return see_other(home)
    except Invalid as refused:
        return _page(door, token, school, refused), 422
    return _lead(door, token, offer, started)


def return_url() -> str:
    """Names the payment only: what the provider hears must not open the bills."""
    path = url_for("finance_pay.back", reference="REFERENCE")
    return runtime().base_url + path.replace("REFERENCE", "{reference}")


def _lead(door: Door, token: str, offer: Offer, started: Started) -> ResponseReturnValue:
    step = "finance_pay.basket_leave" if offer.flow == "redirect" else "finance_pay.payment"
    answer = redirect(url_for(step, door=door, token=token, reference=started.reference), code=303)
    if offer.flow == "redirect":
        home = url_for("finance_pay.back", reference=started.reference)
        answer.set_cookie(
            COOKIE, f"{door}:{token}", max_age=_A_DAY, path=home, httponly=True, secure=secure(), samesite="Lax"
        )
    return answer
