"""VietQR behind the port: the transfer as it is shown, its text, the bank table."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vietqr_emvco import VietQRParser

from core.sdk.payments import Transfer
from core.sdk.testing.payment import make_attempt
from integrations.vietqr.adapter import VietqrProvider
from integrations.vietqr.banks import bank_table
from integrations.vietqr.memo import transfer_memo

from .test_contract import CONFIG

VIETQR = VietqrProvider()


def shown(amount: int = 1_250_000, **config: str) -> Transfer:
    transfer = VIETQR.prepare(make_attempt(amount=amount), {**CONFIG, **config})
    assert isinstance(transfer, Transfer)
    return transfer


def test_words_and_code_say_the_same() -> None:
    transfer = shown(memo_prefix="Học phí")
    read = VietQRParser.parse(transfer.qr_payload)
    assert read["memo"] == transfer.memo == "Hoc phi TRHABCD2345"
    assert read["amount"] == transfer.amount == 1_250_000
    assert read["account_number"] == transfer.account_number == "0001234567890"
    assert transfer.bank_name == "MB Bank"
    assert transfer.account_name == "TRUONG THCS HOA PHUONG"


def test_account_holder_is_shown_as_the_bank_writes_it() -> None:
    assert shown(account_name="Trường THCS Hoa Phượng").account_name == "TRUONG THCS HOA PHUONG"


def test_card_numbers_have_their_own_service() -> None:
    payload = shown(service="card", account_number="9704031101234567").qr_payload
    assert VietQRParser.parse(payload)["service_code"] == "QRIBFTTC"


def test_above_the_limit_is_a_clear_error() -> None:
    assert shown(500_000_000).amount == 500_000_000
    with pytest.raises(ValueError, match="500,000,000 VND"):
        shown(500_000_001)


@settings(deadline=None)
@given(st.text(max_size=60), st.from_regex(r"[A-Z0-9]{8,16}", fullmatch=True))
def test_the_reference_is_always_whole(prefix: str, reference: str) -> None:
    memo = transfer_memo(reference, prefix)
    assert memo.endswith(reference)
    assert len(memo) <= 25
    assert memo.replace(" ", "").isalnum() and memo.isascii()


def test_references_that_no_memo_can_carry_are_refused() -> None:
    with pytest.raises(ValueError, match="reference"):
        VIETQR.prepare(replace(make_attempt(), reference="TRH-ABCD 2345"), CONFIG)


def test_bank_table_is_dated_and_sound() -> None:
    table = bank_table()
    assert table.as_of.year >= 2026
    assert {table.name_of(number) for number in ("970436", "970418")} == {"Vietcombank", "BIDV"}
    assert "970488" not in table.banks, "a wrong BIDV number goes round in public packages"
    assert all(len(number) == 6 and number.isdigit() for number in table.banks)
    assert table.name_of("999999") == "999999"


def test_configuration_problems_are_named() -> None:
    bad = {"bank_bin": "VCB", "account_number": "12-3", "account_name": " ", "service": "iban"}
    assert set(VIETQR.check(bad)) == set(bad)
