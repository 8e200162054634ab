"""QR code to booked notice: encoder, simulated bank and notice adapter, three codes over loopback."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from core.sdk.payments import FactKind, Refusal, Transfer
from core.sdk.testing.payment import make_attempt
from core.types.clock import utc_now
from integrations.bank_notices.adapter import BankNoticesProvider
from integrations.bank_notices.statement import read_statement
from integrations.vietqr.adapter import VietqrProvider
from tests.integrations.simulators import School, Simulator, listening, running
from tests.integrations.vietqr.test_contract import CONFIG as VIETQR_CONFIG

SECRET = "SIMULATED-SECRET-2"
ACCOUNT = "0001234567890"


@dataclass
class Scene:
    school: School
    simulator: Simulator

    def faults(self, **knobs: object) -> None:
        self.simulator.post("/control/faults", knobs)

    def type_in(self, memo: str, amount: int = 35_000, **more: str) -> dict[str, object]:
        fields = {"account": ACCOUNT, "amount": str(amount), "memo": memo, **more}
        answer: dict[str, object] = self.simulator.post("/transfers", fields)
        return answer


@pytest.fixture(scope="module", params=["hmac", "apikey"])
def stage(request: pytest.FixtureRequest) -> Iterator[Scene]:
    style = "sepay" if request.param == "hmac" else "sepay_apikey"
    config = {"style": style, "secret": SECRET, "account_number": ACCOUNT}
    school = School(BankNoticesProvider(), config)
    options = ("--secret", SECRET, "--auth", request.param, "--speed", "6000")
    with (
        listening(school) as notify_url,
        running("integrations.bank_notices.simulator", "--notify-url", notify_url, *options) as simulator,
    ):
        yield Scene(school, simulator)


@pytest.fixture
def scene(stage: Scene) -> Scene:
    stage.simulator.post("/control/reset", {})
    stage.school.reset()
    return stage


def qr_code(amount: int = 1_250_000) -> Transfer:
    transfer = VietqrProvider().prepare(make_attempt(amount=amount), VIETQR_CONFIG)
    assert isinstance(transfer, Transfer)
    return transfer


def test_a_scanned_code_becomes_a_credit(scene: Scene) -> None:
    scene.simulator.post("/transfers", {"qr": qr_code().qr_payload, "payer": "TRAN THI B"})
    assert scene.simulator.calls(1)[0]["body"] == '{"success":true}'
    (fact,) = scene.school.facts
    assert (fact.kind, fact.amount, fact.memo) == (FactKind.CREDIT, 1_250_000, "TRHABCD2345")
    assert fact.merchant == ACCOUNT
    assert abs(fact.occurred_at - utc_now()) < timedelta(minutes=1)


def test_the_page_pays_a_pasted_code(scene: Scene) -> None:
    page = scene.simulator.get("/?" + urlencode({"qr": qr_code().qr_payload})).decode()
    assert "Chuyển khoản thử" in page
    assert qr_code().qr_payload in page
    request_body = urlencode({"qr": qr_code().qr_payload}).encode()
    with urllib.request.urlopen(scene.simulator.address + "/", request_body, timeout=30) as response:
        assert "1.250.000" in response.read().decode()
    scene.simulator.calls(1)
    assert len(scene.school.facts) == 1


def test_texts_arrive_as_banks_leave_them(scene: Scene) -> None:
    scene.faults(prefix="MBVCB.778", truncate=30)
    scene.type_in("Học phí – TRH-ABCD.2345, cháu Đỗ Ánh")
    scene.simulator.calls(1)
    assert scene.school.facts[0].memo == "MBVCB778 HOC PHI  TRHABCD2345"


def test_lost_calls_are_tried_again_and_signed_afresh(scene: Scene) -> None:
    scene.faults(drop=2)
    scene.school.broken = 1
    scene.type_in("TRHABCD2345")
    assert [call["status"] for call in scene.simulator.calls(4)] == [0, 0, 500, 200]
    assert len(scene.school.facts) == 1


def test_seven_retries_then_silence(scene: Scene) -> None:
    scene.faults(drop=8)
    scene.type_in("TRHABCD2345")
    assert len(scene.simulator.calls(8)) == 8
    scene.type_in("TRHABCD2345")
    assert len(scene.simulator.calls(9)) == 9
    assert len(scene.school.facts) == 1


def test_duplicates_reordering_and_siblings(scene: Scene) -> None:
    scene.faults(duplicate=2, reorder=2)
    for _child in range(2):
        scene.type_in("HOC PHI TRHABCD2345")
    scene.simulator.calls(4)
    numbers = [fact.data["notifier_id"] for fact in scene.school.facts]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 2, "two equal transfers are two payments"


def test_money_out_is_a_debit(scene: Scene) -> None:
    scene.type_in("CHI HOAN TIEN", direction="out")
    scene.simulator.calls(1)
    assert scene.school.facts[0].kind is FactKind.DEBIT


def test_a_ping_brings_no_fact(scene: Scene) -> None:
    scene.simulator.post("/control/ping", {})
    assert scene.simulator.calls(1)[0]["status"] == 200
    assert scene.school.facts == []
    assert len(scene.school.inbox) == 1


def test_tampering_is_seen_where_the_body_is_signed(scene: Scene) -> None:
    if scene.school.config["style"] != "sepay":
        return  # a static key cannot see it
    scene.faults(tamper=1)
    scene.type_in("TRHABCD2345")
    assert [call["status"] for call in scene.simulator.calls(2)] == [401, 200]
    assert [refused.reason for refused in scene.school.refused] == [Refusal.BAD_SIGNATURE]
    assert [fact.amount for fact in scene.school.facts] == [35_000]


def test_the_bank_commits_before_it_times_out(scene: Scene) -> None:
    scene.faults(timeout_after_commit=1)
    with pytest.raises(urllib.error.HTTPError) as caught:
        scene.type_in("TRHABCD2345")
    caught.value.close()
    assert caught.value.code == 504
    scene.simulator.calls(1)
    assert len(scene.school.facts) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"qr": "00020101"},
        {"qr": "x"},
        {"account": "999", "amount": "1000"},
        {"account": ACCOUNT, "amount": "500000001"},
        {"account": ACCOUNT, "amount": "tien"},
    ],
)
def test_what_a_bank_refuses(scene: Scene, fields: dict[str, str]) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        scene.simulator.post("/transfers", fields)
    caught.value.close()
    assert caught.value.code == 422
    assert scene.simulator.get("/control/ledger")["movements"] == []


def test_the_statement_tells_the_same_numbers_and_shows_injected_differences(scene: Scene) -> None:
    for amount in (10_000, 20_000, 30_000):
        scene.type_in("TRHABCD2345", amount)
    scene.simulator.calls(3)
    lines = read_statement(scene.simulator.get("/statement.xlsx")).lines
    told = {(fact.provider_txn, fact.amount) for fact in scene.school.facts}
    assert {(line.number, line.credit) for line in lines} == told
    flawed = read_statement(scene.simulator.get("/statement.xlsx?missing=1&duplicate=1&extra=1")).lines
    assert [line.credit for line in flawed] == [10_000, 20_000, 20_000, 20_000]
    assert flawed[1].number == flawed[2].number != flawed[3].number
    changed = read_statement(scene.simulator.get("/statement.xlsx?wrong_amount=1")).lines
    assert [line.credit for line in changed] == [10_000, 20_000, 31_000]
