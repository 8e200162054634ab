"""Checkout: the page of Stripe on which the payer chooses a card, made by one request of ours."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, urlencode, urlsplit

from core.sdk.payments import Attempt, Config, Declined, HttpClient, Order, Redirect, Unknown
from core.sdk.text import Message, _

from .calls import Refusal, opened
from .facts import ATTEMPT, REFERENCE

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

LEAST, MOST = 15_000, 99_999_999
"""Dong. Stripe asks for about half a US dollar at least, and takes eight digits."""
LIFE = timedelta(minutes=60)
"""From the beginning of the attempt: Stripe wants 30 minutes to 24 hours from the making of the page."""
_MARK = "truong_card"
_WORDS: dict[str, Message] = {
    "amount_too_small": _("Stripe cannot carry this amount in one payment."),
    "amount_too_large": _("Stripe cannot carry this amount in one payment."),
}
_CLOSED = _("Stripe does not accept payments for the school at the moment.")
_AGAIN = _("This payment was begun at Stripe before. Please go back to the bill and begin a new one.")


def limits(config: Config) -> tuple[int, int]:
    """The least and the most dong of one payment."""
    return max(1, _number(config, "least", LEAST)), min(MOST, _number(config, "most", MOST))


def _number(config: Config, name: str, otherwise: int) -> int:
    text = config.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else otherwise


def plan(attempt: Attempt, config: Config) -> Order:
    """What the order will be called.

    Raises:
        ValueError: for another currency or an amount outside of the limits.
    """
    if attempt.currency != "VND":
        raise ValueError("Stripe is used for VND only")
    least, most = limits(config)
    if not least <= attempt.amount <= most:
        raise ValueError(f"Stripe carries {least:,} to {most:,} VND here")
    return Order({"client_reference_id": attempt.reference, "idempotency_key": order_key(attempt)})


def order_key(attempt: Attempt) -> str:
    """Our own idempotency key: one that the package makes up would be lost in a crash."""
    return f"truong-order-{attempt.id.hex}"


def session_params(attempt: Attempt, config: Config) -> SessionCreateParams:
    """The request: nothing but the attempt decides it, so a repetition is the same. No name of a person goes out."""
    metadata = {REFERENCE: attempt.reference, ATTEMPT: attempt.id.hex}
    name = (attempt.description or attempt.reference)[:200]
    return {
        "mode": "payment",
        "client_reference_id": attempt.reference,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "vnd",
                    "unit_amount": attempt.amount,  # VND has no smaller unit: not times a hundred
                    "product_data": {"name": name},
                },
            }
        ],
        "payment_intent_data": {"metadata": metadata, "description": f"{name} ({attempt.reference})"},
        "metadata": metadata,
        "success_url": return_url(attempt, "success", config),
        "cancel_url": return_url(attempt, "failure", config),
        "expires_at": int((attempt.created_at + LIFE).timestamp()),
        "locale": "en" if attempt.locale.startswith("en") else "vi",
        "submit_type": "pay",
    }


def place(attempt: Attempt, config: Config, http: HttpClient) -> Redirect | Declined | Unknown:
    """Make the page. A repetition (same key, same content) is answered with the same one."""
    answer = opened(config, http).open_session(session_params(attempt, config), order_key(attempt))
    if isinstance(answer, Unknown):
        return answer
    if isinstance(answer, Refusal):
        return Declined(_words(answer), f"refused: {answer.why} {answer.code}".strip())
    if answer.client_reference_id != attempt.reference or answer.amount_total != attempt.amount:
        return Unknown("the page was made for another order")
    if urlsplit(answer.url or "").scheme not in ("https", "http"):
        return Unknown("there is no address to pay at")
    return Redirect(answer.url or "", {"session": answer.id})


def _words(refusal: Refusal) -> Message:
    if refusal.why == "denied":
        return _CLOSED
    if refusal.why == "repeated":
        return _AGAIN
    return _WORDS.get(refusal.code) or _("Stripe does not take this payment (code %(code)s).", code=refusal.code or "?")


def return_url(attempt: Attempt, outcome: Literal["success", "failure"], config: Config) -> str:
    """Where the payer comes back to. Stripe signs no return, so the address bears a mark of our own."""
    joint = "&" if "?" in attempt.return_url else "?"
    said = f"{outcome}.{attempt.reference}"
    return attempt.return_url + joint + urlencode({_MARK: f"{said}.{_mark(said, config)}"})


def read_return(query: bytes, config: Config) -> Literal["success", "failure", "unknown"]:
    """What the mark of a return address claims. Display only."""
    given = parse_qs(query.decode("ascii", "replace")).get(_MARK, [])
    if len(given) != 1 or not config.get("secret_key"):
        return "unknown"
    said, _dot, mark = given[0].rpartition(".")
    if not hmac.compare_digest(mark.encode(), _mark(said, config).encode()):
        return "unknown"
    return "success" if said.startswith("success.") else "failure"


def _mark(said: str, config: Config) -> str:
    return hmac.new(config.get("secret_key", "").encode(), said.encode(), hashlib.sha256).hexdigest()[:24]
