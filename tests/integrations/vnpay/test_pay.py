"""The pay request: amounts, times, addresses, texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.sdk.payments import Attempt, Redirect
from core.sdk.testing.payment import make_attempt
from integrations.vnpay import wire
from integrations.vnpay.adapter import VnpayProvider

from .samples import CONFIG, sha512


def sent(attempt: Attempt) -> dict[str, str]:
    redirect = VnpayProvider().prepare(attempt, CONFIG)
    assert isinstance(redirect, Redirect)
    return {name: values[0] for name, values in parse_qs(urlsplit(redirect.url).query).items()}


def test_amount_is_in_hundredths_and_time_in_gmt7() -> None:
    fields = sent(replace(make_attempt(amount=35_000), created_at=datetime(2026, 11, 21, 17, 5, tzinfo=UTC)))
    assert fields["vnp_Amount"] == "3500000"
    assert fields["vnp_CreateDate"] == "20261122000500"
    assert "vnp_SecureHashType" not in fields


def test_the_last_field_is_the_hash_of_all_others() -> None:
    redirect = VnpayProvider().prepare(make_attempt(), CONFIG)
    assert isinstance(redirect, Redirect)
    text, _, received = urlsplit(redirect.url).query.partition("&vnp_SecureHash=")
    assert received == sha512(text)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("0:0:0:0:0:0:0:1", "127.0.0.1"),
        ("::1", "127.0.0.1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8::7", "203.0.113.1"),
        ("", "203.0.113.1"),
        ("unknown", "203.0.113.1"),
    ],
)
def test_only_ipv4_addresses_go_out(address: str, expected: str) -> None:
    assert sent(replace(make_attempt(), payer_ip=address))["vnp_IpAddr"] == expected


@settings(deadline=None)
@given(st.text(max_size=400))
def test_order_info_is_plain(text: str) -> None:
    info = sent(replace(make_attempt(), description=text))["vnp_OrderInfo"]
    assert info and len(info) <= 255
    assert info.isascii() and info.replace(" ", "").isalnum()


def test_vietnamese_loses_its_marks_only() -> None:
    info = sent(replace(make_attempt(), description="Học phí lớp 1A – Đỗ Văn Ánh & em (50%) *~'!"))["vnp_OrderInfo"]
    assert info == "Hoc phi lop 1A Do Van Anh em 50"


@pytest.mark.parametrize(("locale", "expected"), [("vi", "vn"), ("en", "en"), ("en_GB", "en"), ("fr", "vn")])
def test_language(locale: str, expected: str) -> None:
    assert sent(replace(make_attempt(), locale=locale))["vnp_Locale"] == expected


def test_an_attempt_that_is_over_is_refused() -> None:
    attempt = make_attempt()
    with pytest.raises(ValueError, match="expires"):
        VnpayProvider().prepare(replace(attempt, expires_at=attempt.created_at - timedelta(1)), CONFIG)


@settings(deadline=None)
@given(st.integers(1, wire.MAX_AMOUNT))
def test_amounts_come_back(dong: int) -> None:
    assert wire.from_amount(wire.to_amount(dong)) == dong


@settings(deadline=None)
@given(st.integers(0, 4 * 10**9))
def test_moments_come_back(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert wire.from_moment(wire.to_moment(moment), datetime.now(UTC)) == moment


def test_configuration_problems_are_named() -> None:
    bad = {
        "merchant_code": "X",
        "hash_secret": " ",
        "pay_url": "ftp://x",
        "api_url": "http://[",
        "server_ip": "::1",
    }
    assert set(VnpayProvider().check(bad)) == set(bad)
