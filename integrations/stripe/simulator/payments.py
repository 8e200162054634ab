"""Events of the simulated Stripe: signed when they are sent, several for one happening, in any order."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from datetime import datetime

from core.sdk.testing.simulators import Letter, Order, Payments, Refund, Reply, ServiceFaults

from . import shapes, signing
from .account import Account
from .settings import Settings
from .shapes import Json

HOUR = 3600.0
OLD = 600
"""Seconds by which a stale notice was signed too early."""


@dataclass
class StripeFaults(ServiceFaults):
    """What else can go wrong at Stripe."""

    stale: int = 0
    """So many calls bear a signature that is ten minutes old, as of somebody who replays them."""


class StripePayments(Payments):
    """Stripe calls for up to three days, more and more slowly."""

    parameter = "session"
    waits = (60.0, 600.0, HOUR, 4 * HOUR, 8 * HOUR, *([12 * HOUR] * 5))
    may_turn = frozenset({"fail", "processing"})

    def __init__(self, settings: Settings, book: Account, faults: StripeFaults) -> None:
        super().__init__(settings, book, faults)
        self._secrets, self.account, self._stale = settings.webhook_secrets, book, faults
        book.ended = self._refund_ended

    def ends_the_calls(self, reply: Reply) -> bool:
        return 200 <= reply.status < 300

    def letters(self, order: Order) -> list[Letter]:
        page, payment = shapes.session(self.account, order), shapes.intent(self.account, order)
        told: dict[str, list[tuple[str, Json]]] = {
            "success": [("checkout.session.completed", page), ("payment_intent.succeeded", payment)],
            "fail": [("payment_intent.payment_failed", payment)],
            "processing": [("checkout.session.completed", page), ("payment_intent.processing", payment)],
            "expire": [("checkout.session.expired", page)],
        }
        return [self.event(kind, content, order.decided_at) for kind, content in told.get(order.outcome, [])]

    def return_url(self, order: Order, outcome: str) -> str:
        return order.request["success_url" if outcome in ("success", "processing") else "cancel_url"]

    def refunded(self, order: Order, refund: Refund, kind: str) -> None:
        """Tell of a refund; Stripe tells of the charge too."""
        letters = [self.event(kind, shapes.refund(order, refund))]
        if kind == "refund.created":
            letters.append(self.event("charge.refunded", shapes.charge(self.account, order)))
        self.post(order, letters)

    def _refund_ended(self, refund: Refund) -> None:
        order = next(one for one in self.account.orders.values() if refund in one.refunds)
        self.refunded(order, refund, "refund.failed" if refund.state == "failed" else "refund.updated")

    def disputed(self, order: Order, status: str) -> None:
        """A dispute begins, moves, or ends."""
        known = bool(self.account.disputes_of(order))
        found = self.account.dispute(order, status, self.faults.now())
        ended = status in ("won", "lost", "warning_closed")
        kind = "closed" if ended else "updated" if known else "created"
        self.post(order, [self.event(f"charge.dispute.{kind}", shapes.dispute(found))])

    def event(self, kind: str, content: Json, at: datetime | None = None) -> Letter:
        """One event, with its content as it is now; signed anew for each call."""
        moment = at or self.faults.now()
        number = f"evt_{self.account.next_number(moment)}"
        payload = json.dumps(
            {
                "id": number,
                "object": "event",
                "api_version": "2026-10-28.endive",
                "created": shapes.seconds(moment),
                "data": {"object": content},
                "livemode": False,
                "type": kind,
            },
            indent=2,
        )
        address = self.notify_url or "http://127.0.0.1/"

        def build(tampered: bool) -> urllib.request.Request:
            sent = payload.replace('"amount": ', '"amount": 9').replace('"amount_total": ', '"amount_total": 9')
            signed_at = shapes.seconds(at or self.faults.now()) - (OLD if self._stale.take("stale") else 0)
            request = urllib.request.Request(address, (sent if tampered else payload).encode(), method="POST")  # noqa: S310 - loopback
            request.add_header("Content-Type", "application/json; charset=utf-8")
            request.add_header("Stripe-Signature", signing.header(self._secrets, signed_at, payload))
            return request

        return Letter(f"{number} {kind}", build)
