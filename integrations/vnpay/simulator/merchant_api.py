"""querydr and refund as the simulator answers them."""

from __future__ import annotations

from threading import Timer
from uuid import uuid4

from . import signing
from .faults import VnpayFaults
from .ledger import Ledger, Order, Refund, local_now
from .settings import Settings

_RESULTS = {"done": "00", "failed": "09"}


class MerchantApi:
    """`POST /merchant_webapi/api/transaction`."""

    def __init__(self, settings: Settings, ledger: Ledger, faults: VnpayFaults) -> None:
        self._settings, self._ledger, self._faults = settings, ledger, faults

    def answer(self, fields: dict[str, str]) -> dict[str, str]:
        """Carry out a request and sign the answer."""
        command = fields.get("vnp_Command", "")
        if command not in ("querydr", "refund"):
            return self._reply(fields, "99", "Unknown command")
        names = signing.QUERY_ASK if command == "querydr" else signing.REFUND_ASK
        if fields.get("vnp_SecureHash") != signing.hash_of(self._settings.secret, names, fields):
            return self._reply(fields, "97", "Invalid checksum")
        if fields.get("vnp_TmnCode") != self._settings.tmn_code:
            return self._reply(fields, "02", "Invalid terminal")
        with self._ledger.lock:
            order = self._ledger.orders.get(fields.get("vnp_TxnRef", ""))
            if order is None or order.request["vnp_CreateDate"] != fields.get("vnp_TransactionDate"):
                return self._reply(fields, "91", "Transaction not found")
            if command == "refund":
                return self._refund(fields, order)
            return self._query(fields, order)

    def settle_refunds(self, result: str) -> int:
        """Decide every refund that is being processed."""
        with self._ledger.lock:
            waiting = [r for o in self._ledger.orders.values() for r in o.refunds if r.status in ("05", "06")]
            for refund in waiting:
                refund.status = _RESULTS[result]
            return len(waiting)

    def _query(self, fields: dict[str, str], order: Order) -> dict[str, str]:
        if fields["vnp_RequestId"] in self._ledger.requests:
            return self._reply(fields, "94", "Duplicate request")
        self._ledger.requests.add(fields["vnp_RequestId"])
        shown = _refund_fields(order.refunds[-1]) if order.refunds else _payment_fields(order)
        return self._reply(fields, "00", "QueryDR success", {**shown, "vnp_PayDate": order.paid_at})

    def _refund(self, fields: dict[str, str], order: Order) -> dict[str, str]:
        again = next((r for r in order.refunds if r.request_id == fields["vnp_RequestId"]), None)
        if again is not None:
            return self._reply(fields, "94", "Refund is being processed", _refund_fields(again))
        amount = int(fields["vnp_Amount"]) // 100
        whole = fields["vnp_TransactionType"] == "02"
        fits = amount == order.amount and not order.refunds if whole else True
        if not order.paid or not fits or order.refunded() + amount > order.amount:
            return self._reply(fields, "95", "Refund refused")
        kind = fields["vnp_TransactionType"]
        refund = Refund(fields["vnp_RequestId"], self._ledger.next_number(), amount, kind)
        order.refunds.append(refund)
        if self._faults.refund_result in _RESULTS:
            timer = Timer(self._faults.refund_delay, self._finish, (refund, self._faults.refund_result))
            timer.daemon = True
            timer.start()
        shown = {**_refund_fields(refund), "vnp_PayDate": local_now()}
        return self._reply(fields, "00", "Refund accepted", shown)

    def _finish(self, refund: Refund, result: str) -> None:
        with self._ledger.lock:
            if refund.status in ("05", "06"):
                refund.status = _RESULTS[result]

    def _reply(
        self, fields: dict[str, str], code: str, message: str, shown: dict[str, str] | None = None
    ) -> dict[str, str]:
        reply = {
            "vnp_ResponseId": uuid4().hex,
            "vnp_Command": fields.get("vnp_Command", ""),
            "vnp_ResponseCode": code,
            "vnp_Message": message,
            "vnp_TmnCode": self._settings.tmn_code,
            "vnp_TxnRef": fields.get("vnp_TxnRef", ""),
            "vnp_OrderInfo": fields.get("vnp_OrderInfo", ""),
            **(shown or {}),
        }
        names = signing.QUERY_REPLY if reply["vnp_Command"] == "querydr" else signing.REFUND_REPLY
        return {**reply, "vnp_SecureHash": signing.hash_of(self._settings.secret, names, reply)}


def _payment_fields(order: Order) -> dict[str, str]:
    return {
        "vnp_Amount": order.request["vnp_Amount"],
        "vnp_BankCode": "NCB",
        "vnp_TransactionNo": order.number,
        "vnp_TransactionType": "01",
        "vnp_TransactionStatus": order.status,
    }


def _refund_fields(refund: Refund) -> dict[str, str]:
    return {
        "vnp_Amount": str(refund.amount * 100),
        "vnp_BankCode": "NCB",
        "vnp_TransactionNo": refund.number,
        "vnp_TransactionType": refund.kind,
        "vnp_TransactionStatus": refund.status,
    }
