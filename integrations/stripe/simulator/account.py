"""What "Stripe" believes: pages to pay on, their payments, refunds and disputes. Amounts are in dong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.sdk.testing.simulators import Order, OrderBook

OUTCOMES = ("success", "fail", "processing", "cancel", "expire")
"""What the payer (or a test) can choose."""
DISPUTES = ("needs_response", "under_review", "won", "lost", "warning_needs_response", "warning_closed")


@dataclass
class Dispute:
    """A payer's complaint at their bank."""

    number: str
    order: Order
    made_at: datetime
    status: str = "needs_response"


class Account(OrderBook):
    """The order book, with disputes. An order's own number is the one of its page (`cs_test_...`)."""

    def __init__(self) -> None:
        super().__init__()
        self.disputes: list[Dispute] = []

    def order_of(self, intent: str) -> Order | None:
        """The order of a payment intent."""
        return self.orders.get(intent.replace("pi_", "cs_test_", 1)) if intent.startswith("pi_") else None

    def dispute(self, order: Order, status: str, at: datetime) -> Dispute:
        """Begin a dispute, or move the one that there is."""
        with self.lock:
            found = next((one for one in self.disputes if one.order is order), None)
            if found is None:
                found = Dispute(f"dp_{self.next_number(at)}", order, at)
                self.disputes.append(found)
            found.status = status
            return found

    def disputes_of(self, order: Order) -> list[Dispute]:
        return [one for one in self.disputes if one.order is order]

    def reset(self) -> None:
        super().reset()
        with self.lock:
            self.disputes.clear()

    def to_json(self) -> dict[str, object]:
        lost = sum(one.order.amount for one in self.disputes if one.status == "lost")
        return {**super().to_json(), "lost_total": lost}
