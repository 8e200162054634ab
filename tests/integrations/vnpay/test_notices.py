"""IPN calls and return addresses: verification over raw values, what each code means, what we answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.sdk.payments import FactKind, Notice, Outcome, Redirect, Refusal, Refused, Verified
from core.sdk.testing.payment import NOW, assert_well_formed, make_attempt
from integrations.vnpay import signing
from integrations.vnpay.adapter import VnpayProvider

from .samples import CONFIG, SECRET, call, ipn, ipn_fields, sha512, signed_query

VNPAY = VnpayProvider()


def kind(**changes: str) -> FactKind:
    result = VNPAY.receive(ipn(**changes), CONFIG)
    assert isinstance(result, Verified)
    return result.facts[0].kind


def reason(notice: Notice) -> Refusal:
    result = VNPAY.receive(notice, CONFIG)
    assert isinstance(result, Refused)
    return result.reason


@pytest.mark.parametrize(
    ("response", "status", "expected"),
    [
        ("00", "00", FactKind.PAID),
        ("00", "01", FactKind.PENDING),
        ("00", "02", FactKind.FAILED),
        ("07", "00", FactKind.REVIEW),
        ("07", "02", FactKind.REVIEW),
        ("00", "07", FactKind.REVIEW),
        ("00", "04", FactKind.REVIEW),
        ("99", "04", FactKind.REVIEW),
        ("11", "02", FactKind.EXPIRED),
        *((code, "02", FactKind.FAILED) for code in ("09", "10", "12", "13", "24", "51", "65", "79", "99")),
        ("99", "00", FactKind.FAILED),
        ("42", "01", FactKind.PENDING),
        ("42", "00", FactKind.PENDING),
    ],
)
def test_codes(response: str, status: str, expected: FactKind) -> None:
    assert kind(ResponseCode=response, TransactionStatus=status) is expected


def test_later_status_is_another_message() -> None:
    keys = set()
    for response, status in (("24", "02"), ("00", "01"), ("00", "00"), ("07", "00")):
        result = VNPAY.receive(ipn(ResponseCode=response, TransactionStatus=status), CONFIG)
        assert isinstance(result, Verified)
        keys.add(result.dedupe)
    assert len(keys) == 4


def test_our_own_pay_address_is_no_notice() -> None:
    """It carries a valid hash of the same key, and the payer can see it."""
    redirect = VNPAY.prepare(make_attempt(), CONFIG)
    assert isinstance(redirect, Redirect)
    query = redirect.url.partition("?")[2]
    assert reason(call(query)) is Refusal.MALFORMED
    assert reason(call(query + "&vnp_ResponseCode=00&vnp_TransactionStatus=00")) is Refusal.BAD_SIGNATURE
    assert VNPAY.read_return(query.encode(), CONFIG) == "unknown"


@pytest.mark.parametrize("name", ["vnp_Amount", "vnp_TxnRef", "vnp_SecureHash", "vnp_ResponseCode"])
def test_repeated_keys_are_malformed(name: str) -> None:
    query = signed_query(ipn_fields())
    value = dict(part.split("=", 1) for part in query.split("&"))[name]
    for again in (value, "", "1"):
        assert reason(call(f"{query}&{name}={again}")) is Refusal.MALFORMED
        assert reason(call(f"{name}={again}&{query}")) is Refusal.MALFORMED
    escaped = name.replace("_", "%5F")
    assert reason(call(f"{query}&{escaped}={value}")) is Refusal.MALFORMED


def test_empty_values_are_not_signed_and_do_no_harm() -> None:
    query = signed_query(ipn_fields(BankTranNo=""))
    for spelling in (query, query + "&vnp_BankTranNo=", query + "&vnp_Bin"):
        assert isinstance(VNPAY.receive(call(spelling), CONFIG), Verified)


def test_emptied_values_break_the_signature() -> None:
    query = signed_query(ipn_fields())
    assert reason(call(query.replace("vnp_BankCode=NCB", "vnp_BankCode="))) is Refusal.BAD_SIGNATURE


def test_spelling_of_the_sender_is_kept() -> None:
    """Encoders disagree about `*~!'()`; the hash is checked over what came, not over our own spelling."""
    fields = ipn_fields(OrderInfo="a*b~c!(d)'")
    for spelling in ("a*b~c!(d)'", "a%2Ab%7Ec%21%28d%29%27", "a%2ab%7ec!(d)'"):
        parts = {name: value for name, value in fields.items() if name != "vnp_OrderInfo"}
        text = "&".join(f"{n}={v}" for n, v in sorted({**parts, "vnp_OrderInfo": spelling}.items()))
        result = VNPAY.receive(call(f"{text}&vnp_SecureHash={sha512(text)}"), CONFIG)
        assert isinstance(result, Verified), spelling
        assert result.facts[0].memo == "a*b~c!(d)'"


def test_decomposed_vietnamese_is_verified_as_sent() -> None:
    assert isinstance(VNPAY.receive(ipn(OrderInfo="Học phí"), CONFIG), Verified)


@pytest.mark.parametrize(
    "query",
    [
        b"\xff\xfe",
        b"vnp_Amount=%ff&vnp_SecureHash=" + b"0" * 128,
        b"vnp_X=" + b"a" * 1_048_576,
        "vnp_Ă=1".encode(),
    ],
)
def test_unreadable_queries_are_malformed(query: bytes) -> None:
    assert reason(call(query)) is Refusal.MALFORMED


@pytest.mark.parametrize("hash_", ["zz" * 64, "0" * 127, "0" * 128, "%00", "ß" * 3])
def test_odd_hashes_do_not_fit(hash_: str) -> None:
    query = signed_query(ipn_fields()).rpartition("=")[0] + "="
    result = VNPAY.receive(call((query + hash_).encode("latin-1")), CONFIG)
    assert isinstance(result, Refused)


@pytest.mark.parametrize("amount", ["0", "125000001", "-100", "1e9", "1 000 00", "0x64", "٣٠٠", "1234567890123"])
def test_signed_but_senseless_amounts_are_malformed(amount: str) -> None:
    assert reason(ipn(Amount=amount)) is Refusal.MALFORMED


@pytest.mark.parametrize("date", ["", "20261399000000", "00010101000000", "2026-11-22"])
def test_a_strange_date_is_the_date_of_arrival(date: str) -> None:
    result = VNPAY.receive(ipn(PayDate=date), CONFIG)
    assert isinstance(result, Verified)
    assert result.facts[0].occurred_at in (NOW, datetime(1, 1, 1, tzinfo=UTC))


def test_control_characters_are_not_stored() -> None:
    result = VNPAY.receive(ipn(OrderInfo="a\x00b", BankTranNo="\x00"), CONFIG)
    assert isinstance(result, Verified)
    assert "\x00" not in repr(result.facts[0].data) + result.facts[0].memo


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome.RECORDED, "00"),
        (Outcome.DUPLICATE, "02"),
        (Outcome.UNKNOWN_REFERENCE, "01"),
        (Outcome.WRONG_AMOUNT, "04"),
        (Outcome.REFUSED, "99"),
    ],
)
def test_answers(outcome: Outcome, code: str) -> None:
    answer = VNPAY.answer(outcome)
    assert answer.status == 200
    assert json.loads(answer.body)["RspCode"] == code


@pytest.mark.parametrize(
    ("why", "code"),
    [(Refusal.BAD_SIGNATURE, "97"), (Refusal.MALFORMED, "99"), (Refusal.WRONG_MERCHANT, "99")],
)
def test_answers_to_refused_notices(why: Refusal, code: str) -> None:
    assert json.loads(VNPAY.answer(Outcome.REFUSED, Refused(why)).body)["RspCode"] == code


@pytest.mark.parametrize(
    ("response", "status", "expected"),
    [("00", "00", "success"), ("24", "02", "failure"), ("11", "02", "failure"), ("07", "00", "unknown")],
)
def test_return_is_read(response: str, status: str, expected: str) -> None:
    query = signed_query(ipn_fields(ResponseCode=response, TransactionStatus=status))
    assert VNPAY.read_return(query.encode(), CONFIG) == expected
    assert VNPAY.read_return(query.replace("125", "126").encode(), CONFIG) == "unknown"


@settings(deadline=None)
@given(st.dictionaries(st.from_regex(r"vnp_[A-Za-z]{1,12}", fullmatch=True), st.text(min_size=1, max_size=40)))
def test_raw_and_normal_form_agree_on_our_spelling(fields: dict[str, str]) -> None:
    fields = {k: v for k, v in fields.items() if k not in signing.UNSIGNED_FIELDS}
    query = signing.canonical_query(fields)
    pairs = [(k, v) for k, _, v in (part.partition("=") for part in query.split("&")) if k]
    assert signing.canonical_raw(pairs) == query
    assert signing.mac(query, SECRET) == sha512(query)


def test_the_type_of_the_hash_is_not_signed() -> None:
    query = signed_query(ipn_fields()) + "&vnp_SecureHashType=HmacSHA512"
    assert isinstance(VNPAY.receive(call(query), CONFIG), Verified)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([name.removeprefix("vnp_") for name in ipn_fields() if name != "vnp_TmnCode"]),
        st.text(max_size=120),
    )
)
def test_whatever_vnpay_signs_is_read_or_refused(changes: dict[str, str]) -> None:
    result = VNPAY.receive(ipn(**changes), CONFIG)
    if isinstance(result, Verified):
        assert_well_formed(result.facts[0])
    else:
        assert result.reason is Refusal.MALFORMED
