"""Each dialect of bank notices keeps the contract of payment providers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.sdk.payments import Config, Fact, FactKind, PaymentProvider
from core.sdk.testing.payment import PaymentProviderContract, Samples, make_attempt
from integrations.bank_notices.adapter import BankNoticesProvider

from . import samples as made

AT = datetime(2026, 11, 22, 1, 34, 12, tzinfo=UTC)


def fact(kind: FactKind, txn: str, memo: str, **data: str) -> Fact:
    return Fact(kind, txn, 1_250_000, "VND", AT, None, memo, made.ACCOUNT, {**data, "bank_reference": txn})


class _Dialect(PaymentProviderContract):
    style = ""

    @pytest.fixture
    def provider(self) -> PaymentProvider:
        return BankNoticesProvider()

    @pytest.fixture
    def config(self) -> Config:
        return made.config(self.style)


class TestSepay(_Dialect):
    style = "sepay"

    @pytest.fixture
    def samples(self) -> Samples:
        memo = "MBVCB.778 TRHABCD2345 hoc phi"
        told = {"notifier": "sepay", "notifier_id": "92704", "bank": "MBBank"}
        good = made.sepay()
        out = made.sepay(id=92706, transferType="out", referenceCode="FT26326000199")
        upper = {**good.headers, "x-sepay-signature": good.headers["x-sepay-signature"][7:].upper()}
        return Samples(
            attempt=make_attempt(),
            good={
                "in": (good, fact(FactKind.CREDIT, "FT26326000123", memo, **told)),
                "out": (out, fact(FactKind.DEBIT, "FT26326000199", memo, **{**told, "notifier_id": "92706"})),
            },
            forged={
                "body": replace(good, body=good.body.replace(b"1250000", b"9250000")),
                "other key": made.sepay(secret="other"),
                "old": made.sepay(age=301),
                "early": made.sepay(age=-301),
                "no headers": replace(good, headers={}),
                "no timestamp": replace(good, headers={**good.headers, "x-sepay-timestamp": ""}),
                "other timestamp": replace(good, headers={**good.headers, "x-sepay-timestamp": "1795311007"}),
                "other account": made.sepay(accountNumber="999"),
                "key instead": made.sepay_key(),
                "got": replace(good, method="GET"),
            },
            repeated={
                "signed again": (good, made.sepay(age=120)),
                "no prefix, capitals": (good, replace(good, headers=upper)),
                "spaces": (good, made.sepay_raw(json.dumps(made.sepay_fields(), indent=1).encode())),
            },
            pings={"id 0": made.sepay(id=0, accountNumber="")},
        )


class TestSepayKey(_Dialect):
    style = "sepay_apikey"
    signs_content = False

    @pytest.fixture
    def samples(self) -> Samples:
        told = {"notifier": "sepay", "notifier_id": "92704", "bank": "MBBank"}
        expected = fact(FactKind.CREDIT, "FT26326000123", "MBVCB.778 TRHABCD2345 hoc phi", **told)
        good = made.sepay_key()
        return Samples(
            attempt=make_attempt(),
            good={"in": (good, expected)},
            forged={
                "other key": made.sepay_key("other"),
                "no key": replace(good, headers={"authorization": "Apikey"}),
                "no header": replace(good, headers={}),
                "other scheme": replace(good, headers={"authorization": f"Bearer {made.SECRET}"}),
                "signature instead": made.sepay(),
            },
            repeated={"small": (good, replace(good, headers={"authorization": f"apikey  {made.SECRET} "}))},
            pings={},
        )


class TestPayos(_Dialect):
    style = "payos"

    @pytest.fixture
    def samples(self) -> Samples:
        told = {"notifier": "payos", "notifier_id": "link-77", "payer": "NGUYEN VAN B"}
        good = made.payos()
        return Samples(
            attempt=make_attempt(),
            good={"in": (good, fact(FactKind.CREDIT, "FT26326000124", "TRHABCD2345", **told))},
            forged={
                "amount": replace(good, body=good.body.replace(b"1250000", b"1250001")),
                "new field": replace(good, body=good.body.replace(b'"data": {', b'"data": {"x": 1, ')),
                "other key": made.payos_signed(made.payos_fields(), secret="other"),
                "other account": made.payos(accountNumber="999"),
                "no signature": replace(good, body=good.body.replace(b'"signature"', b'"sig"')),
            },
            repeated={
                "outside the signature": (
                    good,
                    made.payos_signed(made.payos_fields(), outside={"desc": "again", "success": False}),
                ),
            },
            pings={
                "confirm-webhook": made.payos(**made.PING_PAYOS),
                "not paid": made.payos(code="01"),
            },
        )


class TestCasso(_Dialect):
    style = "casso"

    @pytest.fixture
    def samples(self) -> Samples:
        told = {"notifier": "casso", "notifier_id": "900001", "bank": "MB", "payer": "NGUYEN VAN B"}
        memo = "Tiền ăn / TRHABCD2345"
        good = made.casso()
        out = made.casso(id=900002, amount=-1250000, reference="FT26326000126")
        header = good.headers["x-casso-signature"]
        return Samples(
            attempt=make_attempt(),
            good={
                "in": (good, fact(FactKind.CREDIT, "FT26326000125", memo, **told)),
                "out": (
                    out,
                    fact(FactKind.DEBIT, "FT26326000126", memo, **{**told, "notifier_id": "900002"}),
                ),
            },
            forged={
                "amount": replace(good, body=good.body.replace(b": 1250000", b": 1250001")),
                "time": replace(good, headers={"x-casso-signature": header.replace("t=1", "t=2")}),
                "no header": replace(good, headers={}),
                "other key": made.casso(secret="other"),
                "other account": made.casso(accountNumber="999"),
            },
            repeated={
                "escaped letters": (
                    good,
                    replace(good, body=json.dumps(json.loads(good.body), ensure_ascii=False).encode()),
                )
            },
            pings={"id 0": made.casso(id=0, accountNumber="88888888")},
        )
