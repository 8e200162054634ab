"""What goes out to Stripe and comes back: the requests, the words, and what decides nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import stripe

from core.sdk.payments import (
    Declined,
    Fact,
    FactKind,
    HttpAnswer,
    Notice,
    Redirect,
    Refusal,
    Refused,
    Unknown,
    Verified,
)
from core.sdk.testing.payment import NOW, Samples, StubHttp, make_attempt, make_order
from integrations.stripe import signing
from integrations.stripe.adapter import StripeProvider
from integrations.stripe.simulator import signing as simulated
from tests.integrations.vectors import Vector, shared_vectors

from .samples import (
    CONFIG,
    REFERENCE,
    SECRET,
    answer,
    call,
    charge,
    dispute,
    event,
    header,
    intent,
    refund,
    refusal,
    session,
)

STRIPE = StripeProvider()
ATTEMPT = replace(make_attempt(), provider_data={"session": "cs_test_1"})
ORDER = replace(
    make_order(Samples(ATTEMPT, {}, {}, {}, {})), paid=Fact(FactKind.PAID, "pi_1", 1_250_000, "VND", NOW, REFERENCE)
)
NAMED = {"truong_refund": str(ORDER.id)}


class Wire:
    """A network with an answer for each path; keeps what was asked."""

    def __init__(self, answers: Mapping[str, HttpAnswer]) -> None:
        self.answers, self.asked = answers, list[tuple[str, str, Mapping[str, str], dict[str, str]]]()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout: float = 15.0,
    ) -> HttpAnswer:
        path = urlsplit(url).path
        self.asked.append((method, path, headers or {}, dict(parse_qsl(body.decode()))))
        return self.answers[path.removeprefix("/v1/")]


def answering(content: HttpAnswer) -> StubHttp:
    return StubHttp(lambda _body: content)


def listed(*objects: object) -> HttpAnswer:
    return answer({"object": "list", "data": list(objects), "has_more": False})


def test_vectors_agree_with_three_ways_of_signing(shared: Path) -> None:
    entries: list[Vector] = shared_vectors(shared, "stripe")
    assert len(entries) == 2
    for entry in entries:
        body, moment = str(entry["raw_body"]), int(entry["timestamp"])
        assert signing.mac(str(moment), body.encode(), entry["secret"]) == entry["expected"]
        assert simulated.header(entry["secret"], moment, body).startswith(entry["header"])
        assert stripe.WebhookSignature.verify_header(body, entry["header"], entry["secret"], tolerance=10**10)


def test_stripes_own_package_and_we_believe_the_same() -> None:
    body = event("payment_intent.succeeded", intent())
    theirs = stripe.WebhookSignature.generate_signature_header(body.decode(), SECRET, int(NOW.timestamp()))
    assert isinstance(STRIPE.receive(call(body, theirs), CONFIG), Verified)


def test_old_and_new_secret_are_taken_while_it_is_changed() -> None:
    body = event("payment_intent.succeeded", intent())
    new = call(body, header(body, "whsec_new_one"))
    assert isinstance(STRIPE.receive(new, CONFIG), Refused)
    both = {**CONFIG, "webhook_secret_next": "whsec_new_one"}
    assert isinstance(STRIPE.receive(new, both), Verified)
    assert isinstance(STRIPE.receive(call(body), both), Verified)


def test_a_replayed_notice_is_stale() -> None:
    body = event("payment_intent.succeeded", intent())
    late = replace(call(body), received_at=NOW + timedelta(minutes=6))
    result = STRIPE.receive(late, CONFIG)
    assert isinstance(result, Refused)
    assert result.reason is Refusal.STALE


def test_the_order_is_zero_decimal_has_our_key_and_names_nobody() -> None:
    made = session(status="open", url="https://checkout.stripe.com/c/1", payment_intent=None)
    wire = Wire({"checkout/sessions": answer(made)})
    assert STRIPE.place(ATTEMPT, CONFIG, wire, NOW) == Redirect(
        "https://checkout.stripe.com/c/1", {"session": "cs_test_1"}
    )
    ((method, _path, headers, sent),) = wire.asked
    assert method == "POST"
    assert sent["line_items[0][price_data][unit_amount]"] == "1250000", "not times a hundred"
    assert sent["line_items[0][price_data][currency]"] == "vnd"
    assert sent["payment_intent_data[metadata][truong_reference]"] == sent["client_reference_id"] == REFERENCE
    assert headers["Idempotency-Key"] == f"truong-order-{ATTEMPT.id.hex}"
    assert not {name for name in headers if name.startswith("X-Stripe-Client")}, "nothing about this machine"
    assert timedelta(minutes=30) < timedelta(seconds=int(sent["expires_at"]) - NOW.timestamp()) < timedelta(hours=24)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (refusal(400, "amount_too_small"), "amount"),
        (refusal(401), "at the moment"),
        (refusal(403), "at the moment"),
        (refusal(400, None, "idempotency_error"), "begun"),
        (refusal(400, "parameter_unknown"), "parameter_unknown"),
    ],
)
def test_refused_orders_say_why(content: HttpAnswer, said: str) -> None:
    result = STRIPE.place(ATTEMPT, CONFIG, answering(content), NOW)
    assert isinstance(result, Declined)
    assert said in str(result.message)


@pytest.mark.parametrize(
    "content",
    [
        answer(session(status="open", url="javascript:alert(1)")),
        answer(session(status="open", url=None)),
        answer(session(status="open", url="https://x.example", amount_total=1)),
        answer(session(status="open", url="https://x.example", client_reference_id="TRHOTHER234")),
        answer([]), answer({"object": []}), refusal(409), refusal(429), refusal(500, kind="api_error"),
    ],
)  # fmt: skip
def test_odd_answers_to_an_order_decide_nothing(content: HttpAnswer) -> None:
    assert isinstance(STRIPE.place(ATTEMPT, CONFIG, answering(content), NOW), Unknown)


def test_a_question_brings_payment_refunds_and_disputes() -> None:
    paid = intent(latest_charge=charge(disputed=True, amount_refunded=625_000))
    wire = Wire(
        {
            "checkout/sessions/cs_test_1": answer(session(payment_intent=paid)),
            "refunds": listed(refund(metadata=NAMED), refund(id="re_2", status="pending")),
            "disputes": listed(dispute(status="under_review")),
        }
    )
    result = STRIPE.query(ATTEMPT, CONFIG, wire, NOW)
    assert isinstance(result, tuple)
    kinds = [fact.kind for fact in result]
    assert kinds == [FactKind.PAID, FactKind.REFUNDED, FactKind.REFUND_PENDING, FactKind.DISPUTED]
    assert {fact.reference for fact in result} == {REFERENCE}
    assert result[1].data["refund_id"] == str(ORDER.id)


def test_a_payment_whose_page_was_lost_is_found_by_its_reference() -> None:
    lost = make_attempt()
    found = answer({"object": "search_result", "data": [intent()], "has_more": False})
    wire = Wire({"payment_intents/search": found, "refunds": listed()})
    result = STRIPE.query(lost, CONFIG, wire, NOW)
    assert isinstance(result, tuple)
    assert [fact.kind for fact in result] == [FactKind.PAID]
    nothing = Wire({"payment_intents/search": listed()})
    assert STRIPE.query(lost, CONFIG, nothing, NOW) == ()
    late = STRIPE.query(lost, CONFIG, nothing, NOW + timedelta(hours=2))
    assert isinstance(late, tuple)
    assert late[0].kind is FactKind.EXPIRED


def test_pages_without_an_end_say_nothing() -> None:
    opened = answer(session(status="open", payment_status="unpaid", payment_intent=None))
    assert STRIPE.query(ATTEMPT, CONFIG, answering(opened), NOW) == ()
    waiting = intent(status="requires_action", amount_received=0, latest_charge=None)
    assert STRIPE.query(ATTEMPT, CONFIG, answering(answer(session(payment_intent=waiting))), NOW) == ()
    other = answer(session(client_reference_id="TRHOTHER234"))
    assert isinstance(STRIPE.query(ATTEMPT, CONFIG, answering(other), NOW), Unknown)
    assert isinstance(STRIPE.query(ATTEMPT, CONFIG, answering(refusal(404)), NOW), Unknown)


def test_a_notice_is_only_the_occasion_to_ask() -> None:
    """The event tells of a refund under way; by now it has failed, and another was made."""
    told = STRIPE.receive(call(event("refund.updated", refund(status="pending"))), CONFIG)
    assert isinstance(told, Verified)
    assert told.facts[0].reference is None, "a refund does not bear our reference"
    wire = Wire(
        {"payment_intents/pi_1": answer(intent()), "refunds": listed(refund(status="failed"), refund(id="re_2"))}
    )
    found = STRIPE.fetch(told.facts, CONFIG, wire, NOW)
    assert isinstance(found, tuple)
    assert [fact.kind for fact in found] == [FactKind.PAID, FactKind.REFUND_FAILED, FactKind.REFUNDED]
    assert {fact.reference for fact in found} == {REFERENCE}
    strange = Wire({"payment_intents/pi_1": answer(intent(metadata={})), "refunds": listed(refund())})
    assert STRIPE.fetch(told.facts, CONFIG, strange, NOW) == (), "somebody else's payment in the same account"
    assert isinstance(STRIPE.fetch(told.facts, CONFIG, answering(refusal(500)), NOW), Unknown)


def test_refunds_have_our_key_and_our_number() -> None:
    wire = Wire({"refunds": answer(refund(metadata=NAMED))})
    result = STRIPE.refund(ORDER, ATTEMPT, CONFIG, wire)
    assert isinstance(result, tuple)
    assert (result[0].kind, result[0].data["refund_id"]) == (FactKind.REFUNDED, str(ORDER.id))
    ((_method, _path, headers, sent),) = wire.asked
    assert headers["Idempotency-Key"] == f"truong-refund-{ORDER.id.hex}"
    assert (sent["payment_intent"], sent["amount"]) == ("pi_1", "625000")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (answer(refund(metadata=NAMED, status="pending")), FactKind.REFUND_PENDING),
        (answer(refund(metadata=NAMED, status="requires_action")), FactKind.REFUND_PENDING),
        (answer(refund(metadata=NAMED, status="canceled")), FactKind.REFUND_FAILED),
        (answer(refund(metadata={})), None),
        (answer(refund(metadata=NAMED, amount=1)), None),
        (refusal(401), None),
        (refusal(429), None),
        (refusal(400, None, "idempotency_error"), None),
        (refusal(404), None),
    ],
)  # fmt: skip
def test_answers_to_a_refund(content: HttpAnswer, kind: FactKind | None) -> None:
    result = STRIPE.refund(ORDER, ATTEMPT, CONFIG, answering(content))
    assert (None if isinstance(result, Unknown) else result[0].kind) is kind


@pytest.mark.parametrize(
    ("there", "kind"), [(refund(metadata=NAMED), FactKind.REFUNDED), (refund(), FactKind.REFUND_FAILED)]
)
def test_a_refused_refund_may_have_been_made_before(there: object, kind: FactKind) -> None:
    def network(body: bytes) -> HttpAnswer:
        return refusal(400, "charge_already_refunded") if body else listed(there)

    result = STRIPE.refund(ORDER, ATTEMPT, CONFIG, StubHttp(network))
    assert isinstance(result, tuple)
    assert [fact.kind for fact in result] == [kind]


def test_a_refund_that_never_came_fails_after_half_an_hour() -> None:
    def state(minutes: int) -> tuple[Fact, ...] | Unknown:
        return STRIPE.refund_state(ORDER, ATTEMPT, CONFIG, answering(listed()), NOW + timedelta(minutes=minutes))

    assert state(20) == ()
    late = state(31)
    assert isinstance(late, tuple)
    assert late[0].kind is FactKind.REFUND_FAILED


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("needs_response", FactKind.DISPUTED), ("under_review", FactKind.DISPUTED), ("won", FactKind.DISPUTE_WON),
        ("lost", FactKind.CHARGED_BACK), ("warning_needs_response", FactKind.DISPUTED),
        ("warning_closed", FactKind.DISPUTE_WON), ("what comes next year", FactKind.DISPUTED),
    ],
)  # fmt: skip
def test_states_of_a_dispute(status: str, kind: FactKind) -> None:
    result = STRIPE.receive(call(event("charge.dispute.updated", dispute(status=status))), CONFIG)
    assert isinstance(result, Verified)
    assert result.facts[0].kind is kind


def test_the_return_bears_our_own_mark() -> None:
    sent: list[dict[str, str]] = []

    def network(body: bytes) -> HttpAnswer:
        sent.append(dict(parse_qsl(body.decode())))
        return refusal(500)

    STRIPE.place(ATTEMPT, CONFIG, StubHttp(network), NOW)
    for name, outcome in (("success_url", "success"), ("cancel_url", "failure")):
        query = urlsplit(sent[0][name]).query.encode()
        assert STRIPE.read_return(query, CONFIG) == outcome
        assert STRIPE.read_return(query, {**CONFIG, "secret_key": "sk_test_other"}) == "unknown"
        assert STRIPE.read_return(query + b"&truong_card=success.X.0", CONFIG) == "unknown"
        forged = query.replace(b"failure", b"success") if outcome == "failure" else query.replace(b"2345", b"2346")
        assert STRIPE.read_return(forged, CONFIG) == "unknown"


def test_settings() -> None:
    assert set(STRIPE.check({**CONFIG, "secret_key": "pk_test_published"})) == {"secret_key"}
    assert set(STRIPE.check({**CONFIG, "webhook_secret_next": "sk_test_x"})) == {"webhook_secret_next"}
    assert set(STRIPE.check({**CONFIG, "least": "90000", "most": "80000"})) == {"most"}
    assert set(STRIPE.check({**CONFIG, "api_url": "stripe", "most": "1e9"})) == {"api_url", "most"}
    assert STRIPE.limits({**CONFIG, "most": "999999999999"}) == (15_000, 99_999_999)


@pytest.mark.parametrize(
    ("content", "ok", "said"),
    [
        (listed(), True, "test key"),
        (refusal(401), False, "copy it again"),
        (refusal(403), False, "lacks rights"),
        (refusal(404), False, "not Stripe"),
        (HttpAnswer(200, {}, b"<html>"), False, "not Stripe"),
    ],
)
def test_the_settings_can_be_tested(content: HttpAnswer, ok: bool, said: str) -> None:
    found = STRIPE.probe(CONFIG, answering(content), NOW)
    assert (found.ok, said in str(found.message)) == (ok, True)


def test_deep_bodies_are_refused_without_a_crash() -> None:
    body = b'{"data":' * 8000
    assert isinstance(STRIPE.receive(call(body, header(body)), CONFIG), Refused)
    assert isinstance(STRIPE.receive(Notice("POST", b"", {}, json.dumps({}).encode(), NOW), CONFIG), Refused)
