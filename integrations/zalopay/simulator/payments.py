"""The way of one payment after its order: decision of the payer, callback, return."""

from __future__ import annotations

import json
import urllib.request
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from core.sdk.testing.simulators import Courier, Letter, Order, OrderBook, Reply, ServiceFaults, is_loopback

from . import signing
from .gateway import callback_data
from .settings import Settings

RETRY_WAITS = [60.0] * 3
"""At most three more calls; how long ZaloPay waits between them is not published."""


class UnknownOrderError(Exception):
    """Nobody has ordered this."""


class Payments:
    """Orders on their way to an end."""

    def __init__(self, settings: Settings, book: OrderBook, faults: ServiceFaults) -> None:
        self._settings, self._book, self._faults = settings, book, faults
        self.courier = Courier(faults, RETRY_WAITS, settings.speed, ends_the_calls)

    def find(self, url: str) -> Order:
        """The order of a pay address, or of its number."""
        named = parse_qs(urlsplit(url).query).get("order", [url])[0]
        order = self._book.orders.get(named)
        if order is None:
            raise UnknownOrderError(named)
        return order

    def decide(self, order: Order, outcome: str) -> str:
        """Settle, call back (for success only), and give the address to send the payer back to."""
        self._settle_and_tell(order, outcome)
        back = self.return_url(order, outcome)
        if outcome in ("fail", "cancel") and self._faults.late_success > 0:
            self._settle_and_tell(order, "success", after=self._faults.late_success)
        return back

    def settle(self, order: Order, outcome: str, at: datetime | None = None) -> Letter:
        """Decide a payment; gives the callback, which is not sent."""
        self._book.settle(order, outcome, self._faults.now(at))
        data = json.dumps(callback_data(self._settings, order), ensure_ascii=False, separators=(",", ":"))
        mac = signing.digest(self._settings.key2, data)
        address = self._address(order) or "http://127.0.0.1/"

        def build(tampered: bool) -> urllib.request.Request:
            sent = data.replace('"amount":', '"amount":9', 1) if tampered else data
            body = json.dumps({"data": sent, "mac": mac, "type": 1}).encode()
            request = urllib.request.Request(address, body, method="POST")  # noqa: S310 - loopback
            request.add_header("Content-Type", "application/json")
            return request

        return Letter(f"{order.own} {order.outcome}", build)

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

    def _settle_and_tell(self, order: Order, outcome: str, after: float = 0.0) -> None:
        letter = self.settle(order, outcome)
        if order.paid and self._address(order):
            self.courier.post(letter, after)

    def _address(self, order: Order) -> str:
        named = order.request.get("callback_url", "")
        return self._settings.notify_url or (named if is_loopback(named) else "")


def ends_the_calls(reply: Reply) -> bool:
    """Only `return_code` 0, or no answer, makes ZaloPay call again; every other word ends its calls."""
    if reply.status == 0:
        return False
    try:
        answer = json.loads(reply.body)
    except ValueError:
        return True
    return not (isinstance(answer, dict) and answer.get("return_code") == 0)
