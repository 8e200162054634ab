"""The simulator's own check values, written from the reference's recipes and not from the adapter."""

from __future__ import annotations

import hashlib
import hmac

CONFIRM = (
    "{LoaiBanTin}|{MaLoi}|{MaDoiTac}|{MaThamChieu}|{SoTien}|{MaTienTe}|{MaGiaoDich}|{MaNganHang}|{ThoiGianGD}"
    "|{ThongTinGiaoDich}|{secret}"
)
INIT = (
    "{LoaiBanTin}|{PhienBan}|{MaDoiTac}|{MaThamChieu}|{SoTien}|{LoaiHinhThanhToan}|{MaKenhThanhToan}|{MaThietBi}"
    "|{NgonNgu}|{MaTienTe}|{MaNganHang}|{ThongTinGiaoDich}|{ThoiGianGD}|{Ip}|{secret}"
)
QUERY = "{LoaiBanTin}|{PhienBan}|{MaDoiTac}|{MaThamChieu}|{ThoiGianGD}|{secret}"
FORMS = {"INIT": INIT, "QUERY": QUERY, "GET_BILL": QUERY, "CONFIRM": CONFIRM}
KEYPAY = "{addition_fee}|{client_id}|{command}|{trans_amount}|{transaction_id}|{version}"
KEYPAY_QUERY = "{client_id}|{command}|{transaction_id}"


def platform(secret: str, fields: dict[str, object]) -> str:
    """MaXacThuc of a message; a missing field raises KeyError."""
    text = FORMS[str(fields["LoaiBanTin"])].format_map({**fields, "secret": secret})
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def keypay(key: str, form: str, fields: dict[str, object]) -> str:
    """check_sum of a message; a missing field raises KeyError."""
    return hmac.digest(key.encode("utf-8"), form.format_map(fields).encode("utf-8"), "sha256").hex()


def of_body(key: str, body: bytes) -> str:
    """The signature of a question for a bill."""
    return hmac.digest(key.encode("utf-8"), body, "sha256").hex()
