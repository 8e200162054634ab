"""Bodies nobody should send: each is refused with a reason, none raises, none is half understood."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.sdk.payments import Notice, Outcome, Refusal, Refused, Verified
from core.sdk.testing.payment import NOW, assert_well_formed
from integrations.bank_notices import signing
from integrations.bank_notices.adapter import BankNoticesProvider
from integrations.bank_notices.documents import MalformedError, load_object

from . import samples as made

NOTICES = BankNoticesProvider()
GOOD = json.dumps(made.sepay_fields()).encode()


def receive(notice: Notice, style: str = "sepay") -> Verified | Refused:
    return NOTICES.receive(notice, made.config(style))


def reason(notice: Notice, style: str = "sepay") -> Refusal:
    result = receive(notice, style)
    assert isinstance(result, Refused), result
    return result.reason


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe{}",
        GOOD[:-1],
        GOOD + b"{}",
        GOOD.replace(b'"id"', b'"transferAmount": 1, "id"'),
        GOOD.replace(b"1250000", b"1250000.0"),
        GOOD.replace(b"1250000", b"1.25e6"),
        GOOD.replace(b"1250000", b"NaN"),
        GOOD.replace(b"1250000", b"1e999"),
        GOOD.replace(b"1250000", b"true"),
        GOOD.replace(b"1250000", b'"1250000"'),
        GOOD.replace(b"1250000", b"0"),
        GOOD.replace(b"1250000", b"-1250000"),
        GOOD.replace(b"1250000", b"9" * 5000),
        GOOD.replace(b"1250000", str(2**63).encode()),
        GOOD.replace(b'"in"', b'"IN?"'),
        GOOD.replace(b'"in"', b"null"),
        GOOD.replace(b"92704", b"null"),
        GOOD.replace(b"92704", b"{}"),
        GOOD.replace(b"92704", b'"a b"'),
        GOOD.replace(b'""', b"[" * 100_000 + b"]" * 100_000),
        GOOD.replace(b'""', b"[" * 21 + b"]" * 21),
        GOOD.replace(b'""', b'"' + b"x" * 1_048_576 + b'"'),
        b"[" * 1_000_000,
    ],
    ids=lambda body: body[:20].decode(errors="replace") + f"...{len(body)}",
)
def test_signed_nonsense_is_malformed(body: bytes) -> None:
    assert reason(made.sepay_raw(body)) is Refusal.MALFORMED
    load_error = receive(made.post(body, {"x-casso-signature": "t=1,v1=" + "0" * 128}), "casso")
    assert isinstance(load_error, Refused)
    assert isinstance(receive(made.post(body, {}), "payos"), Refused)


def test_a_body_just_below_the_limit_is_read() -> None:
    body = GOOD.replace(b'"description": ""', b'"description": "' + b"x" * (1_048_576 - len(GOOD)) + b'"')
    assert len(body) == 1_048_576
    assert isinstance(receive(made.sepay_raw(body)), Verified)


def test_fractions_matter_only_where_money_is_told() -> None:
    assert isinstance(receive(made.sepay(accumulated=1.5)), Verified)


def test_lone_surrogates_and_nul_are_not_stored() -> None:
    body = GOOD.replace(b"MBVCB.778", b"\\ud800\\u0000")
    result = receive(made.sepay_raw(body))
    assert isinstance(result, Verified)
    result.facts[0].memo.encode()
    assert "\x00" not in result.facts[0].memo
    assert "TRHABCD2345" in result.facts[0].memo


@pytest.mark.parametrize("style", ["payos", "casso"])
def test_texts_that_cannot_be_signed_are_malformed(style: str) -> None:
    body = b'{"error":0,"data":{"id":"\\ud800"},"signature":"00"}'
    notice = made.post(body, {"x-casso-signature": "t=1,v1=" + "0" * 128})
    assert reason(notice, style) is Refusal.MALFORMED


@pytest.mark.parametrize("date", ["", "22/11/2026", "0001-01-01 00:00:00", "9999-12-31T23:59:59-10:00", None])
def test_money_with_a_strange_date_counts_from_its_arrival(date: str | None) -> None:
    result = receive(made.sepay(transactionDate=date))
    assert isinstance(result, Verified)
    assert result.facts[0].occurred_at == NOW


def test_times_with_an_offset_are_taken_as_they_are() -> None:
    result = receive(made.payos(transactionDateTime="2026-11-22T08:00:00+07:00"), "payos")
    assert isinstance(result, Verified)
    assert result.facts[0].occurred_at == datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def test_no_bank_number_falls_back_to_the_notifiers() -> None:
    result = receive(made.sepay(referenceCode=None))
    assert isinstance(result, Verified)
    assert result.facts[0].provider_txn == "sepay-92704"


def test_siblings_with_the_same_amount_and_text_are_two_messages() -> None:
    first, second = (
        receive(made.sepay(id=1, referenceCode="FT1")),
        receive(made.sepay(id=2, referenceCode="FT2")),
    )
    assert isinstance(first, Verified) and isinstance(second, Verified)
    assert first.dedupe != second.dedupe
    assert first.facts[0].provider_txn != second.facts[0].provider_txn


@pytest.mark.parametrize("spelling", ["0001 2345 67890", "0001.234.567.890"])
def test_account_numbers_are_compared_without_their_spacing(spelling: str) -> None:
    assert isinstance(receive(made.sepay(accountNumber=spelling)), Verified)


def test_payos_words_null_and_undefined_count_as_empty_or_as_written() -> None:
    data = made.payos_fields(counterAccountName="null")
    document = {"code": "00", "data": data}
    for shown in ("null", ""):
        values = {**data, "counterAccountName": shown}
        text = "&".join(f"{n}={'' if values[n] is None else values[n]}" for n in sorted(values))
        body = json.dumps({**document, "signature": made.mac(text)}, ensure_ascii=False).encode()
        assert isinstance(receive(made.post(body, {}), "payos"), Verified)


def test_a_failure_does_not_hide_the_payment_that_follows() -> None:
    failed, paid = receive(made.payos(code="01"), "payos"), receive(made.payos(), "payos")
    assert isinstance(failed, Verified) and isinstance(paid, Verified)
    assert failed.facts == () and failed.dedupe != paid.dedupe


def test_another_currency_is_passed_on_for_the_core_to_stop() -> None:
    result = receive(made.payos(currency="USD"), "payos")
    assert isinstance(result, Verified)
    assert result.facts[0].currency == "USD"


def test_unknown_style_refuses_everything() -> None:
    assert reason(made.sepay(), "carrier-pigeon") is Refusal.MALFORMED


def test_refused_notices_are_answered_with_an_error() -> None:
    assert NOTICES.answer(Outcome.REFUSED, Refused(Refusal.BAD_SIGNATURE)).status == 401
    assert NOTICES.answer(Outcome.REFUSED, Refused(Refusal.MALFORMED)).status == 400
    assert json.loads(NOTICES.answer(Outcome.DUPLICATE).body) == {"success": True}


def test_configuration_problems_are_named() -> None:
    bad = {"style": "x", "secret": "", "account_number": " "}
    assert set(NOTICES.check(bad)) == set(bad)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*made.sepay_fields(), "data", "error", "signature"]), values))
def test_any_signed_json_is_read_or_refused(document: dict[str, object]) -> None:
    body = json.dumps(document).encode(errors="surrogatepass")
    assert isinstance(receive(made.sepay_raw(body)), Verified | Refused)
    for style in ("payos", "casso"):
        notice = made.post(body, {"x-casso-signature": "t=1,v1=" + "0" * 128})
        assert isinstance(receive(notice, style), Refused)


FIELDS = {"payos": made.payos_fields(), "casso": made.casso_fields()}


@pytest.mark.parametrize("style", ["payos", "casso"])
@settings(deadline=None)
@given(data=st.data())
def test_any_signed_transaction_is_read_or_refused(style: str, data: st.DataObject) -> None:
    """Signed with the adapter's own canonical text: this is about reading, the vectors are about signing."""
    changed = data.draw(st.dictionaries(st.sampled_from(sorted(FIELDS[style])), values, max_size=4))
    changed["accountNumber"] = made.ACCOUNT
    fields = {**FIELDS[style], **changed}
    document = {"error": 0, "data": fields}
    try:
        parsed = load_object(json.dumps(document).encode())
        text = signing.payos_text(load_object(json.dumps(fields).encode()))
        stamped = signing.casso_text("1", parsed)
    except (MalformedError, UnicodeEncodeError):
        return
    headers = {"x-casso-signature": "t=1,v1=" + made.mac(stamped, "sha512")}
    if style == "payos":
        document["signature"] = made.mac(text)
    result = receive(made.post(json.dumps(document).encode(), headers), style)
    if isinstance(result, Verified):
        for fact in result.facts:
            fact = replace(fact, currency="VND")
            assert_well_formed(fact)
    else:
        assert result.reason is Refusal.MALFORMED


def test_numbers_are_signed_as_javascript_writes_them() -> None:
    body = made.casso(runningBalance=5).body.replace(b'"runningBalance": 5', b'"runningBalance": 5.0')
    header = made.casso(runningBalance=5).headers
    assert isinstance(receive(made.post(body, dict(header)), "casso"), Verified)
    assert signing.payos_text({"a": 1.5, "b": True, "c": [], "d": {"f": 1, "e": None}}) == (
        b'a=1.5&b=true&c=[]&d={"e":null,"f":1}'
    )


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_document_or_malformed(body: bytes) -> None:
    try:
        assert isinstance(load_object(body), dict)
    except MalformedError as error:
        assert str(error)
