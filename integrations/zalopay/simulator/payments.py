"""Callbacks and returns of the simulated ZaloPay."""

from __future__ import annotations

import json
import urllib.request
from urllib.parse import urlencode

from core.sdk.testing.simulators import Letter, Order, OrderBook, Payments, Reply, ServiceFaults

from . import signing
from .gateway import callback_data
from .settings import Settings


class ZalopayPayments(Payments):
    """At most three more calls; how long ZaloPay waits between them is not published."""

    waits = (60.0, 60.0, 60.0)

    def __init__(self, settings: Settings, book: OrderBook, faults: ServiceFaults) -> None:
        super().__init__(settings, book, faults)
        self._settings = settings

    def ends_the_calls(self, reply: Reply) -> bool:
        """Only `return_code` 0, or no answer, makes ZaloPay call again; every other word ends its calls."""
        if reply.status == 0:
            return False
        try:
            answer = json.loads(reply.body)
        except ValueError:
            return True
        return not (isinstance(answer, dict) and answer.get("return_code") == 0)

    def letters(self, order: Order) -> list[Letter]:
        """There is a callback for success only."""
        if not order.paid:
            return []
        data = json.dumps(callback_data(self._settings, order), ensure_ascii=False, separators=(",", ":"))
        mac = signing.digest(self._settings.key2, data)
        address = self.address(order) or "http://127.0.0.1/"

        def build(tampered: bool) -> urllib.request.Request:
            sent = data.replace('"amount":', '"amount":9', 1) if tampered else data
            body = json.dumps({"data": sent, "mac": mac, "type": 1}).encode()
            request = urllib.request.Request(address, body, method="POST")  # noqa: S310 - loopback
            request.add_header("Content-Type", "application/json")
            return request

        return [Letter(f"{order.own} {order.outcome}", build)]

    def return_url(self, order: Order, outcome: str) -> str:
        base = str(json.loads(order.request["embed_data"]).get("redirecturl", ""))
        fields: dict[str, object] = {
            "appid": self._settings.app_id,
            "apptransid": order.own,
            "pmcid": 38,
            "bankcode": "",
            "amount": order.amount,
            "discountamount": 0,
            "status": {"success": 1, "wait": 3}.get(outcome, -49),
        }
        fields["checksum"] = signing.of_form(self._settings.key2, "redirect", fields)
        return base + ("&" if "?" in base else "?") + urlencode(fields)

    def named_address(self, order: Order) -> str:
        return order.request.get("callback_url", "")
