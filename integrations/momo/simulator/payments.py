"""Notices and returns of the simulated MoMo."""

from __future__ import annotations

import json
import urllib.request
from urllib.parse import urlencode

from core.sdk.testing.simulators import Letter, Order, OrderBook, Payments, Reply, ServiceFaults

from .gateway import result
from .settings import Settings


class MomoPayments(Payments):
    """MoMo publishes no schedule of retries: what is lost stays lost until somebody asks."""

    parameter = "t"
    may_turn = frozenset({"fail", "cancel", "expire"})

    def __init__(self, settings: Settings, book: OrderBook, faults: ServiceFaults) -> None:
        super().__init__(settings, book, faults)
        self._settings = settings

    def ends_the_calls(self, reply: Reply) -> bool:
        return reply.status == 204

    def letters(self, order: Order) -> list[Letter]:
        told = result(self._settings, order)
        address = self.address(order) or "http://127.0.0.1/"

        def build(tampered: bool) -> urllib.request.Request:
            content = {**told, "amount": order.amount * 10} if tampered else told
            body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
            request = urllib.request.Request(address, body, method="POST")  # noqa: S310 - loopback
            request.add_header("Content-Type", "application/json; charset=UTF-8")
            return request

        return [Letter(f"{order.own} {told['resultCode']}", build)]

    def return_url(self, order: Order, outcome: str) -> str:
        base = order.request["redirectUrl"]
        fields = {name: str(value) for name, value in result(self._settings, order).items()}
        return base + ("&" if "?" in base else "?") + urlencode(fields)

    def named_address(self, order: Order) -> str:
        return order.request.get("ipnUrl", "")
