"""The bill of a link with its ways of paying, and the beginning of a payment."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.ledger import Offer, Started, payers
from core.sdk.payments import Declined, Redirect, Transfer
from core.sdk.web import locale, public, runtime, see_other
from plugins.finance.pages.site import faults, uuid_of
from plugins.finance.rules.paste import read_price
from plugins.finance.services import paying

from .door import REFERENCE, TOKEN, Opened, blueprint, by_link, by_link_in_steps, secure, show, signed_in

COOKIE = "truong_paying"
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_A_DAY = 24 * 3600


@blueprint.get(f"/{TOKEN}")
@public("the signed link opens this one bill")
@by_link
def bill(ctx: Context, token: str) -> ResponseReturnValue:
    """What is asked and why, what is paid, how to pay."""
    return _bill(ctx, token)


def _bill(ctx: Context, token: str, errors: dict[str, Message] | None = None) -> str:
    return show(
        ctx,
        "bill.html",
        token=token,
        view=paying.pay_page(ctx, token, signed_in(ctx), _amount(request.values.get("amount", ""))),
        nonce=_nonce() or secrets.token_urlsafe(18),
        chosen=uuid_of(request.form.get("channel", "")),
        errors=errors or {},
    )


def _amount(text: str) -> int | None:
    """What somebody wants to pay now, as they typed it; None when that is no amount."""
    return read_price(text[:20])[0] if text.strip() else None


def _nonce() -> str:
    """The number of the form that was sent, empty when it is none of ours."""
    found = request.form.get("nonce", "")
    return found if _NONCE.fullmatch(found) else ""


@blueprint.post(f"/{TOKEN}")
@public("the signed link may pay this one bill")
@by_link
def begin(ctx: Context, token: str) -> ResponseReturnValue:
    """Begin to pay; the same form sent twice leads to the same payment."""
    try:
        offer, started = paying.begin(
            ctx,
            token,
            uuid_of(request.form.get("channel", "")),
            _nonce() or secrets.token_urlsafe(18),
            amount=_amount(request.form.get("amount", "")),
            return_url=_return_url(),
            payer_ip=request.remote_addr or "",
            locale=locale(),
        )
    except Conflict:
        return see_other(url_for("finance_pay.bill", token=token))
    except Invalid as refused:
        return _bill(ctx, token, faults(refused)), 422
    return _lead(token, offer, started)


def _return_url() -> str:
    """Names the payment only: what the provider hears must not open the bill."""
    path = url_for("finance_pay.back", reference="REFERENCE")
    return runtime().base_url + path.replace("REFERENCE", "{reference}")


def _lead(token: str, offer: Offer, started: Started) -> ResponseReturnValue:
    step = "finance_pay.leave" if offer.flow == "redirect" else "finance_pay.transfer"
    answer = redirect(url_for(step, token=token, reference=started.reference), code=303)
    if offer.flow == "redirect":
        # The browser that left finds back to its bill; the address that the provider knows does not.
        home = url_for("finance_pay.back", reference=started.reference)
        answer.set_cookie(COOKIE, token, max_age=_A_DAY, path=home, httponly=True, secure=secure(), samesite="Lax")
    return answer


@blueprint.get(f"/{TOKEN}/go/{REFERENCE}")
@public("the signed link may pay this one bill")
@by_link_in_steps
def leave(opened: Opened, token: str, reference: str) -> ResponseReturnValue:
    """Leads to the page of the service, where the service wants it after making the order there.

    A page between, because `form-action 'self'` stops a form that is redirected to another site (Chromium checks every
    step, CSP 3 section 6.4.1); a page that moves on by itself is not a form any more.
    """
    home = url_for("finance_pay.bill", token=token)
    with opened() as ctx:
        found = paying.begun(ctx, token, reference)
        over = found.started.expires_at <= ctx.now() or found.attempt.status.decided
    if isinstance(found.started.action, Transfer):
        raise NotFound()
    if over or found.state not in ("open", "part"):
        return see_other(home)
    action = payers.place(opened, found.attempt.id, notices=f"{runtime().base_url}/notices")
    with opened() as ctx:
        if not isinstance(action, Redirect):
            said = action.message if isinstance(action, Declined) else None
            again = url_for("finance_pay.leave", token=token, reference=reference)
            page = show(
                ctx, "no_service.html", home=home, again=again, reference=reference, offer=found.offer, said=said
            )
            return page, 502 if said is None else 409
        if urlsplit(action.url).scheme not in ("http", "https"):
            raise NotFound()
        return show(ctx, "leave.html", home=home, url=action.url, offer=found.offer, amount=found.started.amount)


@blueprint.get(f"/{TOKEN}/state")
@public("the signed link opens this one bill")
@by_link
def state(ctx: Context, token: str) -> ResponseReturnValue:
    """Where the bill stands, in one word."""
    return jsonify(state=paying.state_of(ctx, token))
