"""Adapter and simulator, two programs with two signing codes, over loopback."""

from __future__ import annotations

import re
import urllib.error
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest

from core.data.http import OutboundClient
from core.sdk.payments import Attempt, Fact, FactKind, Redirect, RefundOrder, Refusal, Unknown
from core.sdk.testing.payment import Samples, make_attempt, make_order
from core.types.clock import utc_now
from integrations.vnpay.adapter import VnpayProvider
from integrations.vnpay.simulator import signing as simulated
from tests.integrations.simulators import School, Simulator, listening, running
from tests.integrations.vectors import vector

SECRET = "SIMULATED-SECRET-1"
VNPAY = VnpayProvider()
HTTP = OutboundClient({"127.0.0.1"})


@dataclass
class Scene:
    school: School
    simulator: Simulator
    config: dict[str, str]

    def attempt(self, reference: str) -> Attempt:
        now = utc_now()
        fresh = replace(
            make_attempt(reference),
            created_at=now,
            expires_at=now + timedelta(minutes=15),
            return_url="http://127.0.0.1:8080/pay/back?bill=1",
        )
        redirect = VNPAY.prepare(fresh, self.config)
        assert isinstance(redirect, Redirect)
        return replace(fresh, provider_data=redirect.remember)

    def url(self, attempt: Attempt) -> str:
        redirect = VNPAY.prepare(attempt, self.config)
        assert isinstance(redirect, Redirect)
        return redirect.url

    def pay(self, attempt: Attempt, outcome: str = "success") -> str:
        back = self.simulator.post("/control/pay", {"url": self.url(attempt), "outcome": outcome})
        return str(back["return_url"])

    def faults(self, **knobs: object) -> None:
        self.simulator.post("/control/faults", knobs)

    def query(self, attempt: Attempt) -> Fact:
        result = VNPAY.query(attempt, self.config, HTTP, utc_now())
        assert isinstance(result, tuple), result
        return result[0]

    def refund(self, order: RefundOrder, attempt: Attempt) -> tuple[Fact, ...] | Unknown:
        return VNPAY.refund(order, attempt, self.config, HTTP)

    def order(self, attempt: Attempt) -> RefundOrder:
        order = make_order(Samples(attempt, {}, {}, {}, {}))
        return replace(order, paid=replace(order.paid, provider_txn=self.query(attempt).provider_txn))


@pytest.fixture(scope="module")
def stage() -> Iterator[Scene]:
    config = {"merchant_code": "SCHOOL01", "hash_secret": SECRET, "server_ip": "127.0.0.1"}
    school = School(VNPAY, config)
    with (
        listening(school) as notify_url,
        running(
            "integrations.vnpay.simulator", "--notify-url", notify_url, "--secret", SECRET, "--speed", "6000"
        ) as simulator,
    ):
        config["pay_url"] = simulator.address + "/paymentv2/vpcpay.html"
        config["api_url"] = simulator.address + "/merchant_webapi/api/transaction"
        yield Scene(school, simulator, config)


@pytest.fixture
def scene(stage: Scene) -> Scene:
    stage.simulator.post("/control/reset", {})
    stage.school.reset()
    return stage


def test_paid_once_from_page_to_query(scene: Scene) -> None:
    attempt = scene.attempt("TRHABCD2345")
    page = scene.simulator.get("/paymentv2/vpcpay.html?" + urlsplit(scene.url(attempt)).query).decode()
    assert "1.250.000" in page
    assert re.search(r"Hoc phi thang 11 HS0001", page)
    back = scene.pay(attempt)
    assert scene.simulator.calls(1)[0]["body"] == '{"RspCode": "00", "Message": "Confirm Success"}'
    (told,) = scene.school.facts
    assert (told.kind, told.amount, told.reference) == (FactKind.PAID, 1_250_000, "TRHABCD2345")
    assert VNPAY.read_return(urlsplit(back).query.encode(), scene.config) == "success"
    asked = scene.query(attempt)
    assert (asked.kind, asked.provider_txn, asked.amount) == (told.kind, told.provider_txn, told.amount)
    assert scene.simulator.get("/control/ledger")["paid_total"] == 1_250_000


def test_a_recorded_failure_ends_the_flow(scene: Scene) -> None:
    for reference, outcome in (
        ("TRHFAIL2345", "fail"),
        ("TRHCANC2345", "cancel"),
        ("TRHSUSP2345", "suspect"),
    ):
        scene.pay(scene.attempt(reference), outcome)
    calls = scene.simulator.calls(3)
    assert all('"RspCode": "00"' in call["body"] for call in calls)
    assert [fact.kind for fact in scene.school.facts] == [FactKind.FAILED, FactKind.FAILED, FactKind.REVIEW]


def test_lost_calls_and_a_database_that_is_down_are_tried_again(scene: Scene) -> None:
    scene.faults(drop=2)
    scene.school.broken = 2
    scene.pay(scene.attempt("TRHDROP2345"))
    calls = scene.simulator.calls(5)
    assert [call["fault"] for call in calls] == ["dropped", "dropped", "", "", ""]
    assert [call["status"] for call in calls] == [0, 0, 500, 500, 200]
    assert len(scene.school.facts) == 1


def test_vnpay_gives_up_after_ten_calls_and_a_query_finds_the_payment(scene: Scene) -> None:
    scene.faults(drop=10)
    attempt = scene.attempt("TRHLOST2345")
    scene.pay(attempt)
    assert len(scene.simulator.calls(10)) == 10
    assert not scene.school.facts
    assert scene.query(attempt).kind is FactKind.PAID


def test_duplicates_are_one_message(scene: Scene) -> None:
    scene.faults(duplicate=4)
    scene.pay(scene.attempt("TRHDUPL2345"))
    calls = scene.simulator.calls(5)
    assert [call["body"][13:15] for call in calls] == ["00", "02", "02", "02", "02"]
    assert len(scene.school.facts) == 1


def test_tampered_calls_are_refused_and_the_genuine_one_counts(scene: Scene) -> None:
    scene.faults(tamper=1)
    scene.pay(scene.attempt("TRHTAMP2345"))
    calls = scene.simulator.calls(2)
    assert '"97"' in calls[0]["body"] and '"00"' in calls[1]["body"]
    assert [refused.reason for refused in scene.school.refused] == [Refusal.BAD_SIGNATURE]
    assert [fact.amount for fact in scene.school.facts] == [1_250_000]


def test_late_success_after_failure_in_either_order(scene: Scene) -> None:
    scene.faults(late_success=0.05)
    scene.pay(scene.attempt("TRHLATE2345"), "fail")
    scene.simulator.calls(2)
    assert [fact.kind for fact in scene.school.facts] == [FactKind.FAILED, FactKind.PAID]
    scene.faults(late_success=0.01, reorder=2)
    scene.pay(scene.attempt("TRHLAT22345"), "fail")
    scene.simulator.calls(4)
    assert [fact.kind for fact in scene.school.facts][2:] == [FactKind.PAID, FactKind.FAILED]


def test_refund_is_pending_then_done(scene: Scene) -> None:
    attempt = scene.attempt("TRHREFU2345")
    scene.pay(attempt)
    scene.faults(refund_result="pending")
    order = scene.order(attempt)
    first = scene.refund(order, attempt)
    assert isinstance(first, tuple)
    assert (first[0].kind, first[0].amount) == (FactKind.REFUND_PENDING, 625_000)
    scene.simulator.post("/control/refunds", {"result": "done"})
    done = scene.query(attempt)
    assert (done.kind, done.amount, done.provider_txn) == (FactKind.REFUNDED, 625_000, first[0].provider_txn)
    assert scene.simulator.get("/control/ledger")["refunded_total"] == 625_000


def test_refund_after_a_timeout_is_not_made_twice(scene: Scene) -> None:
    attempt = scene.attempt("TRHTIME2345")
    scene.pay(attempt)
    order = scene.order(attempt)
    scene.faults(timeout_after_commit=1, refund_result="pending")
    assert isinstance(scene.refund(order, attempt), Unknown)
    again = scene.refund(order, attempt)
    assert isinstance(again, tuple)
    assert again[0].kind is FactKind.REFUND_PENDING
    (known,) = scene.simulator.get("/control/ledger")["orders"]
    assert [refund["amount"] for refund in known["refunds"]] == [625_000]
    scene.simulator.post("/control/refunds", {"result": "failed"})
    assert scene.query(attempt).kind is FactKind.REFUND_FAILED


def test_more_than_was_paid_is_never_given_back(scene: Scene) -> None:
    attempt = scene.attempt("TRHMORE2345")
    scene.pay(attempt)
    order = replace(scene.order(attempt), amount=1_250_001)
    refused = scene.refund(order, attempt)
    assert isinstance(refused, tuple)
    assert refused[0].kind is FactKind.REFUND_FAILED


def test_the_simulator_refuses_what_vnpay_refuses(scene: Scene) -> None:
    wrong = {**scene.config, "hash_secret": "wrong"}
    attempt = scene.attempt("TRHWRNG2345")
    assert isinstance(VNPAY.query(attempt, wrong, HTTP, utc_now()), Unknown)
    assert VNPAY.query(attempt, scene.config, HTTP, utc_now()) == (), "never opened: not found"
    page = scene.url(attempt).replace("vnp_Amount=125000000", "vnp_Amount=100")
    with pytest.raises(urllib.error.HTTPError) as caught:
        scene.simulator.get(page.removeprefix(scene.simulator.address))
    with caught.value as answer:
        assert answer.code == 400
        assert "Sai chữ ký" in answer.read().decode()


def test_the_payers_page_sends_back_with_a_signed_answer(scene: Scene) -> None:
    attempt = scene.attempt("TRHPAGE2345")
    form = urlencode({"query": urlsplit(scene.url(attempt)).query, "outcome": "cancel"}).encode()
    answer = HTTP.request(
        "POST",
        scene.simulator.address + "/paymentv2/decide",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=form,
    )
    assert answer.status == 302
    location = urlsplit(answer.headers["location"])
    assert (location.hostname, location.path) == ("127.0.0.1", "/pay/back")
    assert VNPAY.read_return(location.query.encode(), scene.config) == "failure"


def test_a_delayed_notice_is_overtaken(scene: Scene) -> None:
    scene.faults(delay=0.2)
    scene.pay(scene.attempt("TRHSLOW2345"))
    scene.faults(delay=0)
    scene.pay(scene.attempt("TRHFAST2345"))
    scene.simulator.calls(2)
    assert [fact.reference for fact in scene.school.facts] == ["TRHFAST2345", "TRHSLOW2345"]


@pytest.mark.parametrize("name", ["vnpay-ipn-ok", "vnpay-pay-url-ascii"])
def test_the_simulators_own_signatures_agree_with_the_vectors(name: str) -> None:
    entry = vector(name)
    assert simulated.sign_query(entry["secret"], entry["params"]) == (
        f"{entry['canonical']}&vnp_SecureHash={entry['expected']}"
    )


@pytest.mark.parametrize(
    ("name", "order"),
    [("vnpay-querydr-request", simulated.QUERY_ASK), ("vnpay-refund-response", simulated.REFUND_REPLY)],
)
def test_the_simulators_own_hashes_agree_with_the_vectors(name: str, order: str) -> None:
    entry = vector(name)
    fields = {key: str(value) for key, value in entry["params"].items()}
    assert simulated.hash_of(entry["secret"], order, fields) == entry["expected"]


def test_wrong_knobs_are_named(scene: Scene) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        scene.faults(dorp=1)
    with caught.value as answer:
        assert "dorp" in answer.read().decode()


def test_the_settings_of_a_terminal_can_be_tested(scene: Scene) -> None:
    """Right settings, a wrong key, another terminal, and nobody there: each in words of its own."""
    right = VNPAY.probe(scene.config, HTTP, utc_now())
    assert right.ok, str(right.message)
    wrong = {
        "secret key": {**scene.config, "hash_secret": "another-secret-0123456789"},
        "terminal code": {**scene.config, "merchant_code": "NOBODY01"},
        "does not answer": {**scene.config, "api_url": "http://127.0.0.1:9/"},
    }
    for said, config in wrong.items():
        found = VNPAY.probe(config, HTTP, utc_now())
        assert not found.ok
        assert said in str(found.message)
