"""What a simulated payment service believes: orders, how they ended, and refunds. Amounts are in dong.

Each simulator gives the words of its protocol to these facts; what is paid stays paid, whatever comes later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import RLock, Timer
from typing import Literal

from .clock import local, numbers
from .faults import Faults

RefundState = Literal["pending", "done", "failed"]
RESULTS: dict[str, RefundState] = {"done": "done", "failed": "failed"}


@dataclass
class ServiceFaults(Faults):
    """What goes wrong at a service that takes orders. `timeout_after_commit` concerns its requests."""

    refund_result: str = "done"
    """What becomes of refunds: `done`, `failed`, or `pending` until told otherwise."""
    refund_delay: float = 0.0
    """How long a refund is processed."""
    ahead: float = 0.0
    """So many seconds the service's clock is ahead of ours; negative: behind."""

    def now(self, at: datetime | None = None) -> datetime:
        """The service's own time in Viet Nam; `at` stands for a moment that a request names."""
        return local(at) + timedelta(seconds=self.ahead)


@dataclass
class Refund:
    """Money on its way back. `own` is the merchant's number of it, `number` the service's."""

    own: str
    number: str
    amount: int
    made_at: datetime
    state: RefundState = "pending"


@dataclass
class Order:
    """One order and what became of it. `own` is the merchant's number of it."""

    own: str
    amount: int
    request: dict[str, str]
    made_at: datetime
    outcome: str = ""
    """Empty until the payer has decided."""
    number: str = ""
    decided_at: datetime | None = None
    refunds: list[Refund] = field(default_factory=list)

    @property
    def paid(self) -> bool:
        return self.outcome == "success"

    def left(self) -> int:
        """What can still be given back."""
        return self.amount - sum(refund.amount for refund in self.refunds if refund.state != "failed")

    def to_json(self) -> dict[str, object]:
        refunds = [{"own": r.own, "number": r.number, "amount": r.amount, "state": r.state} for r in self.refunds]
        told = {"reference": self.own, "amount": self.amount, "number": self.number, "outcome": self.outcome}
        return {**told, "paid": self.paid, "refunds": refunds}


class OrderBook:
    """All orders by the merchant's number. `lock` is held by whoever reads and changes.

    Args:
        first: added to the rising numbers of the service, for their usual length.
    """

    def __init__(self, first: int = 0) -> None:
        self.orders: dict[str, Order] = {}
        self.lock = RLock()
        self.ended: Callable[[Refund], None] = lambda refund: None
        """Told of each refund that has come to its end."""
        self._first = first
        self._numbers: Callable[[datetime], int] = numbers()

    def next_number(self, at: datetime) -> str:
        return str(self._first + self._numbers(at))

    def make(self, own: str, amount: int, request: dict[str, str], at: datetime) -> Order | None:
        """A new order; None when the number is taken."""
        with self.lock:
            if own in self.orders:
                return None
            self.orders[own] = Order(own, amount, request, at)
            return self.orders[own]

    def settle(self, order: Order, outcome: str, at: datetime) -> None:
        """Decide a payment."""
        with self.lock:
            if not order.paid:
                order.outcome, order.decided_at, order.number = outcome, at, self.next_number(at)

    def give_back(self, order: Order, own: str, amount: int, faults: ServiceFaults, at: datetime) -> Refund | None:
        """Begin a refund, which ends as the faults say; None when it does not fit."""
        with self.lock:
            if not order.paid or not 0 < amount <= order.left():
                return None
            refund = Refund(own, self.next_number(at), amount, at)
            order.refunds.append(refund)
        if faults.refund_result in RESULTS and faults.refund_delay > 0:
            timer = Timer(faults.refund_delay, self.end_refund, (refund, RESULTS[faults.refund_result]))
            timer.daemon = True
            timer.start()
        elif faults.refund_result in RESULTS:
            self.end_refund(refund, RESULTS[faults.refund_result])
        return refund

    def refund(self, own: str) -> Refund | None:
        """A refund by the merchant's number."""
        with self.lock:
            return next((r for order in self.orders.values() for r in order.refunds if r.own == own), None)

    def end_refund(self, refund: Refund, result: RefundState) -> None:
        with self.lock:
            if refund.state != "pending":
                return
            refund.state = result
        self.ended(refund)

    def end_refunds(self, result: str) -> int:
        """Decide every refund that is being processed."""
        with self.lock:
            waiting = [r for order in self.orders.values() for r in order.refunds if r.state == "pending"]
        for refund in waiting:
            self.end_refund(refund, RESULTS[result])
        return len(waiting)

    def reset(self) -> None:
        """Forget everything but the numbers already given."""
        with self.lock:
            self.orders.clear()

    def to_json(self) -> dict[str, object]:
        with self.lock:
            orders = list(self.orders.values())
            done = [refund.amount for order in orders for refund in order.refunds if refund.state == "done"]
            paid = sum(order.amount for order in orders if order.paid)
            return {"orders": [o.to_json() for o in orders], "paid_total": paid, "refunded_total": sum(done)}
