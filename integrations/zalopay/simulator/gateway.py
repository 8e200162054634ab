"""create, query, refund and query_refund as the simulator answers them."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from core.sdk.testing.simulators import Order, OrderBook, Refund, ServiceFaults

from . import signing
from .settings import Settings

Fields = dict[str, object]
OUTCOMES = ("success", "fail", "cancel", "wait")
"""What the payer (or a test) can choose."""
SKEW = 15 * 60
_LIFE = 15 * 60
_REFUND = re.compile(r"(\d{6})_(\d+)_\w+")


class Gateway:
    """The addresses below `/v2/`."""

    def __init__(self, settings: Settings, book: OrderBook, faults: ServiceFaults) -> None:
        self._settings, self.book, self._faults = settings, book, faults

    def answer(self, what: str, body: Fields, home: str) -> Fields:
        """Carry out a request. `home` is the address of this simulator."""
        try:
            if what == "query":
                expected = signing.of_query(self._settings.secret, body)
            else:
                expected = signing.of_form(self._settings.secret, what, body)
        except KeyError:
            return _reply(2, -401)
        if body["app_id"] != self._settings.app_id or body.get("mac") != expected:
            return _reply(2, -402)
        steps: dict[str, Callable[[Fields, str], Fields]] = {
            "create": self._create,
            "query": self._query,
            "refund": self._refund,
            "query_refund": self._query_refund,
        }
        with self.book.lock:
            return steps[what](body, home)

    def _create(self, body: Fields, home: str) -> Fields:
        now = self._faults.now()
        number, amount, time = str(body["app_trans_id"]), body["amount"], body["app_time"]
        if type(amount) is not int or amount < 1_000 or type(time) is not int or len(number) > 40:
            return _reply(2, -401)
        if abs(now.timestamp() - time / 1000) > SKEW:
            return _reply(2, -54)
        if not number.startswith(now.strftime("%y%m%d_")):
            return _reply(2, -92)
        order = self.book.make(number, amount, {name: str(value) for name, value in body.items()}, now)
        if order is None:
            return _reply(2, -68)
        url = f"{home}openinapp?order={quote(number)}"
        return {**_reply(1, 1), "order_url": url, "zp_trans_token": order.own[-12:], "order_token": "T"}

    def _query(self, body: Fields, _home: str) -> Fields:
        order = self.book.orders.get(str(body["app_trans_id"]))
        if order is None:
            return {**_reply(2, -101), "is_processing": False, "amount": 0, "zp_trans_id": 0}
        shown: Fields = {"amount": order.amount, "discount_amount": 0, "zp_trans_id": int(order.number or 0)}
        decided = order.decided_at or order.made_at
        shown["server_time"] = int(decided.timestamp() * 1000)
        if order.paid:
            return {**_reply(1, 1), **shown, "is_processing": False}
        if order.outcome in ("fail", "cancel"):
            return {**_reply(2, -63 if order.outcome == "fail" else -217), **shown, "is_processing": False}
        if (self._faults.now() - order.made_at).total_seconds() > _LIFE and order.outcome != "wait":
            return {**_reply(2, -54), **shown, "is_processing": False}
        return {**_reply(3, 0), **shown, "is_processing": order.outcome == "wait"}

    def _refund(self, body: Fields, _home: str) -> Fields:
        now = self._faults.now()
        number = str(body.get("m_refund_id", ""))
        found = _REFUND.fullmatch(number)
        if found is None or len(number) > 45:
            return _reply(2, -24)
        if found[1] != now.strftime("%y%m%d"):
            return _reply(2, -25)
        if found[2] != str(self._settings.app_id):
            return _reply(2, -26)
        if self.book.refund(number) is not None:
            return _reply(2, -23)
        order = next((o for o in self.book.orders.values() if o.number == str(body["zp_trans_id"])), None)
        amount = body["amount"]
        if order is None or type(amount) is not int:
            return _reply(2, -101)
        refund = self.book.give_back(order, number, amount, self._faults, now)
        if refund is None:
            return _reply(2, -14)
        return {**_reply(3, 0), "refund_id": int(refund.number)}

    def _query_refund(self, body: Fields, _home: str) -> Fields:
        refund = self.book.refund(str(body["m_refund_id"]))
        return _reply(2, -101) if refund is None else _state_of(refund)


def _state_of(refund: Refund) -> Fields:
    code, sub = {"done": (1, 1), "failed": (2, 0), "pending": (3, 0)}[refund.state]
    return _reply(code, sub)


def _reply(code: int, sub: int) -> Fields:
    message = {1: "Giao dịch thành công", 3: "Giao dịch đang xử lý"}.get(code, "Giao dịch thất bại")
    return {"return_code": code, "return_message": message, "sub_return_code": sub, "sub_return_message": message}


def callback_data(settings: Settings, order: Order) -> Fields:
    """What a callback tells, before it is written as a string and signed."""
    request, decided = order.request, order.decided_at or order.made_at
    return {
        "app_id": settings.app_id,
        "app_trans_id": order.own,
        "app_time": int(request["app_time"]),
        "app_user": request["app_user"],
        "amount": order.amount,
        "embed_data": request["embed_data"],
        "item": request["item"],
        "zp_trans_id": int(order.number or 0),
        "server_time": int(decided.timestamp() * 1000),
        "channel": 38,
        "merchant_user_id": "SIMULATED",
        "user_fee_amount": 0,
        "discount_amount": 0,
    }
