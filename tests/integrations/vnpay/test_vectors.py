"""Every VNPay vector agrees: canonical text, hash, whole address, and the negative cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from core.sdk.payments import Attempt, Notice, Redirect, Refusal, Refused, Verified
from core.sdk.testing.payment import NOW, make_attempt
from integrations.vnpay import signing
from integrations.vnpay.adapter import VnpayProvider
from integrations.vnpay.transactions import query_params
from tests.integrations.vectors import Vector, shared_vectors, vector, vectors

ORDERS = {
    "querydr-request": signing.QUERY_REQUEST,
    "refund-request": signing.REFUND_REQUEST,
    "querydr-response": signing.QUERY_RESPONSE,
    "refund-response": signing.REFUND_RESPONSE,
}


def canonical(entry: Vector) -> str:
    if "params" not in entry:
        return str(entry["canonical"])
    params = {name: str(value) for name, value in entry["params"].items()}
    if entry["kind"] in ORDERS:
        return signing.canonical_fields(params, ORDERS[entry["kind"]])
    return signing.canonical_query(params)


def check(entry: Vector) -> None:
    text = canonical(entry)
    assert text == entry["canonical"], entry["id"]
    received = str(entry.get("received", entry.get("expected", "")))
    good = entry.get("expected_verify", True)
    assert signing.mac_equal(text, received, entry["secret"]) is good, entry["id"]
    assert (signing.mac(text, entry["secret"]) == received) is good, entry["id"]


@pytest.mark.parametrize("entry", vectors("vnpay"), ids=lambda entry: entry["id"])
def test_vector(entry: Vector) -> None:
    check(entry)


def test_shared_vectors(shared: Path) -> None:
    entries = shared_vectors(shared, "vnpay")
    assert len(entries) >= 7
    for entry in entries:
        check(entry)


def test_field_orders_are_those_of_the_vectors() -> None:
    for entry in vectors("vnpay"):
        if "field_order" in entry:
            assert tuple(entry["field_order"]) == tuple(f"vnp_{name}" for name in ORDERS[entry["kind"]])


def test_pay_address_is_the_one_of_the_vector() -> None:
    entry = vector("vnpay-pay-url-ascii")
    attempt = Attempt(
        id=UUID(int=1),
        reference="INV202511-000123",
        amount=1_250_000,
        currency="VND",
        description="Hoc phi thang 11 nam 2025 HS0001",
        created_at=datetime(2025, 11, 22, 1, 30, tzinfo=UTC),
        expires_at=datetime(2025, 11, 22, 1, 45, tzinfo=UTC),
        payer_ip="203.113.152.10",
        return_url="https://truong.example.edu.vn/pay/return?sid=HS0001",
    )
    config = {"merchant_code": "SCHOOL01", "hash_secret": entry["secret"]}
    redirect = VnpayProvider().prepare(attempt, config)
    assert isinstance(redirect, Redirect)
    assert redirect.url == entry["url"]
    assert redirect.remember == {"vnp_CreateDate": "20251122083000"}


def test_ipn_vectors_through_the_adapter() -> None:
    for name in ("vnpay-ipn-ok", "vnpay-ipn-forged"):
        entry = vector(name)
        query = entry["canonical"] + "&vnp_SecureHash=" + entry.get("expected", entry.get("received"))
        config = {"merchant_code": "TEST_TMN_CODE", "hash_secret": entry["secret"]}
        result = VnpayProvider().receive(Notice("GET", query.encode(), {}, b"", NOW), config)
        if name == "vnpay-ipn-ok":
            assert isinstance(result, Verified)
            assert result.facts[0].amount == 10_000
        else:
            assert isinstance(result, Refused)
            assert result.reason is Refusal.BAD_SIGNATURE


def test_querydr_fields_are_those_of_the_vector() -> None:
    entry = vector("vnpay-querydr-request")
    attempt = replace(make_attempt("INV202511000123"), provider_data={"vnp_CreateDate": "20251122083000"})
    config = {"merchant_code": "SCHOOL01", "hash_secret": entry["secret"], "server_ip": "203.113.152.10"}
    sent = query_params(attempt, config, datetime(2025, 11, 22, 2, 15, tzinfo=UTC))
    text = signing.canonical_fields(sent, signing.QUERY_REQUEST).split("|")
    assert text[1:] == entry["canonical"].replace("INV202511-000123", "INV202511000123").split("|")[1:]
