"""What "VNPay" believes, in its words. Amounts are in dong."""

from __future__ import annotations

from datetime import datetime

from core.sdk.testing.simulators import Order, OrderBook, Refund, local

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
_UNNUMBERED = ("cancel", "expire")
_REFUNDS = {"pending": "05", "done": "00", "failed": "09"}


class Ledger(OrderBook):
    """All orders by `vnp_TxnRef`."""

    def __init__(self) -> None:
        super().__init__(_FIRST)
        self.requests: set[str] = set()
        self.kinds: dict[str, str] = {}
        """`vnp_TransactionType` of each refund, by its request."""

    def open(self, request: dict[str, str], at: datetime | None = None) -> Order:
        """The order of a pay request; opening it again shows the same one."""
        own = request["vnp_TxnRef"]
        with self.lock:
            made = self.make(own, int(request["vnp_Amount"]) // 100, request, local(at))
            return made or self.orders[own]

    def settle(self, order: Order, outcome: str, at: datetime) -> None:
        with self.lock:
            super().settle(order, outcome, at)
            if order.outcome in _UNNUMBERED:
                order.number = "0"

    def reset(self) -> None:
        with self.lock:
            super().reset()
            self.requests.clear()
            self.kinds.clear()


def codes(order: Order) -> tuple[str, str]:
    """Response code and transaction status."""
    return OUTCOMES.get(order.outcome, ("", "01"))


def paid_at(order: Order) -> str:
    """`vnp_PayDate`; empty while nothing was decided."""
    return written(order.decided_at) if order.decided_at else ""


def refund_status(refund: Refund) -> str:
    return _REFUNDS[refund.state]


def written(at: datetime | None = None) -> str:
    """yyyyMMddHHmmss in GMT+7."""
    return local(at).strftime("%Y%m%d%H%M%S")
