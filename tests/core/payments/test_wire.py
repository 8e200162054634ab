"""What a signature was made over is read in one way only, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.sdk import wire


def test_numbers_stay_the_digits_that_were_sent() -> None:
    found = wire.read_object('{"amount": 1700000000000, "note": "Nộp học phí", "none": null, "list": [1], "ok": true}')
    assert wire.texts(found) == {"amount": "1700000000000", "note": "Nộp học phí", "none": ""}
    assert wire.read_query(b"a=1&b=h%E1%BB%8Dc+ph%C3%AD&c") == {"a": "1", "b": "học phí", "c": ""}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[1]",
        '{"a": 1.0}',
        '{"a": 1e3}',
        '{"a": NaN}',
        '{"a": 1, "a": 1}',
        '{"a": "\\ud800"}',
        "[" * 5000,
        " " * 70_000,
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(body: str) -> None:
    with pytest.raises(wire.MalformedError):
        wire.read_object(body)
    with pytest.raises(wire.MalformedError):
        wire.read_object(body.encode() or b"\xff")


@pytest.mark.parametrize("query", [b"a=1&a=2", b"a=\xff", b"a=%FF", b"a" * 70_000])
def test_queries_with_two_meanings_are_refused(query: bytes) -> None:
    with pytest.raises(wire.MalformedError):
        wire.read_query(query)


def test_whole_dong_and_moments() -> None:
    assert wire.amount("1250000") == 1_250_000
    for text in ("", "0", "-1", "1.0", "01", "1e3", "٣", "9" * 14):
        with pytest.raises(wire.MalformedError):
            wire.amount(text)
    came = datetime(2026, 9, 3, tzinfo=UTC)
    assert wire.moment("1763775000000", came) == datetime(2025, 11, 22, 1, 30, tzinfo=UTC)
    assert wire.moment("yesterday", came) == came
    assert wire.clean("a\x00b\ud800c", 4) == "a b "
    assert (
        wire.is_web_address("https://test-payment.momo.vn/x")
        and not wire.is_web_address("ftp://a")
        and not wire.is_web_address("http://[")
    )
