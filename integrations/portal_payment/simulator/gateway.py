"""INIT, QUERY and GET_BILL of version 1.0.6, and create and query of KeyPay, as the simulator answers them."""

from __future__ import annotations

import json
from urllib.parse import quote

from core.sdk.testing.simulators import Order, OrderBook, ServiceFaults

from . import signing
from .settings import Settings

Fields = dict[str, object]
OUTCOMES = ("success", "fail", "timeout", "cancel")
"""What the payer (or a test) can choose; `timeout`: the payer's bank gave no answer."""
RECEIPT = b"%PDF-1.4\n% bien lai mo phong\n%%EOF\n"


class Gateway:
    """What partners ask."""

    def __init__(self, settings: Settings, book: OrderBook, faults: ServiceFaults) -> None:
        self._settings, self.book, self._faults = settings, book, faults
        self._bodies: dict[str, Fields] = {}

    def reset(self) -> None:
        self.book.reset()
        self._bodies.clear()

    def platform(self, body: Fields, home: str) -> Fields | bytes:
        """One address for every type of message."""
        kind = str(body.get("LoaiBanTin", ""))
        try:
            signed = body.get("MaXacThuc") == signing.platform(self._settings.secret, body)
        except KeyError:
            return {"error_code": "99", "MaLoi": "99", "message": "Sai định dạng"}
        if not signed or body["MaDoiTac"] != self._settings.partner:
            return {"error_code": "97", "MaLoi": "97", "message": "Sai mã xác thực"}
        with self.book.lock:
            return self._init(body, home) if kind == "INIT" else self._known(kind, str(body["MaThamChieu"]))

    def _init(self, body: Fields, home: str) -> Fields:
        """The same bytes twice are answered the same; another content under a known number is refused."""
        number = str(body["MaThamChieu"])
        if self._bodies.setdefault(number, body) != body:
            return {"error_code": "94", "message": "Mã tham chiếu đã tồn tại"}
        if number not in self.book.orders:
            request = {name: str(value) for name, value in body.items() if not isinstance(value, dict)}
            self.book.make(number, int(str(body["SoTien"])), {**request, "shape": "platform"}, self._faults.now())
        return {"error_code": "0", "message": json.dumps({"UrlThanhToan": self._page(number, home)})}

    def _known(self, kind: str, number: str) -> Fields | bytes:
        order = self.book.orders.get(number)
        if order is None:
            return {"MaLoi": "01", "MoTa": "Không tìm thấy giao dịch"}
        if kind == "GET_BILL":
            return RECEIPT if order.paid else {"MaLoi": "02", "MoTa": "Chưa có biên lai"}
        state = {"success": "1", "fail": "4", "cancel": "4"}.get(order.outcome, "3")
        decided = order.decided_at or order.made_at
        return {
            "MaLoi": "00",
            "TrangThaiGD": state,
            "MaThamChieu": number,
            "SoTien": order.amount,
            "MaTienTe": "VND",
            "MaGiaoDich": f"PP{order.number}" if order.number else "",
            "MaNganHang": "VCB",
            "ThoiGianGD": decided.strftime("%Y%m%d%H%M%S"),
        }

    def create(self, body: Fields, home: str) -> Fields:
        """KeyPay's create."""
        if not self._is_client(body, signing.KEYPAY):
            return {"error": "97", "msg": "wrong check_sum"}
        number = str(body["transaction_id"])
        with self.book.lock:
            if self._bodies.setdefault(number, body) != body or len(number) > 20:
                return {"error": "94", "msg": "transaction exists"}
            if number not in self.book.orders:
                request = {name: str(value) for name, value in body.items() if not isinstance(value, dict)}
                made = {**request, "shape": "keypay", "ThongTinGiaoDich": str(body["description"])}
                self.book.make(number, int(str(body["trans_amount"])), made, self._faults.now())
        return {"error": "0", "msg": "success", "payment_url": self._page(number, home)}

    def query(self, body: Fields) -> Fields:
        """KeyPay's query."""
        if not self._is_client(body, signing.KEYPAY_QUERY):
            return {"error": "97", "msg": "wrong check_sum"}
        order = self.book.orders.get(str(body["transaction_id"]))
        if order is None or not order.outcome or order.outcome == "timeout":
            return {"error": "1" if order else "91", "msg": "no result"}
        shown = {"transaction_id": order.own, "trans_amount": str(order.amount), "addition_fee": "0"}
        return {"error": "0", "msg": "success", "status": 0 if order.paid else 2, **shown}

    def _is_client(self, body: Fields, form: str) -> bool:
        try:
            wanted = signing.keypay(self._settings.key1, form, body)
        except KeyError:
            return False
        return body.get("check_sum") == wanted and body["client_id"] == self._settings.partner

    @staticmethod
    def _page(number: str, home: str) -> str:
        return f"{home}thanhtoan?order={quote(number)}"


def confirmed(settings: Settings, order: Order, off: int) -> Fields:
    """The notice of an order in its shape, signed; `off` is what it says too much."""
    amount, decided = order.amount + off, order.decided_at or order.made_at
    if order.request["shape"] == "keypay":
        fields: Fields = {
            "client_id": settings.partner,
            "transaction_id": order.own,
            "trans_amount": str(amount),
            "command": "PAY",
            "version": "3.0",
            "addition_fee": "0",
        }
        mac = signing.keypay(settings.key2, signing.KEYPAY, fields)
        return {**fields, "status": 0 if order.paid else 2, "check_sum": mac}
    fields = {
        "LoaiBanTin": "CONFIRM",
        "MaLoi": "00" if order.paid else "24",
        "MaDoiTac": settings.partner,
        "MaThamChieu": order.own,
        "SoTien": amount,
        "MaTienTe": "VND",
        "MaGiaoDich": f"PP{order.number}",
        "MaNganHang": "VCB",
        "ThoiGianGD": decided.strftime("%Y%m%d%H%M%S"),
        "ThongTinGiaoDich": order.request["ThongTinGiaoDich"],
    }
    return {**fields, "MaXacThuc": signing.platform(settings.secret, fields)}
