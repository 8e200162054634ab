"""What "VNPay" believes: orders, their transactions and refunds. Amounts are in dong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock

from core.sdk.testing.simulators import local, numbers

_FIRST = 14_500_000
"""VNPay's numbers have eight digits."""
OUTCOMES = {
    "success": ("00", "00"),
    "cancel": ("24", "02"),
    "fail": ("51", "02"),
    "expire": ("11", "02"),
    "suspect": ("07", "07"),
    "reverse": ("99", "04"),
}
"""What the payer (or a test) can choose: response code and transaction status."""


@dataclass
class Refund:
    request_id: str
    number: str
    amount: int
    kind: str
    status: str = "05"


@dataclass
class Order:
    """One pay request and what became of it."""

    request: dict[str, str]
    number: str = ""
    response: str = ""
    status: str = "01"
    paid_at: str = ""
    refunds: list[Refund] = field(default_factory=list)

    @property
    def reference(self) -> str:
        return self.request["vnp_TxnRef"]

    @property
    def amount(self) -> int:
        return int(self.request["vnp_Amount"]) // 100

    @property
    def paid(self) -> bool:
        return (self.response, self.status) == ("00", "00")

    def refunded(self) -> int:
        """Given back or on its way."""
        return sum(refund.amount for refund in self.refunds if refund.status != "09")

    def to_json(self) -> dict[str, object]:
        return {
            "reference": self.reference,
            "amount": self.amount,
            "number": self.number,
            "response": self.response,
            "status": self.status,
            "paid": self.paid,
            "refunds": [vars(refund) for refund in self.refunds],
        }


class Ledger:
    """All orders by reference. `lock` is held by whoever reads and changes."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self.requests: set[str] = set()
        self.lock = RLock()
        self._numbers: Callable[[datetime], int] = numbers()

    def open(self, request: dict[str, str]) -> Order:
        """The order of a pay request; opening it again shows the same one."""
        with self.lock:
            return self.orders.setdefault(request["vnp_TxnRef"], Order(request))

    def settle(self, order: Order, outcome: str, at: datetime | None = None) -> None:
        """Decide a payment. What is paid stays paid."""
        with self.lock:
            if order.paid:
                return
            order.response, order.status = OUTCOMES[outcome]
            order.paid_at = local_now(at)
            order.number = self.next_number(at) if outcome in ("success", "suspect", "reverse", "fail") else "0"

    def reset(self) -> None:
        """Forget everything but the numbers already given."""
        with self.lock:
            self.orders.clear()
            self.requests.clear()

    def next_number(self, at: datetime | None = None) -> str:
        return str(self._numbers(local(at)) + _FIRST)

    def to_json(self) -> dict[str, object]:
        with self.lock:
            orders = list(self.orders.values())
            done = [r.amount for order in orders for r in order.refunds if r.status == "00"]
            return {
                "orders": [order.to_json() for order in orders],
                "paid_total": sum(order.amount for order in orders if order.paid),
                "refunded_total": sum(done),
            }


def local_now(at: datetime | None = None) -> str:
    """yyyyMMddHHmmss in GMT+7."""
    return local(at).strftime("%Y%m%d%H%M%S")
