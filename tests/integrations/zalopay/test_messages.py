"""Every pitfall of ZaloPay: the day in GMT+7, two keys, no word of failure, refunds that end later."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.sdk.payments import (
    Declined,
    Fact,
    FactKind,
    HttpAnswer,
    Order,
    Outcome,
    Redirect,
    RefundOrder,
    Refusal,
    Refused,
    Unknown,
)
from core.sdk.testing.payment import NOW, Samples, StubHttp, make_attempt, make_order
from integrations.zalopay.adapter import ZalopayProvider

from .samples import CONFIG, KEY1, api_answer, back, call, callback, data, sha256

ZALO = ZalopayProvider()
ATTEMPT = replace(make_attempt(), notice_url="https://truong.example/notices/1")
PAID = Fact(FactKind.PAID, "261122000000389", 1_250_000, "VND", NOW, "TRHABCD2345")
ORDER: RefundOrder = replace(make_order(Samples(ATTEMPT, {}, {}, {}, {})), paid=PAID, sent_at=NOW)


def asked(answer: HttpAnswer, later: int = 0) -> tuple[Fact, ...] | Unknown:
    return ZALO.query(ATTEMPT, CONFIG, StubHttp(lambda _body: answer), NOW + timedelta(minutes=later))


def refunded(*answers: HttpAnswer) -> tuple[tuple[Fact, ...] | Unknown, list[dict[str, object]]]:
    left = list(answers)
    http = StubHttp(lambda _body: left.pop(0))
    return ZALO.refund(ORDER, ATTEMPT, CONFIG, http), [json.loads(body) for body in http.sent]


def only(result: tuple[Fact, ...] | Unknown) -> Fact:
    assert isinstance(result, tuple), result
    (fact,) = result
    return fact


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 21, 16, 59, tzinfo=UTC), "261121"),
        (datetime(2026, 11, 21, 17, 0, tzinfo=UTC), "261122"),
        (datetime(2026, 11, 21, 23, 59, tzinfo=UTC), "261122"),
        (datetime(2026, 12, 31, 20, 0, tzinfo=UTC), "270101"),
    ],
)
def test_the_day_of_a_number_is_that_of_viet_nam(moment: datetime, day: str) -> None:
    """A server on UTC is a day behind between midnight and seven."""
    attempt = replace(ATTEMPT, created_at=moment)
    assert ZALO.prepare(attempt, CONFIG) == Order({"app_trans_id": f"{day}_TRHABCD2345"})


def test_order_is_signed_and_names_no_person() -> None:
    http = StubHttp(lambda _body: api_answer(order_url="https://qcgateway.zalopay.vn/openinapp?order=x"))
    assert ZALO.place(ATTEMPT, CONFIG, http, NOW) == Redirect("https://qcgateway.zalopay.vn/openinapp?order=x")
    body = json.loads(http.sent[0])
    order = ["app_id", "app_trans_id", "app_user", "amount", "app_time", "embed_data", "item"]
    assert body["mac"] == sha256("|".join(str(body[name]) for name in order), KEY1)
    assert (type(body["app_id"]), body["app_user"], body["item"]) == (int, "TRHABCD2345", "[]")
    assert json.loads(body["embed_data"]) == {"redirecturl": "https://truong.example/pay/return"}
    assert body["callback_url"] == "https://truong.example/notices/1"


@pytest.mark.parametrize(
    ("code", "sub", "said"),
    [(2, -68, "begun"), (2, -402, "accept"), (-999, 0, "maintained"), (2, -429, "busy"), (2, -7777, "7777")],
)
def test_refused_orders_say_why(code: int, sub: int, said: str) -> None:
    answer = api_answer(return_code=code, sub_return_code=sub)
    found = ZALO.place(ATTEMPT, CONFIG, StubHttp(lambda _body: answer), NOW)
    assert isinstance(found, Declined)
    assert said in str(found.message)


@pytest.mark.parametrize(
    "answer",
    [
        api_answer(),
        api_answer(order_url="data:text/html,x"),
        api_answer(return_code=3),
        api_answer(502, order_url="https://x"),
    ],
)
def test_odd_answers_to_an_order_decide_nothing(answer: HttpAnswer) -> None:
    assert isinstance(ZALO.place(ATTEMPT, CONFIG, StubHttp(lambda _body: answer), NOW), Unknown)


def test_our_words_to_zalopay() -> None:
    """1 ends the calls, 2 is a repetition or nothing of theirs, 0 asks for another call."""

    def code(text: str) -> int:
        found = json.loads(text)["return_code"]
        assert isinstance(found, int)
        return found

    stored = (Outcome.RECORDED, Outcome.UNKNOWN_REFERENCE, Outcome.WRONG_AMOUNT)
    assert {code(ZALO.answer(outcome).body) for outcome in stored} == {1}
    refused = Refused(Refusal.BAD_SIGNATURE)
    assert code(ZALO.answer(Outcome.DUPLICATE).body) == code(ZALO.answer(Outcome.REFUSED, refused).body) == 2
    assert (ZALO.call_again().status, code(ZALO.call_again().body)) == (200, 0)


@pytest.mark.parametrize(
    "changes", [{"amount": "1.25e6"}, {"amount": 0}, {"amount": -5}, {"app_trans_id": "TRHABCD2345"}]
)
def test_signed_nonsense_is_refused(changes: dict[str, object]) -> None:
    found = ZALO.receive(callback(**changes), CONFIG)
    assert isinstance(found, Refused)
    assert found.reason is Refusal.MALFORMED


def test_the_string_is_signed_and_not_what_it_says() -> None:
    """Fields in another order, the same values: whoever writes `data` anew breaks the mac."""
    text = data()
    turned = json.dumps(dict(reversed(json.loads(text).items())), separators=(",", ":"))
    found = ZALO.receive(call({"data": turned, "mac": sha256(text, CONFIG["key2"]), "type": 1}), CONFIG)
    assert isinstance(found, Refused)


def test_the_return_address_is_for_display() -> None:
    assert ZALO.read_return(back(), CONFIG) == "success"
    assert ZALO.read_return(back(status=-49), CONFIG) == "failure"
    assert ZALO.read_return(back(status=3), CONFIG) == "unknown"
    assert ZALO.read_return(back(KEY1), CONFIG) == "unknown"
    assert ZALO.read_return(back(appid=2554), CONFIG) == "unknown"
    assert ZALO.read_return(back().replace(b"status=1", b"status=-1"), CONFIG) == "unknown"
    other = "appid|apptransid|amount|status"
    assert ZALO.read_return(back(order=other), CONFIG) == "unknown"
    assert ZALO.read_return(back(order=other), {**CONFIG, "redirect_order": other}) == "success"


def test_paid_by_query_and_by_callback_is_one_payment() -> None:
    fact = only(asked(api_answer(amount=1_250_000, zp_trans_id=261122000000389)))
    assert (fact.kind, fact.provider_txn, fact.amount) == (FactKind.PAID, "261122000000389", 1_250_000)
    assert isinstance(asked(api_answer(amount=1_250_000, zp_trans_id=0)), Unknown)
    assert isinstance(asked(api_answer(zp_trans_id=261122000000389)), Unknown)


@pytest.mark.parametrize(
    ("code", "sub", "kind"),
    [(2, -63, FactKind.FAILED), (2, -54, FactKind.EXPIRED), (2, -101, FactKind.EXPIRED), (3, 0, FactKind.PENDING)],
)
def test_failures_count_when_the_time_is_over(code: int, sub: int, kind: FactKind) -> None:
    answer = api_answer(return_code=code, sub_return_code=sub)
    assert asked(answer, later=14) == (), "the payer may still pay"
    assert only(asked(answer, later=16)).kind is kind


@pytest.mark.parametrize(("code", "sub"), [(2, -402), (-402, 0), (-500, 0), (2, -429), (0, 0), (7, 0)])
def test_answers_about_the_request_decide_nothing(code: int, sub: int) -> None:
    assert isinstance(asked(api_answer(return_code=code, sub_return_code=sub), later=20), Unknown)
    answer = api_answer(return_code=code, sub_return_code=sub)
    assert isinstance(ZALO.refund_state(ORDER, ATTEMPT, CONFIG, StubHttp(lambda _body: answer), NOW), Unknown)


def test_refund_is_signed_without_its_number_and_pending_at_best() -> None:
    result, sent = refunded(api_answer(return_code=1, refund_id=5))
    assert only(result).kind is FactKind.REFUND_PENDING
    body = sent[0]
    order = ["app_id", "zp_trans_id", "amount", "description", "timestamp"]
    assert body["mac"] == sha256("|".join(str(body[name]) for name in order), KEY1)
    assert body["m_refund_id"] == f"261122_2553_{ORDER.id.hex[-24:]}"
    assert len(str(body["m_refund_id"])) <= 45


def test_a_refund_bears_the_day_of_its_first_sending() -> None:
    late = replace(ORDER, requested_at=NOW - timedelta(days=9), sent_at=datetime(2026, 11, 22, 18, 0, tzinfo=UTC))
    http = StubHttp(lambda _body: HttpAnswer(500, {}, b""))
    ZALO.refund(late, ATTEMPT, CONFIG, http)
    assert json.loads(http.sent[0])["m_refund_id"].startswith("261123_")


@pytest.mark.parametrize(
    ("code", "sub", "kind"),
    [(1, 1, FactKind.REFUNDED), (2, 0, FactKind.REFUND_FAILED), (3, 0, FactKind.REFUND_PENDING)],
)
def test_a_refused_repetition_asks_what_became_of_the_first(code: int, sub: int, kind: FactKind) -> None:
    result, sent = refunded(
        api_answer(return_code=2, sub_return_code=-23), api_answer(return_code=code, sub_return_code=sub)
    )
    fact = only(result)
    assert (fact.kind, fact.data["refund_id"]) == (kind, str(ORDER.id))
    assert sent[0]["m_refund_id"] == sent[1]["m_refund_id"]
    assert sent[1]["mac"] == sha256("|".join(str(sent[1][n]) for n in ("app_id", "m_refund_id", "timestamp")), KEY1)


def test_settings_are_checked_in_words() -> None:
    assert set(ZALO.check({**CONFIG, "merchant_code": "abc", "key2": ""})) == {"merchant_code", "key2"}
    assert set(ZALO.check({**CONFIG, "key2": CONFIG["key1"]})) == {"key2"}
    assert set(ZALO.check({**CONFIG, "redirect_order": "appid,amount", "most": "x"})) == {"redirect_order", "most"}
    assert ZALO.limits({**CONFIG, "least": "10000", "most": "20000000"}) == (10_000, 20_000_000)
