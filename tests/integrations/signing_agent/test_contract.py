"""The token agent keeps the contract of signature providers; what the browser answers is checked first."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from core.sdk.signing import Config, NoAnswer, Signing, SigningOrder, SigningProvider
from core.sdk.testing.http import StubHttp, broken_network
from core.sdk.testing.signing import NOW, Signer, SigningProviderContract, make_signing_order
from core.sdk.testing.simulators import key_holder
from integrations.signing_agent.adapter import AgentProvider
from integrations.signing_agent.simulator import Agent

HTTP = StubHttp(broken_network)


def pem(*chains: tuple[bytes, ...]) -> str:
    ders = dict.fromkeys(der for chain in chains for der in chain)
    return "".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode() for der in ders)


def config_of() -> dict[str, str]:
    other = key_holder("Lê Văn An", "001188000012")
    return {"certificates": pem(other.chain, key_holder().chain), "agent_url": "wss://127.0.0.1:8987/SignMsg"}


def browser(agent: Agent, prompt: str) -> str:
    """What the page's script does, in the order it does it."""
    told: dict[str, dict[str, str]] = {"signatures": {}, "certificates": {}}
    for one in json.loads(prompt)["digests"]:
        message = {"HashAlg": "SHA256", "HashValue": one["digest"], "Encode": "RSA"}
        answer = json.loads(agent.answer(json.dumps(message)))
        if answer["Status"] != 0:
            break
        told["signatures"][one["id"]] = answer["Signature"]
        told["certificates"][one["id"]] = answer["CertBase64"]
    return json.dumps({**told, "error": ""})


class Holder:
    """The person with the token."""

    id = "001188000001"

    def __init__(self) -> None:
        self.agent, self.confirmations = Agent(), 0

    def confirm(self, order: SigningOrder, signing: Signing) -> str:
        self.confirmations += 1
        return browser(self.agent, signing.prompt)

    def decline(self, order: SigningOrder, signing: Signing) -> str:
        self.agent.faults.update({"cancel": 1})
        return browser(self.agent, signing.prompt)


class TestContract(SigningProviderContract):
    @pytest.fixture
    def provider(self) -> SigningProvider:
        return AgentProvider()

    @pytest.fixture
    def config(self) -> Config:
        return config_of()

    @pytest.fixture
    def signer(self) -> Signer:
        return Holder()


def step(order: SigningOrder, agent: Agent, answer: str | None = None) -> tuple[Signing, SigningOrder]:
    provider, config = AgentProvider(), config_of()
    begun = provider.begin(order, config, HTTP, NOW)
    assert isinstance(begun, Signing)
    given = browser(agent, begun.prompt or '{"digests": []}') if answer is None else answer
    order = replace(order, provider_data=begun.remember)
    seen = provider.authorise(order, given, config, HTTP, NOW)
    assert isinstance(seen, Signing)
    return seen, replace(order, provider_data=seen.remember)


def make_order(count: int) -> SigningOrder:
    found = AgentProvider().credentials("001188000001", config_of(), HTTP)
    assert not isinstance(found, NoAnswer)
    assert [one.label for one in found] == ["Nguyễn Thị Hoa"], "of two tokens that of the signer"
    return make_signing_order(found[0], Holder(), count)


def test_a_token_pulled_out_half_way_goes_on_with_the_rest() -> None:
    agent = Agent()
    agent.faults.update({"vanish_after": 2})
    half, order = step(make_order(5), agent)
    assert (half.state.value, len(half.signatures)) == ("prepared", 2)
    assert len(json.loads(half.prompt)["digests"]) == 3, "only what is missing"
    whole, _order = step(order, agent)
    assert (whole.state.value, len(whole.signatures), agent.signed) == ("signed", 5, 5)


@pytest.mark.parametrize(
    ("knob", "reason", "right"), [("wrong_signature", "wrong_signature", 2), ("other_key", "other_certificate", 0)]
)
def test_what_is_not_genuine_is_never_given_on(knob: str, reason: str, right: int) -> None:
    agent = Agent()
    agent.faults.update({knob: 1})
    seen, order = step(make_order(3), agent)
    assert (seen.state.value, seen.reason, len(seen.signatures)) == ("refused", reason, right)
    assert step(order, Agent())[0].state.value == "refused"


@pytest.mark.parametrize(
    "answer", ["", "null", "[]", '{"signatures": 1}', '{"signatures": {"doc-0": 7}}', "\ud800", "{}"]
)
def test_what_no_script_of_ours_sends_changes_nothing(answer: str) -> None:
    seen, _order = step(make_order(2), Agent(), answer)
    assert (seen.state.value, dict(seen.signatures)) == ("prepared", {})


def test_signatures_nobody_asked_for_are_not_taken() -> None:
    answer = json.dumps({"signatures": {"elsewhere": base64.b64encode(b"x" * 256).decode()}})
    assert not step(make_order(2), Agent(), answer)[0].signatures


@pytest.mark.parametrize(
    "address",
    ["wss://sign.example:8987/x", "https://127.0.0.1:8987/", "wss://127.0.0.1/", "wss://127.0.0.1.evil.example:1/",
     "wss://a@127.0.0.1:1/", "wss://127.0.0.1:99999/", "wss://127.0.0.1:1/?q; script-src *"],
)  # fmt: skip
def test_the_agent_is_on_the_signers_own_computer(address: str) -> None:
    assert [*AgentProvider().check({**config_of(), "agent_url": address})] == ["agent_url"]


@pytest.mark.parametrize("text", ["", "không phải", pem(key_holder().chain[1:])], ids=["nothing", "words", "authority"])
def test_certificates_that_cannot_sign_are_told(text: str) -> None:
    assert [*AgentProvider().check({**config_of(), "certificates": text})] == ["certificates"]
