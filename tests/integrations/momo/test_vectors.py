"""Every MoMo vector agrees; the legacy order of fields is not ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.sdk.payments import FactKind, Notice, Verified
from core.sdk.testing.payment import NOW
from integrations.momo import signing
from integrations.momo.adapter import MomoProvider
from integrations.momo.simulator import signing as simulated
from tests.integrations.vectors import Vector, shared_vectors, vector, vectors

ORDERS = {"create": signing.CREATE, "ipn": signing.NOTICE, "refund": signing.REFUND}


def check(entry: Vector) -> None:
    assert signing.mac(entry["canonical"], entry["secret"]) == entry["expected"], entry["id"]
    if entry["kind"] not in ORDERS:
        return
    params = {name: str(value) for name, value in entry["params"].items()}
    text = signing.canonical(params, ORDERS[entry["kind"]], params["accessKey"])
    assert text == entry["canonical"], entry["id"]
    assert [name for name in entry["field_order"] if name != "accessKey"] == list(ORDERS[entry["kind"]])
    config = {"access_key": params["accessKey"], "secret_key": entry["secret"]}
    assert signing.genuine({**params, "signature": entry["expected"]}, ORDERS[entry["kind"]], config)
    what = "notice" if entry["kind"] == "ipn" else str(entry["kind"])
    fields = dict(entry["params"])
    assert simulated.signature(entry["secret"], params["accessKey"], what, fields) == entry["expected"]


@pytest.mark.parametrize("entry", vectors("momo"), ids=lambda entry: entry["id"])
def test_vector(entry: Vector) -> None:
    check(entry)


def test_shared_vectors(shared: Path) -> None:
    entries = shared_vectors(shared, "momo")
    assert len(entries) >= 5
    for entry in entries:
        check(entry)


def test_query_is_signed_as_documented() -> None:
    params = {"orderId": "INV202511-000123.1", "partnerCode": "PARTNER01", "requestId": "q-0001"}
    text = signing.canonical(params, signing.QUERY, "ACCESS01")
    wanted = "94fa587f673ad25b4cfe4dceb97aaef9c7ca883fdce56cb3c86af89c8242342e"
    assert signing.mac(text, "momo-test-secret") == wanted
    fields: dict[str, object] = dict(params)
    assert simulated.signature("momo-test-secret", "ACCESS01", "query", fields) == wanted


@pytest.mark.parametrize(
    ("name", "kind"), [("momo-ipn-success-unicode", FactKind.PAID), ("momo-ipn-user-cancel", FactKind.FAILED)]
)
def test_notice_vectors_through_the_adapter(name: str, kind: FactKind) -> None:
    entry = vector(name)
    body = {key: value for key, value in entry["params"].items() if key != "accessKey"}
    raw = json.dumps({**body, "signature": entry["expected"]}, ensure_ascii=False).encode()
    keys = {"access_key": entry["params"]["accessKey"], "secret_key": entry["secret"]}
    config = {"merchant_code": "MOMO", **keys}
    result = MomoProvider().receive(Notice("POST", b"", {}, raw, NOW), config)
    assert isinstance(result, Verified)
    (fact,) = result.facts
    assert (fact.kind, fact.amount, fact.reference) == (kind, 1_250_000, "INV202511-000123.1")


def test_the_legacy_order_is_never_accepted() -> None:
    entry = vector("momo-v1-create-official")
    fields = dict(part.split("=", 1) for part in entry["canonical"].split("&"))
    config = {"access_key": entry["accessKey"], "secret_key": entry["secret"]}
    assert not signing.genuine({**fields, "signature": entry["expected"]}, signing.CREATE, config)
