"""Stripe's objects as JSON, with the fields that its API reference names (version 2026-10-28)."""

from __future__ import annotations

from datetime import datetime

from core.sdk.testing.simulators import Order, Refund

from .account import Account, Dispute

Json = dict[str, object]
_INTENT = {
    "": "requires_payment_method",
    "success": "succeeded",
    "fail": "requires_payment_method",
    "processing": "processing",
    "cancel": "requires_payment_method",
    "expire": "canceled",
}
_REFUND = {"pending": "pending", "done": "succeeded", "failed": "failed"}


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def intent_number(order: Order) -> str:
    return order.own.replace("cs_test_", "pi_", 1)


def begun(order: Order) -> bool:
    """Whether a payment was tried: before, a page has no payment intent."""
    return order.outcome in ("success", "fail", "processing")


def session(account: Account, order: Order, expand: bool = False) -> Json:
    status = {"success": "complete", "processing": "complete", "expire": "expired"}.get(order.outcome, "open")
    payment: object = None
    if begun(order):
        payment = intent(account, order, expand=True) if expand else intent_number(order)
    return {
        "id": order.own,
        "object": "checkout.session",
        "amount_total": order.amount,
        "client_reference_id": order.request.get("client_reference_id"),
        "created": seconds(order.made_at),
        "currency": "vnd",
        "livemode": False,
        "metadata": _metadata(order),
        "mode": "payment",
        "payment_intent": payment,
        "payment_status": "paid" if order.paid else "unpaid",
        "status": status,
        "url": order.request["url"] if status == "open" else None,
    }


def intent(account: Account, order: Order, expand: bool = False) -> Json:
    charged = order.paid or order.outcome == "fail"
    problem = {"code": "card_declined", "decline_code": "insufficient_funds", "type": "card_error"}
    return {
        "id": intent_number(order),
        "object": "payment_intent",
        "amount": order.amount,
        "amount_received": order.amount if order.paid else 0,
        "created": seconds(order.made_at),
        "currency": "vnd",
        "last_payment_error": problem if order.outcome == "fail" else None,
        "latest_charge": (charge(account, order) if expand else f"ch_{order.number}") if charged else None,
        "livemode": False,
        "metadata": _metadata(order),
        "status": _INTENT[order.outcome],
    }


def charge(account: Account, order: Order) -> Json:
    back = sum(refund.amount for refund in order.refunds if refund.state != "failed")
    return {
        "id": f"ch_{order.number}",
        "object": "charge",
        "amount": order.amount,
        "amount_refunded": back,
        "created": seconds(order.decided_at or order.made_at),
        "currency": "vnd",
        "disputed": bool(account.disputes_of(order)),
        "livemode": False,
        "metadata": _metadata(order),
        "paid": order.paid,
        "payment_intent": intent_number(order),
        "refunded": back == order.amount,
        "status": "succeeded" if order.paid else "failed",
    }


def refund(order: Order, given: Refund) -> Json:
    ours, _at, reference = given.own.partition("|")
    named = {"truong_refund": ours, "truong_reference": reference} if reference else {}
    return {
        "id": f"re_{given.number}",
        "object": "refund",
        "amount": given.amount,
        "charge": f"ch_{order.number}",
        "created": seconds(given.made_at),
        "currency": "vnd",
        "failure_reason": "expired_or_canceled_card" if given.state == "failed" else None,
        "metadata": named,
        "payment_intent": intent_number(order),
        "status": _REFUND[given.state],
    }


def dispute(found: Dispute) -> Json:
    return {
        "id": found.number,
        "object": "dispute",
        "amount": found.order.amount,
        "charge": f"ch_{found.order.number}",
        "created": seconds(found.made_at),
        "currency": "vnd",
        "livemode": False,
        "metadata": {},
        "payment_intent": intent_number(found.order),
        "reason": "fraudulent",
        "status": found.status,
    }


def listed(objects: list[Json], kind: str = "list") -> Json:
    return {"object": kind, "data": objects, "has_more": False, "url": "/v1/"}


def _metadata(order: Order) -> Json:
    prefix = "metadata."
    return {name.removeprefix(prefix): value for name, value in order.request.items() if name.startswith(prefix)}
