"""VietQR: the EMVCo merchant-presented payload that banking apps of NAPAS 247 read.

Sources: EMVCo QR Code Specification for Payment Systems (merchant-presented mode) and NAPAS' profile:
tag 38 holds the receiver, 53 the currency, 54 the amount, 58 the country, 62 the purpose, 63 the checksum.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MAX_AMOUNT = 500_000_000
"""Dong of one NAPAS 247 transfer."""
MAX_PURPOSE = 25
"""Characters that EMVCo gives sub-tag 08 of tag 62."""

_NAPAS = "A000000727"
_SERVICES = {"account": "QRIBFTTA", "card": "QRIBFTTC"}
_RECEIVER = re.compile(r"[A-Za-z0-9]{1,19}")
_PRINTABLE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True, slots=True)
class QrTransfer:
    """A transfer to show as a QR code. Without an amount the code is static and may be paid many times."""

    bank_bin: str
    receiver: str
    """Account or card number, as `service` says."""
    amount: int | None = None
    """Whole dong."""
    purpose: str = ""
    bill_number: str = ""
    service: Literal["account", "card"] = "account"

    def encode(self) -> str:
        """The payload.

        Raises:
            ValueError: for a bank, receiver, amount or text that the format cannot carry.
        """
        self._check()
        acquirer = tlv("00", self.bank_bin) + tlv("01", self.receiver)
        merchant = tlv("00", _NAPAS) + tlv("01", acquirer) + tlv("02", _SERVICES[self.service])
        body = tlv("00", "01") + tlv("01", "11" if self.amount is None else "12") + tlv("38", merchant)
        body += tlv("53", "704")
        if self.amount is not None:
            body += tlv("54", str(self.amount))
        body += tlv("58", "VN")
        additional = optional("01", self.bill_number) + optional("08", self.purpose)
        body += optional("62", additional) + "6304"
        return body + f"{crc16(body.encode('ascii')):04X}"

    def _check(self) -> None:
        if not re.fullmatch(r"[0-9]{6}", self.bank_bin):
            raise ValueError("the bank's BIN has 6 digits")
        if not _RECEIVER.fullmatch(self.receiver):
            raise ValueError("the account or card number has 1 to 19 letters and digits")
        if self.amount is not None and not 0 < self.amount <= MAX_AMOUNT:
            raise ValueError(f"a NAPAS 247 transfer carries 1 to {MAX_AMOUNT:,} VND")
        for text in (self.purpose, self.bill_number):
            if len(text) > MAX_PURPOSE or not _PRINTABLE.fullmatch(text):
                raise ValueError(f"purpose and bill number have up to {MAX_PURPOSE} ASCII characters")


def tlv(tag: str, value: str) -> str:
    """Tag, two digits of length, value. Lengths count characters, so only ASCII is safe."""
    if not 0 < len(value) <= 99:
        raise ValueError(f"tag {tag} holds 1 to 99 characters")
    return f"{tag}{len(value):02d}{value}"


def optional(tag: str, value: str) -> str:
    """The same, or nothing for an empty value."""
    return tlv(tag, value) if value else ""


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, initial value 0xFFFF, nothing reflected (EMVCo annex B)."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc
