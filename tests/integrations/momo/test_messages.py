"""Every pitfall of MoMo: numbers, codes, limits, held money, refunds, and what an answer may not decide."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from core.sdk.payments import (
    Declined,
    Fact,
    FactKind,
    HttpAnswer,
    Notice,
    Order,
    Outcome,
    Redirect,
    Refusal,
    Refused,
    Unknown,
    Verified,
)
from core.sdk.testing.payment import NOW, Samples, StubHttp, make_attempt, make_order
from integrations.momo.adapter import MomoProvider

from .samples import ACCESS, CONFIG, api_answer, call, ipn, ipn_fields, signed

MOMO = MomoProvider()
ATTEMPT = replace(make_attempt(), notice_url="https://truong.example/notices/1")
ORDER = replace(
    make_order(Samples(ATTEMPT, {}, {}, {}, {})),
    paid=Fact(FactKind.PAID, "4088878653", 1_250_000, "VND", NOW, "TRHABCD2345"),
)


def read(notice: Notice, **config: str) -> FactKind | Refusal:
    result = MOMO.receive(notice, {**CONFIG, **config})
    if isinstance(result, Refused):
        return result.reason
    assert isinstance(result, Verified)
    return result.facts[0].kind


def asked(answer: HttpAnswer, later: int = 0, **config: str) -> tuple[Fact, ...] | Unknown:
    http = StubHttp(lambda _body: answer)
    return MOMO.query(ATTEMPT, {**CONFIG, **config}, http, NOW + timedelta(minutes=later))


def only(result: tuple[Fact, ...] | Unknown) -> Fact:
    assert isinstance(result, tuple), result
    (fact,) = result
    return fact


def test_order_is_signed_over_raw_values() -> None:
    http = StubHttp(lambda _body: api_answer(payUrl="https://test-payment.momo.vn/v2/gateway/pay?t=1"))
    attempt = replace(ATTEMPT, description="Học phí + ăn & ở 50%")
    assert MOMO.place(attempt, CONFIG, http, NOW) == Redirect("https://test-payment.momo.vn/v2/gateway/pay?t=1")
    body = json.loads(http.sent[0])
    order = [
        "amount", "extraData", "ipnUrl", "orderId", "orderInfo", "partnerCode", "redirectUrl", "requestId",
        "requestType",
    ]  # fmt: skip
    assert body["signature"] == signed(body, order)
    assert body["orderInfo"] == "Học phí + ăn & ở 50%", "neither encoded nor stripped"
    assert type(body["amount"]) is int
    assert ACCESS not in http.sent[0].decode()
    assert body["ipnUrl"] == "https://truong.example/notices/1"


@pytest.mark.parametrize(
    ("amount", "kind", "fits"),
    [
        (999, "captureWallet", False),
        (1_000, "captureWallet", True),
        (50_000_000, "captureWallet", True),
        (50_000_001, "captureWallet", False),
        (9_999, "payWithATM", False),
        (10_000, "payWithATM", True),
    ],
)
def test_limits(amount: int, kind: str, fits: bool) -> None:
    config, attempt = {**CONFIG, "request_type": kind}, make_attempt(amount=amount)
    least, most = MOMO.limits(config)
    assert (least <= amount <= most) is fits
    if fits:
        assert isinstance(MOMO.prepare(attempt, config), Order)
        return
    with pytest.raises(ValueError, match="carries"):
        MOMO.prepare(attempt, config)


def test_limits_of_a_contract_only_narrow() -> None:
    assert MOMO.limits({**CONFIG, "least": "1", "most": "20000000"}) == (1_000, 20_000_000)
    assert MOMO.limits({**CONFIG, "least": "", "most": "99000000000"}) == (1_000, 50_000_000)
    assert set(MOMO.check({**CONFIG, "least": "5000", "most": "2000"})) == {"most"}
    assert set(MOMO.check({**CONFIG, "most": "1e7", "capture": "x", "api_url": "momo"})) == {
        "most",
        "capture",
        "api_url",
    }


@pytest.mark.parametrize(
    ("code", "said"), [(10, "maintained"), (22, "amount"), (41, "begun"), (40, "begun"), (1006, "refused"), (77, "77")]
)
def test_refused_orders_say_why(code: int, said: str) -> None:
    answer = MOMO.place(ATTEMPT, CONFIG, StubHttp(lambda _body: api_answer(400, resultCode=code)), NOW)
    assert isinstance(answer, Declined)
    assert said in str(answer.message)


@pytest.mark.parametrize(
    "answer",
    [
        api_answer(payUrl=None),
        api_answer(payUrl="javascript:alert(1)"),
        api_answer(payUrl="https://x.example", orderId="TRHOTHER234"),
        api_answer(payUrl="https://x.example", amount=1),
        api_answer(payUrl="https://x.example", partnerCode="SCHOOL02"),
        api_answer(504, payUrl="https://x.example"),
    ],
)
def test_odd_answers_to_an_order_decide_nothing(answer: HttpAnswer) -> None:
    assert isinstance(MOMO.place(ATTEMPT, CONFIG, StubHttp(lambda _body: answer), NOW), Unknown)


def test_a_form_is_not_read_and_204_is_the_whole_answer() -> None:
    """MoMo's PHP sample reads form fields, which never come, and answers 200."""
    form = Notice(
        "POST", b"", {"content-type": "application/x-www-form-urlencoded"}, urlencode(ipn_fields()).encode(), NOW
    )
    assert read(form) is Refusal.MALFORMED
    for outcome in set(Outcome) - {Outcome.REFUSED}:
        assert (MOMO.answer(outcome).status, MOMO.answer(outcome).body) == (204, "")


@pytest.mark.parametrize("spelling", ["1.25e6", "1250000.0", "1.795311252942e+12", "NaN", "true", "[1250000]"])
def test_numbers_that_are_no_whole_numbers_are_refused(spelling: str) -> None:
    raw = json.dumps(ipn_fields()).encode().replace(b"1250000", spelling.encode())
    assert isinstance(MOMO.receive(call(raw), CONFIG), Refused)


def test_a_changed_form_of_letters_is_another_message() -> None:
    """NFC and NFD look the same; the signature knows better."""
    genuine = ipn_fields(orderInfo="Học phí")
    assert read(call(genuine)) is FactKind.PAID
    assert read(call({**genuine, "orderInfo": "Ho\u0323c phi\u0301"})) is Refusal.BAD_SIGNATURE


def test_half_of_a_letter_is_refused_without_a_crash() -> None:
    raw = json.dumps({**ipn_fields(), "message": "\ud83d"}).encode()
    assert read(call(raw)) is Refusal.MALFORMED
    assert read(call(b"{" + b" " * 70_000 + b"}")) is Refusal.MALFORMED


@pytest.mark.parametrize("amount", [0, -1, "", "01250000", "1.250.000"])
def test_signed_amounts_must_be_money(amount: object) -> None:
    assert read(ipn(amount=amount)) is Refusal.MALFORMED


@pytest.mark.parametrize(
    ("code", "one_step", "two_steps"),
    [
        (0, FactKind.PAID, FactKind.PAID),
        (9000, FactKind.PAID, FactKind.PENDING),
        (1000, FactKind.PENDING, FactKind.PENDING),
        (8000, FactKind.PENDING, FactKind.PENDING),
        (7002, FactKind.PENDING, FactKind.PENDING),
        (1005, FactKind.EXPIRED, FactKind.EXPIRED),
        (1001, FactKind.FAILED, FactKind.FAILED),
        (4100, FactKind.FAILED, FactKind.FAILED),
        (123456, FactKind.PENDING, FactKind.PENDING),
    ],
)
def test_codes(code: int, one_step: FactKind, two_steps: FactKind) -> None:
    assert read(ipn(resultCode=code)) is one_step
    assert read(ipn(resultCode=code), capture="manual") is two_steps


def test_the_return_is_for_display_and_signed() -> None:
    fields = {name: str(value) for name, value in ipn_fields().items()}
    assert MOMO.read_return(urlencode(fields).encode(), CONFIG) == "success"
    fields["resultCode"] = "1006"
    assert MOMO.read_return(urlencode(fields).encode(), CONFIG) == "unknown"
    refused = {name: str(value) for name, value in ipn_fields(resultCode=1006).items()}
    assert MOMO.read_return(urlencode(refused).encode(), CONFIG) == "failure"
    assert MOMO.read_return(urlencode(refused).encode() + b"&resultCode=0", CONFIG) == "unknown"


def test_query_and_notice_give_one_piece_of_evidence() -> None:
    by_query = only(asked(api_answer()))
    by_notice = MOMO.receive(ipn(), CONFIG)
    assert isinstance(by_notice, Verified)
    told = by_notice.facts[0]
    assert (by_query.kind, by_query.provider_txn, by_query.amount) == (told.kind, told.provider_txn, told.amount)


@pytest.mark.parametrize("code", [10, 11, 12, 13, 20, 40, None])
def test_answers_about_the_request_decide_nothing(code: int | None) -> None:
    assert isinstance(asked(api_answer(resultCode=code)), Unknown)


def test_answers_about_others_decide_nothing() -> None:
    assert isinstance(asked(api_answer(orderId="TRHOTHER234")), Unknown)
    assert isinstance(asked(api_answer(partnerCode="SCHOOL02")), Unknown)
    assert isinstance(asked(api_answer(amount=None)), Unknown)


def test_not_found_is_nothing_yet_and_expired_later() -> None:
    answer = api_answer(400, resultCode=42)
    assert asked(answer) == ()
    assert only(asked(answer, later=16)).kind is FactKind.EXPIRED


def test_held_money_is_taken_once_by_a_query() -> None:
    answers = {b"confirm": api_answer(requestType="capture"), b"query": api_answer(resultCode=9000)}
    http = StubHttp(lambda body: answers[b"confirm" if b"capture" in body else b"query"])
    config = {**CONFIG, "capture": "manual"}
    for _turn in range(2):
        assert only(MOMO.query(ATTEMPT, config, http, NOW)).kind is FactKind.PAID
    confirmed = [body for body in http.sent if b"capture" in body]
    assert confirmed[0] == confirmed[1], "MoMo knows a repetition by its number"
    body = json.loads(confirmed[0])
    assert body["signature"] == signed(
        body, ["amount", "description", "orderId", "partnerCode", "requestId", "requestType"]
    )


def test_held_money_that_cannot_be_taken_is_unknown() -> None:
    http = StubHttp(lambda body: api_answer(400, resultCode=42) if b"capture" in body else api_answer(resultCode=9000))
    assert isinstance(MOMO.query(ATTEMPT, {**CONFIG, "capture": "manual"}, http, NOW), Unknown)


def test_refund_has_its_own_number_and_signature() -> None:
    http = StubHttp(lambda _body: HttpAnswer(500, {}, b""))
    assert isinstance(MOMO.refund(ORDER, ATTEMPT, CONFIG, http), Unknown)
    body = json.loads(http.sent[0])
    assert body["signature"] == signed(
        body, ["amount", "description", "orderId", "partnerCode", "requestId", "transId"]
    )
    assert (body["orderId"], body["transId"], body["amount"]) == (f"RF{ORDER.id.hex}", 4_088_878_653, 625_000)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (0, FactKind.REFUNDED),
        (7000, FactKind.REFUND_PENDING),
        (1088, FactKind.REFUND_FAILED),
        (22, FactKind.REFUND_FAILED),
    ],
)
def test_refund_answers(code: int, kind: FactKind) -> None:
    answer = api_answer(resultCode=code, orderId=f"RF{ORDER.id.hex}", amount=625_000, transId=99)
    fact = only(MOMO.refund(ORDER, ATTEMPT, CONFIG, StubHttp(lambda _body: answer)))
    assert (fact.kind, fact.amount, fact.data["refund_id"]) == (kind, 625_000, str(ORDER.id))


@pytest.mark.parametrize(
    "changes",
    [{"resultCode": code} for code in (40, 41, 1080, 1081, 10, 5)]
    + [{"amount": 1_250_000}, {"orderId": "TRHABCD2345"}, {"partnerCode": "SCHOOL02"}],
)
def test_refund_answers_that_decide_nothing(changes: dict[str, object]) -> None:
    answer = api_answer(**{"orderId": f"RF{ORDER.id.hex}", "amount": 625_000, **changes})
    assert isinstance(MOMO.refund(ORDER, ATTEMPT, CONFIG, StubHttp(lambda _body: answer)), Unknown)


def test_query_lists_refunds_of_ours_and_of_others() -> None:
    listed = [
        {
            "orderId": f"RF{ORDER.id.hex}",
            "amount": 625_000,
            "resultCode": 0,
            "transId": 99,
            "createdTime": 1795311300000,
        },
        {"orderId": "portal-1", "amount": 100_000, "resultCode": 0, "transId": 100, "createdTime": 1795311300000},
    ]
    result = asked(api_answer(refundTrans=listed))
    assert isinstance(result, tuple)
    paid, ours, theirs = result
    assert paid.kind is FactKind.PAID
    assert (ours.kind, ours.data["refund_id"]) == (FactKind.REFUNDED, str(ORDER.id))
    assert (theirs.kind, theirs.provider_txn, theirs.amount) == (FactKind.REFUNDED, "100", 100_000)
    assert "refund_id" not in theirs.data
