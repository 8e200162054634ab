"""Every vector of SePay, payOS and Casso agrees."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.sdk.payments import FactKind, Notice, Refusal, Refused, Verified
from integrations.bank_notices import documents, signing
from integrations.bank_notices.adapter import BankNoticesProvider
from tests.integrations.vectors import Vector, shared_vectors, vector, vectors

ALL = [*vectors("payos"), *vectors("casso"), *vectors("sepay")]
SIGNED_AT = datetime.fromtimestamp(1763775260, UTC)
NOTICES = BankNoticesProvider()


def raw(entry: Vector) -> bytes:
    return json.dumps(entry["params"], ensure_ascii=False, indent=2).encode()


def check(entry: Vector) -> None:
    rail = entry["id"].partition("-")[0]
    if entry["kind"] == "checkout-form":
        # SePay's checkout form is no notice; the vector is here so that none goes unread.
        text = ",".join(f"{name}={value}" for name, value in entry["params"].items())
        digest = hmac.new(entry["secret"].encode(), text.encode(), hashlib.sha256).digest()
        assert (text, base64.b64encode(digest).decode()) == (entry["canonical"], entry["expected"])
        return
    if rail == "payos":
        text_, algorithm = signing.payos_text(documents.load_object(raw(entry))), "sha256"
    elif rail == "casso":
        stamp = entry["canonical"].partition(".")[0]
        text_, algorithm = signing.casso_text(stamp, documents.load_object(raw(entry))), "sha512"
    else:
        body = entry["raw_body"].encode()
        text_, algorithm = signing.sepay_text(entry["headers"]["X-SePay-Timestamp"], body), "sha256"
    assert text_.decode() == entry["canonical"], entry["id"]
    assert signing.mac(text_, entry["secret"], algorithm) == entry["expected"]
    assert signing.mac_equal(text_, entry["expected"], entry["secret"], algorithm)
    assert not signing.mac_equal(text_ + b" ", entry["expected"], entry["secret"], algorithm)


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: entry["id"])
def test_vector(entry: Vector) -> None:
    check(entry)


@pytest.mark.parametrize("rail", ["payos", "casso", "sepay"])
def test_shared_vectors(shared: Path, rail: str) -> None:
    entries = shared_vectors(shared, rail)
    assert len(entries) >= 2
    for entry in entries:
        check(entry)


def sepay_notice(entry: Vector, at: datetime = SIGNED_AT) -> Notice:
    headers = {name.lower(): value for name, value in entry["headers"].items()}
    return Notice("POST", b"", headers, entry["raw_body"].encode(), at)


@pytest.mark.parametrize(
    ("name", "account", "kind", "amount"),
    [
        ("sepay-webhook-in", "0001234567890", FactKind.CREDIT, 1_250_000),
        ("sepay-webhook-unicode", "0011004455667", FactKind.CREDIT, 35_000),
        ("sepay-webhook-out", "0001234567890", FactKind.DEBIT, 350_000),
    ],
)
def test_sepay_through_the_adapter(name: str, account: str, kind: FactKind, amount: int) -> None:
    entry = vector(name)
    config = {"style": "sepay", "secret": entry["secret"], "account_number": account}
    result = NOTICES.receive(sepay_notice(entry), config)
    assert isinstance(result, Verified)
    (fact,) = result.facts
    body = json.loads(entry["raw_body"])
    assert (fact.kind, fact.amount, fact.memo) == (kind, amount, body["content"])
    assert fact.occurred_at == datetime.fromisoformat(body["transactionDate"] + "+07:00")
    late = NOTICES.receive(sepay_notice(entry, SIGNED_AT + timedelta(seconds=301)), config)
    assert isinstance(late, Refused)
    assert late.reason is Refusal.STALE


def test_casso_through_the_adapter() -> None:
    entry = vector("casso-webhook-unicode")
    notice = Notice("POST", b"", {"x-casso-signature": entry["header"]}, raw(entry), SIGNED_AT)
    config = {"style": "casso", "secret": entry["secret"], "account_number": "0001234567890"}
    result = NOTICES.receive(notice, config)
    assert isinstance(result, Verified)
    assert result.facts[0].amount == 35_000
    ping = vector("casso-webhook-v2-sample")
    notice = Notice("POST", b"", {"x-casso-signature": ping["header"]}, raw(ping), SIGNED_AT)
    assert NOTICES.receive(notice, {**config, "secret": ping["secret"]}) == Verified("casso:ping", ())
