"""Every vector of the reference, and each bug of the public client as a test that would fail with it."""

from __future__ import annotations

import base64
import inspect
import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from core.sdk.payments import (
    Declined,
    FactKind,
    HttpAnswer,
    Notice,
    Payable,
    Redirect,
    Refusal,
    Refused,
    Unknown,
    Verified,
)
from core.sdk.testing.payment import NOW, StubHttp, broken_network, make_attempt
from integrations.portal_payment import lookup, signing, times
from integrations.portal_payment.keypay import KeypayProvider
from integrations.portal_payment.platform import PlatformProvider
from integrations.portal_payment.receipts import Receipt
from integrations.portal_payment.simulator import signing as simulated
from tests.integrations.vectors import shared_vectors

from .samples import CONFIG, KEYPAY, LOOKUP_KEY, answer, call, callback_fields, confirm_fields

PLATFORM, KEYPAY_PROVIDER = PlatformProvider(), KeypayProvider()
ATTEMPT = make_attempt()
ORDERS = {"init": signing.INIT, "confirm": signing.CONFIRM, "query": signing.QUERY, "receipt": signing.QUERY}


def stub(content: object, status: int = 200) -> StubHttp:
    return StubHttp(lambda _body: answer(content, status))


def asked(**changes: object) -> FactKind | str:
    told = {"MaLoi": "00", "TrangThaiGD": 1, "MaThamChieu": ATTEMPT.reference, "SoTien": 1_250_000, "MaGiaoDich": "PP1"}
    body = {name: value for name, value in {**told, **changes}.items() if value is not None}
    result = PLATFORM.query(ATTEMPT, CONFIG, stub(body), NOW)
    return result.detail if isinstance(result, Unknown) else result[0].kind


def test_vectors(shared: Path) -> None:
    entries = shared_vectors(shared, "dvcqg")
    assert len(entries) == 4
    for entry in entries:
        fields = {name: str(value) for name, value in entry["params"].items()}
        order = ORDERS[entry["kind"]]
        assert [name for name in entry["field_order"] if name != "<secret>"] == list(order)
        assert f"{signing.joined(fields, order)}|{entry['secret']}" == entry["canonical"]
        assert signing.platform(fields, order, entry["secret"]) == entry["expected"]
        assert simulated.platform(entry["secret"], dict(entry["params"])) == entry["expected"]


def test_vectors_of_keypay() -> None:
    key = "test-hash-key-1"
    fields = {"addition_fee": "0", "client_id": "CLIENT01", "command": "PAY", "trans_amount": "150000",
              "transaction_id": "42_0f0e0d0c0b0a09080", "version": "3.0"}  # fmt: skip
    made, asked_for = (
        "bc4a5020778f8b1952b1346ee896077bd37865dc038ad926bde5bf663a2c414e",
        "9fca26b81be5d4f18aa254458abb2a5745f9650fd24145eb52b56d344dc2de06",
    )
    assert signing.keypay(fields, signing.KEYPAY, key) == made
    assert simulated.keypay(key, simulated.KEYPAY, dict(fields)) == made
    assert signing.keypay(fields, signing.KEYPAY_QUERY, key) == asked_for
    assert simulated.keypay(key, simulated.KEYPAY_QUERY, dict(fields)) == asked_for


def test_the_algorithm_is_a_setting() -> None:
    plain = confirm_fields()
    other = {**CONFIG, "algorithm": "hmac-sha256"}
    assert isinstance(PLATFORM.receive(call(plain), other), Refused)
    fields = {name: str(value) for name, value in plain.items()}
    mac = signing.platform(fields, signing.CONFIRM, CONFIG["secret_key"], "hmac-sha256")
    assert isinstance(PLATFORM.receive(call({**plain, "MaXacThuc": mac}), other), Verified)
    renamed = call(confirm_fields(LoaiBanTin="XAC_NHAN"))
    assert isinstance(PLATFORM.receive(renamed, CONFIG), Refused)
    assert isinstance(PLATFORM.receive(renamed, {**CONFIG, "confirm_type": "XAC_NHAN"}), Verified)


# The bugs of the public client of version 1.0.6 (payments.md, section 9), each as what must not happen here.


def test_morning_and_evening_are_two_moments() -> None:
    """It wrote hours of a 12-hour clock: 08:30 and 20:30 collided."""
    morning = datetime(2025, 11, 22, 1, 30, tzinfo=UTC)
    assert times.written(morning) == "20251122083000"
    assert times.written(morning + timedelta(hours=12)) == "20251122203000"
    assert times.read("20251122203000", NOW) - times.read("20251122083000", NOW) == timedelta(hours=12)


def test_the_zone_of_this_server_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """It wrote the server's own time instead of GMT+7."""
    known = os.environ.get("TZ")
    written = set()
    for zone in ("UTC", "America/New_York", "Asia/Ho_Chi_Minh"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        written.add((times.written(NOW), times.read("20251122083000", NOW)))
    monkeypatch.setenv("TZ", known) if known else monkeypatch.delenv("TZ")
    time.tzset()
    assert written == {("20261122083000", datetime(2025, 11, 22, 1, 30, tzinfo=UTC))}


def test_one_answer_without_a_result_decides_nothing() -> None:
    """It marked a payment as checked after one inconclusive answer. Here every such answer is asked again."""
    for changes in ({"TrangThaiGD": 3}, {"TrangThaiGD": None}, {"MaLoi": "01"}, {"TrangThaiGD": "PAID"}):
        assert isinstance(asked(**changes), str)
        assert not isinstance(asked(**changes), FactKind)
    assert asked() is FactKind.PAID
    assert asked(TrangThaiGD="4") is FactKind.FAILED


def test_errors_of_receipts_are_told() -> None:
    """It swallowed them."""

    def receipt(content: bytes, status: int = 200) -> Receipt | Unknown:
        return PLATFORM.receipt(ATTEMPT, CONFIG, StubHttp(lambda _body: HttpAnswer(status, {}, content)))

    assert receipt(b"%PDF-1.4 ...") == Receipt(pdf=b"%PDF-1.4 ...")
    assert receipt(b'{"MaLoi":"00","UrlBienLai":"https://x.example/1"}') == Receipt(url="https://x.example/1")
    for content in (b"", b"<html>", b'{"MaLoi":"02"}', b'{"MaLoi":"00","UrlBienLai":"javascript:alert(1)"}'):
        assert isinstance(receipt(content), Unknown)
    assert isinstance(receipt(b"%PDF-1.4", 500), Unknown)
    assert isinstance(PLATFORM.receipt(ATTEMPT, CONFIG, StubHttp(broken_network)), Unknown)


def test_amounts_are_longer_than_32_bits() -> None:
    """It kept them in 32 bits."""
    result = PLATFORM.receive(call(confirm_fields(SoTien=3_000_000_000)), CONFIG)
    assert isinstance(result, Verified)
    assert result.facts[0].amount == 3_000_000_000


def test_the_amount_of_the_notice_is_what_is_compared() -> None:
    """It never looked at the amount of the callback. The core compares the fact with what was asked, to the dong."""
    result = PLATFORM.receive(call(confirm_fields(SoTien=1_000)), CONFIG)
    assert isinstance(result, Verified)
    assert result.facts[0].amount == 1_000
    assert asked(SoTien=None) == "amount is no whole number of dong", "and no amount is taken from our own question"


def test_check_values_are_compared_in_constant_time() -> None:
    """It compared them with ==."""
    assert "compare_digest" in inspect.getsource(signing.same)
    for received in ("", "0" * 63, "0" * 65, "g" * 64, "ö" * 64):
        assert not signing.same("0" * 64, received)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"error_code": "0", "message": '{"UrlThanhToan": "https://pay.example/1"}'}, Redirect),
        ({"error_code": 0, "message": {"UrlThanhToan": "https://pay.example/1"}}, Redirect),
        ({"error_code": "00", "message": '{"UrlThanhToan": "https://pay.example/1"}'}, Redirect),
        ({"error_code": "94", "message": "x"}, Declined),
        ({"message": '{"UrlThanhToan": "https://pay.example/1"}'}, Unknown),
        ({"error_code": "0", "message": '{"UrlThanhToan": "javascript:alert(1)"}'}, Unknown),
        ({"error_code": "0", "message": "<html>"}, Unknown),
        ({"error_code": "0"}, Unknown),
    ],
)
def test_answers_to_an_order(content: object, kind: type) -> None:
    assert isinstance(PLATFORM.place(ATTEMPT, CONFIG, stub(content), NOW), kind)


def test_orders_name_nobody() -> None:
    for provider, config in ((PLATFORM, CONFIG), (KEYPAY_PROVIDER, KEYPAY)):
        http = StubHttp(broken_network)
        provider.place(replace(ATTEMPT, description="Hoc phi Nguyen Van An HS0001"), config, http, NOW)
        sent = http.sent[0].decode()
        assert "HS0001" not in sent and "Nguyen" not in sent
        body = json.loads(sent)
        told = body.get("ThongTinBienLai") or body["bill_info"]
        assert {told[name] for name in ("HoTenNguoiNop", "SoCMNDNguoiNop", "DiaChiNguoiNop")} == {""}


def test_a_callback_of_keypay_is_only_the_occasion_to_ask() -> None:
    """Its status is outside of the check sum: a failure could be turned into a payment on the way."""
    turned = KEYPAY_PROVIDER.receive(call({**callback_fields(status=2), "status": 0}), KEYPAY)
    assert isinstance(turned, Verified)
    assert [fact.kind for fact in turned.facts] == [FactKind.PENDING]

    def found(**changes: object) -> FactKind | str:
        told = {"error": "0", "status": 0, "transaction_id": "TRHABCD2345", "trans_amount": "1250000", **changes}
        result = KEYPAY_PROVIDER.fetch(turned.facts, KEYPAY, stub(told), NOW)
        return result.detail if isinstance(result, Unknown) else result[0].kind

    assert found() is FactKind.PAID
    assert found(status=2) is FactKind.FAILED
    for changes in ({"error": "91"}, {"transaction_id": "TRHOTHER234"}, {"status": None}, {"trans_amount": ""}):
        assert isinstance(found(**changes), str) and not isinstance(found(**changes), FactKind)


def question(body: bytes, key: str = LOOKUP_KEY) -> Notice:
    return call(body, **{"x-signature": simulated.of_body(key, body)})


def test_a_lookup_says_1_for_a_bill_and_0_for_none() -> None:
    """The other way round than every other code of the platform."""
    bill = json.loads(PLATFORM.answer_lookup(Payable("TRHABCD2345", "TRHWXYZ2345", 150_000, NOW), CONFIG).body)
    assert bill["error_code"] == 1
    assert set(bill["message"]) == {
        "MaTraCuuTT", "MaHoSo", "MaDichVu", "PhiLePhi", "TKThuHuong", "MaNHThuHuong", "DSKhoanNop",
    }, "nothing else: no name, no class, no item that tells of health or money of a family"  # fmt: skip
    assert bill["message"]["DSKhoanNop"] == [{"NoiDung": "Khoan thu cua truong", "SoTien": "150000"}]
    none = json.loads(PLATFORM.answer_lookup(None, CONFIG).body)
    assert none == {"error_code": 0, "message": []}
    refused = PLATFORM.answer_lookup(Refused(Refusal.BAD_SIGNATURE), CONFIG)
    assert (refused.status, json.loads(refused.body)["error_code"]) == (403, -1)


def test_only_the_platform_may_look_up() -> None:
    body = json.dumps({"MaHoSo": "TRHABCD2345", "ThoiGianGD": times.written(NOW)}).encode()
    assert lookup.read(question(body), CONFIG) == "TRHABCD2345"
    for odd in (question(body, "other"), call(body), question(body + b" ", LOOKUP_KEY + "x")):
        assert isinstance(lookup.read(odd, CONFIG), Refused)
    assert isinstance(lookup.read(question(body, ""), {**CONFIG, "lookup_key": ""}), Refused), (
        "without a key nobody may"
    )
    for content in (b"", b"[]", b'{"MaHoSo":"X"}', body.replace(b"2026", b"2025"), body.replace(b"TRHABCD2345", b"")):
        assert isinstance(lookup.read(question(content), CONFIG), Refused)


def test_the_form_of_the_return_is_for_display() -> None:
    data = base64.b64encode(json.dumps(confirm_fields()).encode()).decode()
    found = PLATFORM.read_form(urlencode({"data": data}).encode(), CONFIG)
    assert found is not None
    assert found[0] == "TRHABCD2345"
    assert PLATFORM.read_return(found[1], CONFIG) == "success"
    failed = base64.b64encode(json.dumps(confirm_fields(MaLoi="24")).encode()).decode()
    assert PLATFORM.read_return(urlencode({"data": failed}).encode(), CONFIG) == "failure"
    for body in (b"", b"data=", b"data=%F0", b"data=e30%3D", b"data=!!", b"x=1"):
        assert PLATFORM.read_form(body, CONFIG) is None
        assert PLATFORM.read_return(body, CONFIG) == "unknown"


@pytest.mark.parametrize(
    ("content", "ok"), [({"MaLoi": "01"}, True), ({"MaLoi": "97"}, False), ({}, False), ([], False)]
)
def test_the_settings_can_be_tested(content: object, ok: bool) -> None:
    assert PLATFORM.probe(CONFIG, stub(content), NOW).ok is ok
    assert not PLATFORM.probe(CONFIG, StubHttp(broken_network), NOW).ok


def test_settings() -> None:
    assert set(PLATFORM.check({**CONFIG, "merchant_code": "a|b", "api_url": "x", "algorithm": "md5"})) == {
        "merchant_code", "api_url", "algorithm",
    }  # fmt: skip
    assert set(KEYPAY_PROVIDER.check({**KEYPAY, "hash_key_2": " "})) == {"hash_key_2"}
