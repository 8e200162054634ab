"""Signed links: genuine, of their kind, in time; anything else is not there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity.links import LinkExpired, make_link, read_link
from core.settings import Keyring
from core.types.errors import NotFound

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
BILL = UUID("01a20202-7e18-77ef-9df3-a80fa711d89a")
OLD, NEW = "o" * 32, "n" * 32


def test_a_link_comes_back_and_is_short() -> None:
    token = make_link("finance.bill", BILL, LATER)
    assert len(token) == 48
    assert token.replace("-", "").replace("_", "").isalnum()
    assert read_link("finance.bill", token, NOW) == BILL
    assert read_link("finance.bill", token, LATER - timedelta(seconds=1)) == BILL


def test_an_expired_link_says_so() -> None:
    token = make_link("finance.bill", BILL, LATER)
    with pytest.raises(LinkExpired) as caught:
        read_link("finance.bill", token, LATER)
    assert caught.value.status == 410


def test_a_link_of_another_kind_is_not_there() -> None:
    with pytest.raises(NotFound):
        read_link("identity.device", make_link("finance.bill", BILL, LATER), NOW)


@given(st.data())
def test_any_change_is_found(data: st.DataObject) -> None:
    token = make_link("finance.bill", BILL, LATER)
    place = data.draw(st.integers(0, 47))
    letter = data.draw(st.sampled_from("ABCXYZabcxyz0189-_").filter(lambda c: c != token[place]))
    with pytest.raises(NotFound):
        read_link("finance.bill", token[:place] + letter + token[place + 1 :], NOW)


@given(st.text(max_size=60) | st.text(alphabet="ABCabc019-_=+/ \n", min_size=48, max_size=48))
def test_garbage_is_not_there(token: str) -> None:
    with pytest.raises(NotFound):
        read_link("finance.bill", token, NOW)


def test_one_link_has_one_spelling() -> None:
    token = make_link("finance.bill", BILL, LATER)
    for other in (
        token + "=",
        token + "\n",
        " " + token,
        token[:-1] + "\n",
        token.replace("_", "/").replace("-", "+") + "/",
    ):
        with pytest.raises(NotFound):
            read_link("finance.bill", other, NOW)


def test_keys_can_be_changed() -> None:
    before, after, gone = Keyring([OLD]), Keyring([NEW, OLD]), Keyring([NEW])
    token = make_link("finance.bill", BILL, LATER, keyring=before)
    assert read_link("finance.bill", token, NOW, keyring=after) == BILL
    fresh = make_link("finance.bill", BILL, LATER, keyring=after)
    assert read_link("finance.bill", fresh, NOW, keyring=gone) == BILL
    with pytest.raises(NotFound):
        read_link("finance.bill", token, NOW, keyring=gone)
