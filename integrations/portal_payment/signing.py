"""The recipes of both shapes. They come from clients that are public, not from the agency: order and algorithm of the
platform are settings.

Platform 1.0.6: `MaXacThuc`, plain SHA-256 (no HMAC) over fields joined by `|` with the secret last. A field that
contains `|` could be read as two, so such messages are neither made nor believed. KeyPay 3.0: `check_sum`, HMAC-SHA256.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping

INIT = (
    "LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan", "MaKenhThanhToan", "MaThietBi",
    "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich", "ThoiGianGD", "Ip",
)  # fmt: skip
QUERY = ("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD")
"""Also of GET_BILL."""
CONFIRM = (
    "LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich", "MaNganHang", "ThoiGianGD",
    "ThongTinGiaoDich",
)  # fmt: skip
KEYPAY = ("addition_fee", "client_id", "command", "trans_amount", "transaction_id", "version")
KEYPAY_QUERY = ("client_id", "command", "transaction_id")
ALGORITHMS = ("sha256", "hmac-sha256")
_HEX = re.compile(r"[0-9a-fA-F]{64}")


class AmbiguousError(ValueError):
    """A field contains the sign that separates fields."""


def joined(fields: Mapping[str, str], order: Iterable[str]) -> str:
    """The signed text, without the secret; an absent field is empty.

    Raises:
        AmbiguousError: when the text could stand for other fields.
    """
    values = [fields.get(name, "") for name in order]
    if any("|" in value for value in values):
        raise AmbiguousError("a field contains |")
    return "|".join(values)


def platform(fields: Mapping[str, str], order: Iterable[str], secret: str, algorithm: str = "sha256") -> str:
    """`MaXacThuc`."""
    text = joined(fields, order)
    if algorithm == "hmac-sha256":
        return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return hashlib.sha256(f"{text}|{secret}".encode()).hexdigest()


def keypay(fields: Mapping[str, str], order: Iterable[str], key: str) -> str:
    """`check_sum`."""
    return hmac.new(key.encode(), joined(fields, order).encode(), hashlib.sha256).hexdigest()


def of_body(body: bytes, secret: str) -> str:
    """HMAC-SHA256 over raw bytes: how questions to us (bill lookup) are signed. Ours; nothing of it is public."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def same(wanted: str, received: str) -> bool:
    """Compare in constant time; hex digits count by value."""
    return bool(_HEX.fullmatch(received)) and hmac.compare_digest(wanted.encode(), received.lower().encode())
