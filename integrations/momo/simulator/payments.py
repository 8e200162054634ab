"""The way of one payment after its order: decision of the payer, notice, return."""

from __future__ import annotations

import json
import urllib.request
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from core.sdk.testing.simulators import Courier, Letter, Order, OrderBook, ServiceFaults, is_loopback

from .gateway import result
from .settings import Settings

RETRY_WAITS: list[float] = []
"""MoMo publishes no schedule of retries: what is lost stays lost until somebody asks."""


class UnknownOrderError(Exception):
    """Nobody has ordered this."""


class Payments:
    """Orders on their way to an end."""

    def __init__(self, settings: Settings, book: OrderBook, faults: ServiceFaults) -> None:
        self._settings, self._book, self._faults = settings, book, faults
        self.courier = Courier(faults, RETRY_WAITS, settings.speed, lambda reply: reply.status == 204)

    def find(self, url: str) -> Order:
        """The order of a pay address, or of its number."""
        named = parse_qs(urlsplit(url).query).get("t", [url])[0]
        order = self._book.orders.get(named)
        if order is None:
            raise UnknownOrderError(named)
        return order

    def decide(self, order: Order, outcome: str) -> str:
        """Settle, notify, and give the address to send the payer back to."""
        self._send(order, self.settle(order, outcome))
        back = self.return_url(order)
        if outcome in ("fail", "cancel", "expire") and self._faults.late_success > 0:
            self._send(order, self.settle(order, "success"), after=self._faults.late_success)
        return back

    def settle(self, order: Order, outcome: str, at: datetime | None = None) -> Letter:
        """Decide a payment; gives the notice, which is not sent."""
        self._book.settle(order, outcome, self._faults.now(at))
        told = result(self._settings, order)
        address = self._address(order) or "http://127.0.0.1/"

        def build(tampered: bool) -> urllib.request.Request:
            content = {**told, "amount": order.amount * 10} if tampered else told
            body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
            request = urllib.request.Request(address, body, method="POST")  # noqa: S310 - loopback
            request.add_header("Content-Type", "application/json; charset=UTF-8")
            return request

        return Letter(f"{order.own} {told['resultCode']}", build)

    def return_url(self, order: Order) -> str:
        base = order.request["redirectUrl"]
        fields = {name: str(value) for name, value in result(self._settings, order).items()}
        return base + ("&" if "?" in base else "?") + urlencode(fields)

    def _address(self, order: Order) -> str:
        named = order.request.get("ipnUrl", "")
        return self._settings.notify_url or (named if is_loopback(named) else "")

    def _send(self, order: Order, letter: Letter, after: float = 0.0) -> None:
        if self._address(order):
            self.courier.post(letter, after)
