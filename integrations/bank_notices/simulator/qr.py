"""What a banking app does with a scanned VietQR code: check the checksum, read receiver, amount and text."""

from __future__ import annotations

import binascii
from dataclasses import dataclass


class QrError(ValueError):
    """The code cannot be paid; the text is for the payer."""


@dataclass(frozen=True)
class Scan:
    bank_bin: str
    number: str
    amount: int | None
    text: str


def scan(payload: str) -> Scan:
    """Read a payload."""
    payload = payload.strip()
    body, checksum = payload[:-4], payload[-4:]
    # CRC-16/CCITT-FALSE is what binascii calls crc_hqx with the initial value FFFF.
    if not payload.isascii() or f"{binascii.crc_hqx(body.encode('ascii', 'replace'), 0xFFFF):04X}" != checksum.upper():
        raise QrError("Mã QR không đúng hoặc bị thiếu ký tự.")
    tags = _tags(payload)
    merchant = _tags(tags.get("38", ""))
    if merchant.get("00") != "A000000727":
        raise QrError("Đây không phải là mã VietQR.")
    receiver = _tags(merchant.get("01", ""))
    amount = tags.get("54", "")
    if amount and not amount.isdigit():
        raise QrError("Số tiền trong mã QR không đúng.")
    text = _tags(tags.get("62", "")).get("08", "")
    return Scan(receiver.get("00", ""), receiver.get("01", ""), int(amount) if amount else None, text)


def _tags(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    while text:
        head, size = text[:2], text[2:4]
        if not size.isdigit() or len(text) < 4 + int(size):
            raise QrError("Mã QR bị cắt ngắn.")
        found[head], text = text[4 : 4 + int(size)], text[4 + int(size) :]
    return found
