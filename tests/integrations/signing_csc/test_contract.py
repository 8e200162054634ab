"""Remote signing keeps the contract in both versions; one class, one confirmation, counted by the other side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from core.sdk.signing import Config, Credential, HttpClient, NoAnswer, Signing, SigningOrder, SigningProvider
from core.sdk.testing.signing import NOW, Signer, SigningProviderContract, make_signing_order
from integrations.signing_csc.adapter import CscProvider
from integrations.signing_csc.simulator import Settings, create_app
from tests.integrations.signing_http import AppHttp

CODES = f"{Settings.pin} {Settings.otp}"


class Elsewhere(CscProvider):
    """With a host of its own, so that the suite tries what a network does."""

    outbound_hosts: tuple[str, ...] = ("sign.example",)


class Phone:
    """The person who knows the PIN and reads the one-time code."""

    id = "001188000001"

    def __init__(self) -> None:
        self.confirmations = 0

    def confirm(self, order: SigningOrder, signing: Signing) -> str:
        self.confirmations += 1
        return CODES

    def decline(self, order: SigningOrder, signing: Signing) -> str:
        return f"{Settings.pin} 0000"


def config_of(version: str, auth: str = "oauth2", **changes: str) -> dict[str, str]:
    return {
        "api_url": f"https://sign.example/csc/{version}",
        "version": version,
        "auth": auth,
        "client_id": Settings.client,
        "client_secret": Settings.secret,
        "batch": "10",
        **changes,
    }


class TestContract(SigningProviderContract):
    @pytest.fixture
    def provider(self) -> SigningProvider:
        return Elsewhere()

    @pytest.fixture(params=[("v1", "basic"), ("v2", "oauth2")], ids=["v1", "v2"])
    def config(self, request: pytest.FixtureRequest) -> Config:
        return config_of(*request.param)

    @pytest.fixture
    def http(self) -> HttpClient:
        return AppHttp(create_app(Settings(multisign=40)))

    @pytest.fixture
    def signer(self) -> Signer:
        return Phone()


class Run:
    """One order against a simulator of its own."""

    def __init__(self, count: int = 35, version: str = "v1", **settings: object) -> None:
        self.app = create_app(Settings(**settings))  # type: ignore[arg-type]  # names of the settings
        self.http, self.config, self.provider = AppHttp(self.app), config_of(version), CscProvider()
        found = self.provider.credentials("001188000001", self.config, self.http)
        assert not isinstance(found, NoAnswer)
        self.credential: Credential = found[0]
        self.order = make_signing_order(self.credential, Phone(), count)
        self.step("begin")

    def step(self, what: str, answer: str = CODES, later: float = 0) -> Signing:
        now = NOW + timedelta(seconds=later)
        if what == "authorise":
            seen = self.provider.authorise(self.order, answer, self.config, self.http, now)
        else:
            seen = getattr(self.provider, what)(self.order, self.config, self.http, now)
        assert isinstance(seen, Signing), seen
        self.order = replace(self.order, provider_data=seen.remember)
        return seen

    def faults(self, **knobs: int) -> None:
        assert self.app.test_client().post("/control/faults", json=knobs).status_code == 200

    @property
    def calls(self) -> Mapping[str, int]:
        found = self.app.test_client().get("/control/ledger").json
        assert isinstance(found, dict)
        return found


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("extends", [True, False])
def test_one_class_one_confirmation(version: str, extends: bool) -> None:
    run = Run(35, version, extends=extends)
    signed = run.step("authorise")
    assert (signed.state.value, len(signed.signatures)) == ("signed", 35)
    assert (run.calls["credentials/authorize"], run.calls["signatures/signHash"]) == (1, 4), "ceil(35 / 10)"
    assert run.calls.get("credentials/extendTransaction", 0) == (3 if extends else 0)


def test_what_is_missing_is_fetched_without_asking_again() -> None:
    run = Run()
    run.faults(partial=1, timeout_after_commit=1)
    cut = run.step("authorise")
    assert (cut.state.value, len(cut.signatures)) == ("authorised", 0), "the first answer was lost"
    run.http = AppHttp(run.app)
    signed = run.step("poll")
    assert (signed.state.value, len(signed.signatures)) == ("signed", 35)
    assert run.calls["credentials/authorize"] == 1


def test_half_a_batch_is_kept_and_the_rest_asked_for() -> None:
    run = Run(10)
    run.faults(partial=2)
    signed = run.step("authorise")
    assert (signed.state.value, len(signed.signatures)) == ("signed", 10)
    assert (run.calls["credentials/authorize"], run.calls["signatures/signHash"]) == (1, 3)


@pytest.mark.parametrize(("knob", "right"), [("wrong_signature", 9), ("other_key", 0)])
def test_a_signature_that_is_not_genuine_is_never_given_on(knob: str, right: int) -> None:
    run = Run(12)
    run.faults(**{knob: 1})
    seen = run.step("authorise")
    assert (seen.state.value, seen.reason, len(seen.signatures)) == ("refused", "wrong_signature", right)
    assert run.step("poll").state.value == "refused"
    assert run.calls["signatures/signHash"] == 1, "whoever sent it is not asked again"


def test_a_confirmation_that_has_ended_signs_no_more() -> None:
    run = Run(10)
    run.faults(timeout_after_commit=1, sad_seconds=30)
    assert run.step("authorise").state.value == "authorised"
    ended = run.step("poll", later=31)
    assert (ended.state.value, dict(ended.signatures)) == ("expired", {})


def test_the_service_may_call_it_ended_first() -> None:
    run = Run(10)
    run.faults(sad_seconds=0)
    assert run.step("authorise").state.value == "expired"


def test_wrong_codes_end_the_order_at_the_third() -> None:
    run = Run(3)
    assert [run.step("authorise", code).state.value for code in ("123456 1", "123456", "9 2468")] == [
        "prepared", "prepared", "refused",
    ]  # fmt: skip
    assert run.step("authorise").reason == "wrong_code"
    assert "signatures/signHash" not in run.calls


def test_version_two_uses_its_own_names() -> None:
    run = Run(3, "v2")
    run.step("authorise")
    body = next(body for path, body in run.http.sent if path.endswith("credentials/authorize"))
    assert all(name in body for name in (b'"hashes"', b'"hashAlgorithmOID"', b'"authData"'))
    assert b'"hash"' not in body and b'"OTP":' not in body


def test_the_one_time_code_is_sent_once() -> None:
    run = Run(3)
    run.step("begin")
    run.step("poll")
    assert run.calls["credentials/sendOTP"] == 1


def test_a_wrong_client_secret_decides_nothing() -> None:
    run = Run(3)
    wrong = {**run.config, "client_secret": "x"}
    for answer in (
        run.provider.credentials("x", wrong, run.http),
        run.provider.authorise(run.order, CODES, wrong, run.http, NOW),
    ):
        assert isinstance(answer, NoAnswer)
        assert "x" not in answer.detail.split()
