"""querydr and refund: what is sent, what is believed of an answer, and what stays unknown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from core.sdk.payments import Fact, FactKind, HttpAnswer, RefundOrder, Unknown, Verified
from core.sdk.testing.payment import NOW, Samples, StubHttp, make_attempt, make_order
from integrations.vnpay.adapter import VnpayProvider
from tests.integrations.vectors import vector

from .samples import CONFIG, PROMOTION, api_answer, ipn, sha512

VNPAY = VnpayProvider()
ATTEMPT = replace(make_attempt(), provider_data={"vnp_CreateDate": "20261122083000"})
ORDER: RefundOrder = make_order(Samples(ATTEMPT, {}, {}, {}, {}))


def asked(answer: HttpAnswer) -> tuple[Fact, ...] | Unknown:
    return VNPAY.query(ATTEMPT, CONFIG, StubHttp(lambda _body: answer), NOW)


def refunded(answer: HttpAnswer, order: RefundOrder = ORDER) -> tuple[Fact, ...] | Unknown:
    return VNPAY.refund(order, ATTEMPT, CONFIG, StubHttp(lambda _body: answer))


def only(result: tuple[Fact, ...] | Unknown) -> Fact:
    assert isinstance(result, tuple), result
    (fact,) = result
    return fact


def test_query_and_notice_give_one_piece_of_evidence() -> None:
    by_query = only(asked(api_answer(PROMOTION)))
    by_notice = VNPAY.receive(ipn(), CONFIG)
    assert isinstance(by_notice, Verified)
    (told,) = by_notice.facts
    assert (by_query.kind, by_query.provider_txn, by_query.amount, by_query.occurred_at) == (
        told.kind,
        told.provider_txn,
        told.amount,
        told.occurred_at,
    )


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("01", "00", FactKind.PAID),
        ("01", "01", FactKind.PENDING),
        ("01", "02", FactKind.FAILED),
        ("01", "04", FactKind.REVIEW),
        ("01", "07", FactKind.REVIEW),
        ("02", "05", FactKind.REFUND_PENDING),
        ("03", "06", FactKind.REFUND_PENDING),
        ("02", "00", FactKind.REFUNDED),
        ("03", "09", FactKind.REFUND_FAILED),
    ],
)
def test_states_of_a_transaction(kind: str, status: str, expected: FactKind) -> None:
    assert only(asked(api_answer(PROMOTION, TransactionType=kind, TransactionStatus=status))).kind is expected


def test_empty_fields_keep_their_place() -> None:
    answer = api_answer(PROMOTION, BankCode="", PayDate=None, Message="", PromotionAmount="")
    assert only(asked(answer)).occurred_at == NOW


@pytest.mark.parametrize(("signed", "sent"), [("0", ""), ("", "0"), ("0", None), ("", None), ("0", 0)])
def test_an_unknown_number_is_signed_as_nothing_or_as_zero(signed: str, sent: str | int | None) -> None:
    genuine = json.loads(api_answer(PROMOTION, TransactionNo=signed, TransactionStatus="01").body)
    genuine["vnp_TransactionNo"] = sent
    fact = only(asked(HttpAnswer(200, {}, json.dumps(genuine).encode())))
    assert fact.provider_txn == ATTEMPT.reference


def test_numbers_in_json_are_signed_as_digits() -> None:
    assert only(asked(api_answer(PROMOTION, Amount=125000000, TransactionNo=14422574))).amount == 1_250_000


@pytest.mark.parametrize(
    "changes",
    [{"ResponseCode": code} for code in ("02", "03", "94", "97", "99")]
    + [{"TxnRef": "TRHOTHER234"}, {"TmnCode": "SCHOOL02"}, {"Amount": "125000001"}, {"Amount": ""}],
)
def test_answers_that_decide_nothing(changes: dict[str, str]) -> None:
    assert isinstance(asked(api_answer(PROMOTION, **changes)), Unknown)


def test_forged_answers_decide_nothing() -> None:
    genuine = json.loads(api_answer(PROMOTION, TransactionStatus="02").body)
    genuine["vnp_TransactionStatus"] = "00"
    assert isinstance(asked(HttpAnswer(200, {}, json.dumps(genuine).encode())), Unknown)
    assert isinstance(asked(api_answer(PROMOTION, secret="other")), Unknown)
    del genuine["vnp_SecureHash"]
    assert isinstance(asked(HttpAnswer(200, {}, json.dumps(genuine).encode())), Unknown)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"a":1.5}', b'{"a":{}}', b'{"a":1,"a":1}', b"[" * 10**5, b"\xff"])
def test_odd_bodies_decide_nothing(body: bytes) -> None:
    assert isinstance(asked(HttpAnswer(200, {}, body)), Unknown)


def test_not_found_is_nothing_yet_and_expired_later() -> None:
    answer = api_answer(PROMOTION, ResponseCode="91")
    http = StubHttp(lambda _body: answer)
    assert VNPAY.query(ATTEMPT, CONFIG, http, NOW) == ()
    late = VNPAY.query(ATTEMPT, CONFIG, http, ATTEMPT.expires_at + timedelta(seconds=1))
    assert only(late).kind is FactKind.EXPIRED


def test_query_sends_signed_fields() -> None:
    http = StubHttp(lambda _body: HttpAnswer(500, {}, b""))
    VNPAY.query(ATTEMPT, CONFIG, http, NOW)
    VNPAY.query(ATTEMPT, CONFIG, http, NOW + timedelta(minutes=1))
    first, second = (json.loads(body) for body in http.sent)
    order = [
        "RequestId",
        "Version",
        "Command",
        "TmnCode",
        "TxnRef",
        "TransactionDate",
        "CreateDate",
        "IpAddr",
        "OrderInfo",
    ]
    assert first["vnp_SecureHash"] == sha512("|".join(first[f"vnp_{name}"] for name in order))
    assert first["vnp_TransactionDate"] == "20261122083000"
    assert first["vnp_RequestId"] != second["vnp_RequestId"], "a repeated number is answered with 94"


def test_refund_sends_signed_fields() -> None:
    http = StubHttp(lambda _body: HttpAnswer(500, {}, b""))
    VNPAY.refund(ORDER, ATTEMPT, CONFIG, http)
    VNPAY.refund(replace(ORDER, full=True, amount=ATTEMPT.amount), ATTEMPT, CONFIG, http)
    part, full = (json.loads(body) for body in http.sent)
    order = [
        "RequestId",
        "Version",
        "Command",
        "TmnCode",
        "TransactionType",
        "TxnRef",
        "Amount",
        "TransactionNo",
        "TransactionDate",
        "CreateBy",
        "CreateDate",
        "IpAddr",
        "OrderInfo",
    ]
    assert part["vnp_SecureHash"] == sha512("|".join(part[f"vnp_{name}"] for name in order))
    assert (part["vnp_TransactionType"], part["vnp_Amount"]) == ("03", "62500000")
    assert (full["vnp_TransactionType"], full["vnp_Amount"]) == ("02", "125000000")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("05", FactKind.REFUND_PENDING),
        ("06", FactKind.REFUND_PENDING),
        ("00", FactKind.REFUNDED),
        ("09", FactKind.REFUND_FAILED),
        ("", FactKind.REFUND_PENDING),
    ],
)
def test_refund_is_asynchronous(status: str, expected: FactKind) -> None:
    answer = api_answer(Amount="62500000", TransactionNo="14422580", TransactionType="03", TransactionStatus=status)
    fact = only(refunded(answer))
    assert (fact.kind, fact.amount, fact.provider_txn) == (expected, 625_000, "14422580")
    assert fact.data["refund_id"] == str(ORDER.id)


def test_refund_that_runs_already_is_pending_if_it_is_ours() -> None:
    assert only(refunded(api_answer(ResponseCode="94", Amount="62500000"))).kind is FactKind.REFUND_PENDING
    assert isinstance(refunded(api_answer(ResponseCode="94", Amount="10000")), Unknown)
    assert isinstance(refunded(api_answer(ResponseCode="94", Amount="")), Unknown)


def test_refund_of_an_unpaid_original_fails() -> None:
    fact = only(refunded(api_answer(ResponseCode="95", Amount="", TransactionNo="")))
    assert (fact.kind, fact.provider_txn) == (FactKind.REFUND_FAILED, f"refund-{ORDER.id.hex}")


@pytest.mark.parametrize("code", ["02", "03", "91", "97", "99"])
def test_other_refund_codes_decide_nothing(code: str) -> None:
    assert isinstance(refunded(api_answer(ResponseCode=code, Amount="62500000")), Unknown)


def test_refund_response_of_the_vector() -> None:
    entry = vector("vnpay-refund-response")
    body = json.dumps({**entry["params"], "vnp_SecureHash": entry["expected"]}).encode()
    attempt = replace(ATTEMPT, reference="INV202511-000123")
    order = replace(ORDER, amount=350_000)
    http = StubHttp(lambda _body: HttpAnswer(200, {}, body))
    fact = only(VNPAY.refund(order, attempt, {**CONFIG, "hash_secret": entry["secret"]}, http))
    assert (fact.kind, fact.amount, fact.provider_txn) == (FactKind.REFUND_PENDING, 350_000, "14422580")
