"""create, query, confirm and refund as the simulator answers them."""

from __future__ import annotations

import re
from urllib.parse import quote

from core.sdk.testing.simulators import Order, OrderBook, ServiceFaults

from . import signing
from .settings import Settings

Fields = dict[str, object]
CODES = {
    "": 1000, "success": 0, "authorise": 9000, "fail": 1001, "cancel": 1006, "expire": 1005, "wait": 7000,
}  # fmt: skip
"""What the payer (or a test) can choose, and its result code."""
MESSAGES = {
    0: "Thành công.", 9000: "Giao dịch đã được xác nhận thành công.", 1000: "Chờ người dùng xác nhận thanh toán.",
    1001: "Tài khoản không đủ số dư.", 1006: "Giao dịch bị từ chối bởi người dùng.", 1005: "Giao dịch đã hết hạn.",
    7000: "Giao dịch đang được xử lý.", 13: "Xác thực doanh nghiệp thất bại.", 20: "Yêu cầu sai định dạng.",
    22: "Số tiền giao dịch không hợp lệ.", 40: "RequestId bị trùng.", 41: "OrderId bị trùng.",
    42: "OrderId không hợp lệ hoặc không được tìm thấy.", 1081: "Giao dịch hoàn tiền bị từ chối.",
}  # fmt: skip
_ORDER = re.compile(r"^[0-9a-zA-Z]([-_.]*[0-9a-zA-Z]+)*$")
_LIFE = 15 * 60


class Gateway:
    """The addresses below `/v2/gateway/api/`."""

    def __init__(self, settings: Settings, book: OrderBook, faults: ServiceFaults) -> None:
        self._settings, self.book, self._faults = settings, book, faults
        self._made: dict[str, Fields] = {}

    def answer(self, what: str, body: Fields, home: str) -> Fields:
        """Carry out a signed request. `home` is the address of this simulator."""
        given = {name: body.get(name, "") for name in ("partnerCode", "requestId", "orderId")}
        expected = signing.signature(self._settings.secret, self._settings.access_key, what, body)
        if body.get("signature") != expected or body.get("partnerCode") != self._settings.partner_code:
            return self._reply(given, 13)
        if len(str(body.get("requestId", ""))) > 50 or not _ORDER.match(str(body.get("orderId", ""))):
            return self._reply(given, 20)
        with self.book.lock:
            return {"create": self._create, "query": self._query, "refund": self._refund, "confirm": self._confirm}[
                what
            ](body, given, home)

    def reset(self) -> None:
        self.book.reset()
        self._made.clear()

    def _create(self, body: Fields, given: Fields, home: str) -> Fields:
        before = self._made.get(str(body["requestId"]))
        if before is not None:
            return before if before["orderId"] == body["orderId"] else self._reply(given, 40)
        amount = body.get("amount")
        least = 10_000 if body.get("requestType") == "payWithATM" else 1_000
        if type(amount) is not int or not least <= amount <= 50_000_000:
            return self._reply(given, 22)
        request = {name: str(value) for name, value in body.items()}
        order = self.book.make(str(body["orderId"]), amount, request, self._faults.now())
        if order is None:
            return self._reply(given, 41)
        url = f"{home}v2/gateway/pay?t={quote(order.own)}"
        made = {
            **self._reply(given, 0),
            "amount": amount,
            "payUrl": url,
            "deeplink": "momo://app",
            "qrCodeUrl": "000201",
        }
        self._made[str(body["requestId"])] = made
        return made

    def _query(self, body: Fields, given: Fields, _home: str) -> Fields:
        order = self.book.orders.get(str(body["orderId"]))
        if order is None:
            return self._reply(given, 42)
        late = (self._faults.now() - order.made_at).total_seconds() > _LIFE
        code = 1005 if late and not order.outcome else CODES[order.outcome]
        refunds = [
            {
                "orderId": refund.own,
                "amount": refund.amount,
                "resultCode": {"done": 0, "pending": 7000, "failed": 1088}[refund.state],
                "transId": int(refund.number),
                "createdTime": int(refund.made_at.timestamp() * 1000),
            }
            for refund in order.refunds
        ]
        shown = {"amount": order.amount, "transId": int(order.number or 0), "payType": "qr", "extraData": ""}
        return {**self._reply(given, code), **shown, "refundTrans": refunds}

    def _confirm(self, body: Fields, given: Fields, _home: str) -> Fields:
        order = self.book.orders.get(str(body["orderId"]))
        if order is None or order.outcome not in ("authorise", "success") or body.get("amount") != order.amount:
            return self._reply(given, 42)
        if order.outcome == "authorise":
            order.outcome = "success"
        shown = {"amount": order.amount, "transId": int(order.number), "requestType": "capture"}
        return {**self._reply(given, 0), **shown}

    def _refund(self, body: Fields, given: Fields, _home: str) -> Fields:
        amount = body.get("amount")
        if self.book.refund(str(body["orderId"])) is not None or str(body["orderId"]) in self.book.orders:
            return self._reply(given, 41)
        order = next((o for o in self.book.orders.values() if o.number == str(body.get("transId"))), None)
        if type(amount) is not int or not 1_000 <= amount <= 50_000_000:
            return self._reply(given, 22)
        refund = (
            self.book.give_back(order, str(body["orderId"]), amount, self._faults, self._faults.now())
            if order
            else None
        )
        if refund is None:
            return self._reply(given, 1081)
        code = {"done": 0, "pending": 7000, "failed": 1088}[refund.state]
        return {**self._reply(given, code), "amount": amount, "transId": int(refund.number)}

    def _reply(self, given: Fields, code: int) -> Fields:
        now = int(self._faults.now().timestamp() * 1000)
        message = MESSAGES.get(code, "Giao dịch không thành công.")
        return {**given, "resultCode": code, "message": message, "responseTime": now}


def status_of(reply: Fields) -> int:
    """MoMo's HTTP status: 400 for what the merchant did wrong."""
    return 400 if reply["resultCode"] in (13, 20, 22, 40, 41, 42) else 200


def result(settings: Settings, order: Order) -> Fields:
    """The signed outcome of an order, for notice and return."""
    code = CODES[order.outcome]
    decided = order.decided_at or order.made_at
    fields: Fields = {
        "partnerCode": settings.partner_code,
        "orderId": order.own,
        "requestId": order.request["requestId"],
        "amount": order.amount,
        "orderInfo": order.request["orderInfo"],
        "orderType": "momo_wallet",
        "transId": int(order.number or 0),
        "resultCode": code,
        "message": MESSAGES[code],
        "payType": "qr" if order.paid else "",
        "responseTime": int(decided.timestamp() * 1000),
        "extraData": order.request["extraData"],
    }
    return {**fields, "signature": signing.signature(settings.secret, settings.access_key, "notice", fields)}
