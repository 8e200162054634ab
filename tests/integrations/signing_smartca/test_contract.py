"""VNPT SmartCA keeps the contract of signature providers; what it answers is checked before it is believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from core.sdk.signing import Config, HttpClient, NoAnswer, Signing, SigningOrder, SigningProvider
from core.sdk.testing.signing import NOW, Signer, SigningProviderContract, make_signing_order
from integrations.signing_smartca.adapter import SmartCaProvider
from integrations.signing_smartca.simulator import Settings, create_app
from tests.integrations.signing_http import AppHttp

CONFIG = {"sp_id": Settings.sp_id, "sp_password": Settings.secret, "api_url": "https://gwsca.vnpt.vn/sca/sp769/v1"}


class Phone:
    """The person with the app."""

    id = "001188000001"

    def __init__(self, app: Flask) -> None:
        self._client, self.confirmations = app.test_client(), 0

    def confirm(self, order: SigningOrder, signing: Signing) -> str:
        answer = self._client.post(f"/control/orders/{order.id.hex}/confirm").json
        self.confirmations += bool(answer and answer["done"])
        return ""

    def decline(self, order: SigningOrder, signing: Signing) -> str:
        self._client.post(f"/control/orders/{order.id.hex}/decline")
        return ""


@pytest.fixture
def app() -> Flask:
    return create_app(Settings())


@pytest.fixture
def phone(app: Flask) -> Phone:
    return Phone(app)


class TestContract(SigningProviderContract):
    @pytest.fixture
    def provider(self) -> SigningProvider:
        return SmartCaProvider()

    @pytest.fixture
    def config(self) -> Config:
        return CONFIG

    @pytest.fixture
    def http(self, app: Flask) -> HttpClient:
        return AppHttp(app)

    @pytest.fixture
    def signer(self, phone: Phone) -> Signer:
        return phone


def placed(app: Flask, phone: Phone, count: int = 35, **faults: int) -> SigningOrder:
    """An order that the phone may confirm."""
    provider, http = SmartCaProvider(), AppHttp(app)
    assert app.test_client().post("/control/faults", json=faults).status_code == 200
    found = provider.credentials(phone.id, CONFIG, http)
    assert not isinstance(found, NoAnswer)
    order = make_signing_order(found[0], phone, count)
    seen = provider.begin(order, CONFIG, http, NOW)
    return replace(order, provider_data=seen.remember) if isinstance(seen, Signing) else order


def ask(app: Flask, order: SigningOrder, later: int = 0) -> Signing:
    seen = SmartCaProvider().poll(order, CONFIG, AppHttp(app), NOW + timedelta(seconds=later))
    assert isinstance(seen, Signing), seen
    return seen


def ledger(app: Flask) -> dict[str, int]:
    found = app.test_client().get("/control/ledger").json
    assert isinstance(found, dict)
    return found


def test_an_order_whose_placing_was_not_answered_is_not_placed_twice(app: Flask, phone: Phone) -> None:
    order = placed(app, phone, 3, timeout_after_commit=1)
    assert not order.provider_data, "nothing is known of it"
    seen = ask(app, order)
    assert seen.state.value == "prepared"
    phone.confirm(order, seen)
    signed = ask(app, replace(order, provider_data=seen.remember))
    assert (signed.state.value, len(signed.signatures)) == ("signed", 3)
    assert (ledger(app)["orders"], phone.confirmations) == (1, 1)


def test_one_class_is_one_order(app: Flask, phone: Phone) -> None:
    order = placed(app, phone)
    phone.confirm(order, ask(app, order))
    assert len(ask(app, order).signatures) == 35
    assert (ledger(app)["orders"], phone.confirmations) == (1, 1)


def test_half_an_answer_is_kept_and_the_rest_asked_for(app: Flask, phone: Phone) -> None:
    order = placed(app, phone, 3, partial=1)
    phone.confirm(order, ask(app, order))
    half = ask(app, order)
    assert (half.state.value, len(half.signatures)) == ("authorised", 2)
    whole = ask(app, replace(order, provider_data=half.remember))
    assert (whole.state.value, len(whole.signatures)) == ("signed", 3)


@pytest.mark.parametrize(("knob", "right"), [("wrong_signature", 2), ("other_key", 0)])
def test_a_signature_that_is_not_genuine_is_never_given_on(app: Flask, phone: Phone, knob: str, right: int) -> None:
    order = placed(app, phone, 3, **{knob: 1})
    phone.confirm(order, ask(app, order))
    seen = ask(app, order)
    assert (seen.state.value, seen.reason, len(seen.signatures)) == ("refused", "wrong_signature", right)
    again = ask(app, replace(order, provider_data=seen.remember))
    assert (again.state.value, again.signatures) == ("refused", seen.signatures)


def test_the_service_may_call_it_ended(app: Flask, phone: Phone) -> None:
    order = placed(app, phone, 1, lives_seconds=0)
    assert ask(app, order).state.value == "expired"


def test_a_declined_order_says_so(app: Flask, phone: Phone) -> None:
    order = placed(app, phone, 1)
    phone.decline(order, ask(app, order))
    assert ask(app, order).reason == "declined"


@pytest.mark.parametrize("changes", [{"sp_password": "wrong"}, {"sp_id": "wrong"}])
def test_a_wrong_account_decides_nothing(app: Flask, phone: Phone, changes: dict[str, str]) -> None:
    order = placed(app, phone, 1)
    assert isinstance(SmartCaProvider().poll(order, {**CONFIG, **changes}, AppHttp(app), NOW), NoAnswer)


def test_digests_travel_in_hexadecimal(app: Flask, phone: Phone) -> None:
    order, http = placed(app, phone, 1), AppHttp(app)
    SmartCaProvider().begin(replace(order, provider_data={}), CONFIG, http, NOW)
    assert order.digests[0].digest.hex().encode() in http.sent[-1][1]
