"""Queries and refunds as the simulator answers them."""

from __future__ import annotations

from uuid import uuid4

from core.sdk.testing.simulators import Order, Refund, ServiceFaults

from . import signing
from .ledger import Ledger, codes, paid_at, refund_status, written
from .settings import Settings

PROCESSING = "05"


class MerchantApi:
    """`POST /merchant_webapi/api/transaction`."""

    def __init__(self, settings: Settings, ledger: Ledger, faults: ServiceFaults) -> None:
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

    def _query(self, fields: dict[str, str], order: Order) -> dict[str, str]:
        if fields["vnp_RequestId"] in self._ledger.requests:
            return self._reply(fields, "94", "Duplicate request")
        self._ledger.requests.add(fields["vnp_RequestId"])
        shown = self._of_refund(order.refunds[-1]) if order.refunds else _of_payment(order)
        return self._reply(fields, "00", "QueryDR success", {**shown, "vnp_PayDate": paid_at(order)})

    def _refund(self, fields: dict[str, str], order: Order) -> dict[str, str]:
        number, kind = fields["vnp_RequestId"], fields["vnp_TransactionType"]
        again = next((refund for refund in order.refunds if refund.own == number), None)
        if again is not None:
            return self._reply(fields, "94", "Refund is being processed", self._of_refund(again))
        amount = int(fields["vnp_Amount"]) // 100
        fits = kind != "02" or (amount == order.amount and not order.refunds)
        given = self._ledger.give_back(order, number, amount, self._faults, self._faults.now()) if fits else None
        if given is None:
            return self._reply(fields, "95", "Refund refused")
        self._ledger.kinds[number] = kind
        shown = {**self._of_refund(given), "vnp_TransactionStatus": PROCESSING, "vnp_PayDate": written()}
        return self._reply(fields, "00", "Refund accepted", shown)

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

    def _of_refund(self, refund: Refund) -> dict[str, str]:
        return {
            "vnp_Amount": str(refund.amount * 100),
            "vnp_BankCode": "NCB",
            "vnp_TransactionNo": refund.number,
            "vnp_TransactionType": self._ledger.kinds.get(refund.own, "03"),
            "vnp_TransactionStatus": refund_status(refund),
        }


def _of_payment(order: Order) -> dict[str, str]:
    return {
        "vnp_Amount": order.request["vnp_Amount"],
        "vnp_BankCode": "NCB",
        "vnp_TransactionNo": order.number,
        "vnp_TransactionType": "01",
        "vnp_TransactionStatus": codes(order)[1],
    }
