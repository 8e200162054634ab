"""Every ZaloPay vector agrees, in the adapter and in the simulator."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest

from core.sdk.payments import Notice, Refused, Verified
from core.sdk.testing.payment import NOW
from integrations.zalopay import signing
from integrations.zalopay.adapter import ZalopayProvider
from integrations.zalopay.simulator import signing as simulated
from tests.integrations.vectors import Vector, shared_vectors, vector, vectors


def check(entry: Vector) -> None:
    assert signing.mac(entry["canonical"], entry["secret"]) == entry["expected"], entry["id"]
    assert signing.genuine(entry["canonical"], entry["expected"], entry["secret"])
    if "field_order" in entry:
        assert signing.joined(entry["params"][name] for name in entry["field_order"]) == entry["canonical"]
        assert simulated.of_form(entry["secret"], entry["kind"], entry["params"]) == entry["expected"]


@pytest.mark.parametrize("entry", vectors("zalopay"), ids=lambda entry: entry["id"])
def test_vector(entry: Vector) -> None:
    check(entry)


def test_shared_vectors(shared: Path) -> None:
    entries = shared_vectors(shared, "zalopay")
    assert len(entries) >= 4
    for entry in entries:
        check(entry)


def test_the_published_callback_is_a_payment_and_only_with_key2() -> None:
    entry = vector("zalopay-callback-official")
    notice = Notice("POST", b"", {}, json.dumps(entry["body"]).encode(), NOW)
    config = {"merchant_code": "2553", "key1": "PcY4iZIKFCIdgZvA6ueMcMHHUbRLYjPL", "key2": entry["secret"]}
    result = ZalopayProvider().receive(notice, config)
    assert isinstance(result, Verified)
    (fact,) = result.facts
    assert (fact.amount, fact.provider_txn, fact.reference) == (10_000, "200904000000389", "2553_1598435687208")
    swapped = {**config, "key2": config["key1"], "key1": config["key2"]}
    assert isinstance(ZalopayProvider().receive(notice, swapped), Refused)


def test_a_query_is_signed_with_the_key_as_its_last_field() -> None:
    text = signing.joined((9999, "251122_INV000123", "zlp-test-key-1"))
    wanted = "f526f235fe30521e28710263fd520f2e9d617b3084eb3e4b755b963d7e19a1e5"
    assert signing.mac(text, "zlp-test-key-1") == wanted
    fields: dict[str, object] = {"app_id": 9999, "app_trans_id": "251122_INV000123"}
    assert simulated.of_query("zlp-test-key-1", fields) == wanted


def test_the_checksum_of_a_return_address() -> None:
    entry = vector("zalopay-redirect-checksum")
    query = urlencode({**entry["params"], "checksum": entry["expected"]}).encode()
    config = {"merchant_code": "2553", "key1": "x", "key2": entry["secret"]}
    assert ZalopayProvider().read_return(query, config) == "success"
    assert tuple(signing.REDIRECT.split("|")) == tuple(entry["field_order"])
