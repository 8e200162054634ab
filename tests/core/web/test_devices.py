"""Browsers in words."""

from __future__ import annotations

import pytest

from core.web.devices import device_name, place_of

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"Mozilla/5.0 (Linux; Android 14; SM-A155F) {_WEBKIT} Chrome/126.0 Mobile Safari/537.36", "Chrome on Android"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64) {_WEBKIT} Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Linux"),
        ("curl/8.5.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_browser_is_said_in_words(agent: str, words: str) -> None:
    assert str(device_name(agent)) == words


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", "203.0.113.…"),
        ("::ffff:203.0.113.7", "203.0.113.…"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:…"),
        ("::1", "0:0:0:…"),
        ("", "–"),
    ],
)
def test_an_address_is_told_by_its_front_part(address: str, place: str) -> None:
    assert place_of(address) == place
