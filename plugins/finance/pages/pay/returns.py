"""Where a service sends its payers back to. Shows what is known; books nothing, whatever the address says."""

from __future__ import annotations

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.ledger import AttemptView, payers
from core.sdk.web import public
from plugins.finance.services import paying

from .bill import COOKIE
from .door import LENGTH, REFERENCE, at_attempt, at_school, blueprint, show


@blueprint.get(f"/return/{REFERENCE}")
@public("the payer comes back from a payment service; only the state of this payment is shown")
def back(reference: str) -> ResponseReturnValue:
    """What our evidence says, and until it is there what the service told the browser."""
    with at_school(at_attempt(reference)) as ctx:
        attempt, word = paying.returned(ctx, reference)
        told = payers.told(ctx, attempt, request.query_string)
        return show(
            ctx,
            "back.html",
            reference=reference,
            amount=attempt.amount,
            word=word,
            told=told,
            home=_home(ctx, request.cookies.get(COOKIE, ""), attempt),
        )


def _home(ctx: Context, left: str, attempt: AttemptView) -> str:
    """Where this browser came from, as its cookie says: a key that it holds anyway. Empty for any other browser."""
    door, _colon, token = left.rpartition(":")
    if door in ("family", "for") and len(token) == LENGTH:
        return url_for("finance_pay.basket", door=door, token=token)
    own = paying.own_token(ctx, token, attempt)
    return url_for("finance_pay.bill", token=own) if own else ""


@blueprint.get(f"/return/{REFERENCE}/state")
@public("one word about one payment, for the page that waits for it")
def back_state(reference: str) -> ResponseReturnValue:
    """Where the payment stands, in one word."""
    with at_school(at_attempt(reference)) as ctx:
        return jsonify(state=paying.returned(ctx, reference)[1])
