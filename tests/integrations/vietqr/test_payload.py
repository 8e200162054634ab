"""The QR payload: vectors, a second implementation, and properties."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vietqr_emvco import VietQRParser

from integrations.vietqr.payload import MAX_AMOUNT, QrTransfer, crc16
from tests.integrations.vectors import Vector, shared_vectors, vectors

PLAIN = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ", max_size=25)


def split(payload: str) -> dict[str, str]:
    """One level of tags."""
    result: dict[str, str] = {}
    while payload:
        size = int(payload[2:4])
        result[payload[:2]] = payload[4 : 4 + size]
        assert len(payload) >= 4 + size
        payload = payload[4 + size :]
    return result


def check(entry: Vector) -> None:
    if entry["kind"] == "negative":
        found = f"{crc16(entry['payload'][:-4].encode()):04X}"
        assert found == entry["correct_crc"] != entry["payload"][-4:]
        return
    told = entry["decodes_to"]
    service: Literal["account", "card"] = "card" if told["service"] == "QRIBFTTC" else "account"
    qr = QrTransfer(
        bank_bin=told["bank_bin"],
        receiver=told["account"],
        amount=told["amount"],
        purpose=told["purpose"] or "",
        bill_number=told.get("bill_number") or "",
        service=service,
    )
    # One vector says "dynamic" or prints its checksum small: the same code in another spelling.
    assert qr.encode() == entry["payload"][:-4] + entry["payload"][-4:].upper(), entry["id"]


@pytest.mark.parametrize("entry", vectors("vietqr"), ids=lambda entry: entry["id"])
def test_vector(entry: Vector) -> None:
    check(entry)


def test_shared_vectors(shared: Path) -> None:
    entries = shared_vectors(shared, "vietqr")
    assert len(entries) >= 8
    for entry in entries:
        check(entry)


def test_check_value_of_the_algorithm() -> None:
    """The catalogue's check value of CRC-16/CCITT-FALSE (also called IBM-3740)."""
    assert crc16(b"123456789") == 0x29B1


@settings(deadline=None)
@given(
    bank=st.from_regex(r"9704[0-9]{2}", fullmatch=True),
    receiver=st.from_regex(r"[0-9A-Z]{1,19}", fullmatch=True),
    amount=st.integers(1, MAX_AMOUNT) | st.none(),
    purpose=PLAIN,
    bill=PLAIN,
    service=st.sampled_from(["account", "card"]),
)
def test_a_second_implementation_reads_the_same(
    bank: str,
    receiver: str,
    amount: int | None,
    purpose: str,
    bill: str,
    service: Literal["account", "card"],
) -> None:
    payload = QrTransfer(bank, receiver, amount, purpose, bill, service).encode()
    top = split(payload)
    merchant = split(top["38"])
    assert split(merchant["01"]) == {"00": bank, "01": receiver}
    assert merchant["02"] == ("QRIBFTTC" if service == "card" else "QRIBFTTA")
    assert top.get("54") == (None if amount is None else str(amount))
    assert top["01"] == ("11" if amount is None else "12")
    assert VietQRParser.verify_checksum(payload)
    read = VietQRParser.parse(payload)
    assert (read["bank_bin"], read["account_number"], read["amount"]) == (bank, receiver, amount)
    assert (read["memo"], split(top.get("62", "")).get("01", "")) == (purpose, bill)


@pytest.mark.parametrize("zeros", [1, 2])
def test_checksums_keep_their_leading_zeros(zeros: int) -> None:
    """A sixteenth of all codes begins with a zero; a generator that drops it makes them unreadable."""
    payloads = (QrTransfer("970422", "0001234567890", amount).encode() for amount in range(1, 2000))
    found = next(payload for payload in payloads if payload[-4:].startswith("0" * zeros))
    assert VietQRParser.verify_checksum(found)
    assert found[-8:-4] == "6304"


@pytest.mark.parametrize("amount", [0, -1, MAX_AMOUNT + 1])
def test_amounts_beyond_the_limit_are_refused(amount: int) -> None:
    with pytest.raises(ValueError, match="500,000,000 VND"):
        QrTransfer("970422", "0001234567890", amount).encode()


@pytest.mark.parametrize(
    "qr",
    [
        QrTransfer("97042", "1"),
        QrTransfer("97042x", "1"),
        QrTransfer("970422", ""),
        QrTransfer("970422", "1" * 20),
        QrTransfer("970422", "00-12"),
        QrTransfer("970422", "1", 1, "Học phí"),
        QrTransfer("970422", "1", 1, "x" * 26),
        QrTransfer("970422", "1", 1, "a\nb"),
        QrTransfer("970422", "1", 1, "", "é"),
    ],
)
def test_what_the_format_cannot_carry_is_refused(qr: QrTransfer) -> None:
    with pytest.raises(ValueError, match=r"digits|characters"):
        qr.encode()
