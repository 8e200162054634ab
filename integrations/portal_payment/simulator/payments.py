"""Notices and returns of the simulated platform."""

from __future__ import annotations

import base64
import json
import urllib.request
from dataclasses import dataclass
from urllib.parse import quote

from core.sdk.testing.simulators import Letter, Order, OrderBook, Payments, Reply, ServiceFaults

from .gateway import confirmed
from .settings import Settings


@dataclass
class PortalFaults(ServiceFaults):
    """What else can go wrong at the platform."""

    amount_off: int = 0
    """So many dong too much are in signed notices, until it is set back."""


class PortalPayments(Payments):
    """How often the platform calls again is not known; three times here."""

    waits = (60.0, 300.0, 900.0)

    def __init__(self, settings: Settings, book: OrderBook, faults: PortalFaults) -> None:
        super().__init__(settings, book, faults)
        self._settings, self._off = settings, faults

    def ends_the_calls(self, reply: Reply) -> bool:
        return reply.status in (200, 400)

    def letters(self, order: Order) -> list[Letter]:
        if order.outcome == "timeout":
            return []
        told, address = confirmed(self._settings, order, self._off.amount_off), self.notify_url or "http://127.0.0.1/"
        name = "trans_amount" if "trans_amount" in told else "SoTien"

        def build(tampered: bool) -> urllib.request.Request:
            content = {**told, name: f"9{told[name]}"} if tampered else told
            body = json.dumps(content, ensure_ascii=False).encode()
            request = urllib.request.Request(address, body, method="POST")  # noqa: S310 - loopback
            request.add_header("Content-Type", "application/json; charset=utf-8")
            return request

        return [Letter(f"{order.own} {order.outcome}", build)]

    def return_url(self, order: Order, outcome: str) -> str:
        """KeyPay leads to the order's own address; version 1.0.6 to a page with a form."""
        return order.request.get("return_url") or f"/back?order={quote(order.own)}"

    def form(self, order: Order) -> str:
        """The field `data` of that form."""
        return base64.b64encode(json.dumps(confirmed(self._settings, order, 0)).encode()).decode()
