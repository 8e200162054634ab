"""The way of one payment: checked request, decision of the payer, notice, return."""

from __future__ import annotations

import json
import urllib.request
from datetime import datetime
from urllib.parse import parse_qsl

from core.sdk.testing.simulators import Courier, Letter, Reply

from . import signing
from .faults import VnpayFaults
from .ledger import Ledger, Order, local_now
from .settings import Settings

RETRY_WAITS = [300.0] * 9
"""Ten calls, five minutes apart."""


class RequestRefusedError(Exception):
    """A pay request that VNPay would not show a page for; `code` is the one of its error page."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Payments:
    """Orders and their notices."""

    def __init__(self, settings: Settings, ledger: Ledger, faults: VnpayFaults) -> None:
        self._settings, self._ledger, self._faults = settings, ledger, faults
        self.courier = Courier(faults, RETRY_WAITS, settings.speed, ends_the_flow)

    def open(self, raw_query: str, at: datetime | None = None) -> Order:
        """The order of a signed pay request."""
        request = dict(parse_qsl(raw_query, keep_blank_values=True))
        if not signing.query_is_signed(self._settings.secret, raw_query):
            raise RequestRefusedError("70", "Sai chữ ký")
        if request.get("vnp_TmnCode") != self._settings.tmn_code:
            raise RequestRefusedError("72", "Không tìm thấy website")
        if request.get("vnp_ExpireDate", "9") < local_now(at):
            raise RequestRefusedError("15", "Giao dịch đã quá thời gian chờ thanh toán")
        order = self._ledger.open(request)
        if order.request["vnp_Amount"] != request["vnp_Amount"]:
            raise RequestRefusedError("01", "Giao dịch đã tồn tại")
        return order

    def decide(self, order: Order, outcome: str) -> str:
        """Settle, notify, and give the address to send the payer back to."""
        self._send(self.settle(order, outcome))
        if outcome in ("fail", "cancel") and self._faults.late_success > 0:
            back = self._return_url(order)
            self._send(self.settle(order, "success"), after=self._faults.late_success)
            return back
        return self._return_url(order)

    def settle(self, order: Order, outcome: str, at: datetime | None = None) -> Letter:
        """Decide a payment; gives the notice, which is not sent."""
        self._ledger.settle(order, outcome, at)
        fields = self._result(order)
        query = signing.sign_query(self._settings.secret, fields)
        changed = query.replace("vnp_Amount=", "vnp_Amount=1")
        base = self._settings.notify_url or "http://127.0.0.1/"
        joint = "&" if "?" in base else "?"

        def build(tampered: bool) -> urllib.request.Request:
            return urllib.request.Request(base + joint + (changed if tampered else query))  # noqa: S310 - loopback

        return Letter(f"{order.reference} {order.response}", build)

    def _send(self, letter: Letter, after: float = 0.0) -> None:
        if self._settings.notify_url:
            self.courier.post(letter, after)

    def _return_url(self, order: Order) -> str:
        base = order.request["vnp_ReturnUrl"]
        joint = "&" if "?" in base else "?"
        return base + joint + signing.sign_query(self._settings.secret, self._result(order))

    def _result(self, order: Order) -> dict[str, str]:
        with self._ledger.lock:
            return {
                "vnp_Amount": order.request["vnp_Amount"],
                "vnp_BankCode": "NCB",
                "vnp_BankTranNo": f"VNP{order.number}" if order.number != "0" else "",
                "vnp_CardType": "ATM",
                "vnp_OrderInfo": order.request["vnp_OrderInfo"],
                "vnp_PayDate": order.paid_at,
                "vnp_ResponseCode": order.response,
                "vnp_TmnCode": self._settings.tmn_code,
                "vnp_TransactionNo": order.number,
                "vnp_TransactionStatus": order.status,
                "vnp_TxnRef": order.reference,
            }


def ends_the_flow(reply: Reply) -> bool:
    """VNPay stops calling after RspCode 00 and 02."""
    if reply.status != 200:
        return False
    try:
        answer = json.loads(reply.body)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("RspCode") in ("00", "02")
