"""Signed pay requests, notices and returns of the simulated VNPay."""

from __future__ import annotations

import json
import urllib.request
from datetime import datetime
from urllib.parse import parse_qsl

from core.sdk.testing.simulators import Letter, Order, Payments, Reply, ServiceFaults

from . import signing
from .ledger import Ledger, codes, paid_at, written
from .settings import Settings


class RequestRefusedError(Exception):
    """A pay request that VNPay would not show a page for; `code` is the one of its error page."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class VnpayPayments(Payments):
    """Ten calls, five minutes apart."""

    waits = (300.0,) * 9

    def __init__(self, settings: Settings, book: Ledger, faults: ServiceFaults) -> None:
        super().__init__(settings, book, faults)
        self._settings, self._ledger = settings, book

    def ends_the_calls(self, reply: Reply) -> bool:
        """VNPay stops calling after RspCode 00 and 02."""
        if reply.status != 200:
            return False
        try:
            answer = json.loads(reply.body)
        except ValueError:
            return False
        return isinstance(answer, dict) and answer.get("RspCode") in ("00", "02")

    def find(self, url: str, at: datetime | None = None) -> Order:
        """The order of a signed pay request: its address, or the query string of it."""
        raw_query = url.partition("?")[2] or url
        request = dict(parse_qsl(raw_query, keep_blank_values=True))
        if not signing.query_is_signed(self._settings.secret, raw_query):
            raise RequestRefusedError("70", "Sai chữ ký")
        if request.get("vnp_TmnCode") != self._settings.tmn_code:
            raise RequestRefusedError("72", "Không tìm thấy website")
        if request.get("vnp_ExpireDate", "9") < written(at):
            raise RequestRefusedError("15", "Giao dịch đã quá thời gian chờ thanh toán")
        order = self._ledger.open(request, at)
        if order.request["vnp_Amount"] != request["vnp_Amount"]:
            raise RequestRefusedError("01", "Giao dịch đã tồn tại")
        return order

    def letters(self, order: Order) -> list[Letter]:
        query = signing.sign_query(self._settings.secret, self._result(order))
        changed = query.replace("vnp_Amount=", "vnp_Amount=1")
        base = self.notify_url or "http://127.0.0.1/"
        joint = "&" if "?" in base else "?"

        def build(tampered: bool) -> urllib.request.Request:
            return urllib.request.Request(base + joint + (changed if tampered else query))  # noqa: S310 - loopback

        return [Letter(f"{order.own} {codes(order)[0]}", build)]

    def return_url(self, order: Order, outcome: str) -> str:
        base = order.request["vnp_ReturnUrl"]
        joint = "&" if "?" in base else "?"
        return base + joint + signing.sign_query(self._settings.secret, self._result(order))

    def _result(self, order: Order) -> dict[str, str]:
        response, status = codes(order)
        with self._ledger.lock:
            return {
                "vnp_Amount": order.request["vnp_Amount"],
                "vnp_BankCode": "NCB",
                "vnp_BankTranNo": f"VNP{order.number}" if order.number != "0" else "",
                "vnp_CardType": "ATM",
                "vnp_OrderInfo": order.request["vnp_OrderInfo"],
                "vnp_PayDate": paid_at(order),
                "vnp_ResponseCode": response,
                "vnp_TmnCode": self._settings.tmn_code,
                "vnp_TransactionNo": order.number,
                "vnp_TransactionStatus": status,
                "vnp_TxnRef": order.own,
            }
