"""Key files keep the contract of signature providers; those that cannot sign say why."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID

from core.sdk.signing import Config, NoAnswer, Signing, SigningOrder, SigningProvider, SigningState
from core.sdk.testing.http import StubHttp, broken_network
from core.sdk.testing.signing import NOW, Signer, SigningProviderContract, make_signing_order
from integrations.signing_pkcs12.adapter import Pkcs12Provider
from integrations.signing_pkcs12.keystore import open_keystore
from tests.plugins.transcripts import pki

CODE, PASSWORD = "mùa-phượng-2468", "mat khau cua tep khoa"
HTTP = StubHttp(broken_network)


def packed(holder: pki.Holder, password: str = PASSWORD) -> str:
    """A holder's key and certificates as an administrator pastes them; the certificates above in the wrong order."""
    sealed = BestAvailableEncryption(password.encode())
    above = [*reversed(holder.chain)]
    return base64.encodebytes(
        serialize_key_and_certificates(b"own", holder.key, holder.certificate, above, sealed)
    ).decode()


@cache
def config_of(kind: pki.Kind) -> dict[str, str]:
    return {"keystore": packed(pki.signer(kind=kind)), "password": PASSWORD, "code": CODE}


class Holder:
    """The person who knows the code."""

    id = "hoa"

    def __init__(self) -> None:
        self.confirmations = 0

    def confirm(self, order: SigningOrder, signing: Signing) -> str:
        self.confirmations += 1
        return CODE

    def decline(self, order: SigningOrder, signing: Signing) -> str:
        return "000000"


class TestContract(SigningProviderContract):
    @pytest.fixture
    def provider(self) -> SigningProvider:
        return Pkcs12Provider()

    @pytest.fixture(params=["rsa", "p256"])
    def config(self, request: pytest.FixtureRequest) -> Config:
        return config_of(request.param)

    @pytest.fixture
    def signer(self) -> Signer:
        return Holder()


def begun(config: Config, count: int = 2) -> tuple[SigningOrder, Pkcs12Provider]:
    provider = Pkcs12Provider()
    found = provider.credentials("hoa", config, HTTP)
    assert not isinstance(found, NoAnswer)
    return make_signing_order(found[0], Holder(), count), provider


def ask(answer: Signing | NoAnswer) -> Signing:
    assert isinstance(answer, Signing)
    return answer


def test_the_third_wrong_code_ends_the_order() -> None:
    config = config_of("p256")
    order, provider = begun(config)
    states = []
    for wrong in ("1", "", "mùa-phượng-2469", CODE):
        seen = ask(provider.authorise(order, wrong, config, HTTP, NOW))
        order = replace(order, provider_data=seen.remember)
        states.append((seen.state.value, seen.reason, len(seen.signatures)))
    refused = ("refused", "wrong_code", 0)
    assert states == [("prepared", "", 0), ("prepared", "", 0), refused, refused]


def test_an_expired_certificate_signs_nothing() -> None:
    config = config_of("p256")
    order, provider = begun(config)
    late = pki.UNTIL + timedelta(days=1)
    order = replace(order, expires_at=late + timedelta(minutes=5))
    seen = ask(provider.authorise(order, CODE, config, HTTP, late))
    assert (seen.state, seen.reason, dict(seen.signatures)) == (SigningState.REFUSED, "certificate_not_valid", {})


def test_the_file_is_opened_once() -> None:
    config = config_of("p256")
    order, provider = begun(config)
    before = open_keystore.cache_info().misses
    for _time in range(3):
        ask(provider.authorise(order, CODE, config, HTTP, NOW))
    assert open_keystore.cache_info().misses == before


def test_neither_key_nor_password_is_shown() -> None:
    config = config_of("p256")
    keystore = open_keystore(config["keystore"], config["password"])
    assert "PrivateKey" not in repr(keystore)
    assert PASSWORD not in repr(keystore)


USAGE = pki.signer("Khoá mã hoá", "001188000002", kind="p256", usages=("key_agreement",))
AUTHORITY = pki.signer("Nhà phát hành", "001188000003", kind="p256", ca=True)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"keystore": "không phải"}, "keystore", "This is no key file in Base64."),
        ({"keystore": "aGVsbG8="}, "keystore", "This is no PKCS#12 file (.p12 or .pfx)."),
        ({"password": "sai"}, "password", "The password does not open this key file."),
        ({"keystore": packed(USAGE)}, "keystore", "The certificate is not made for signing (key usage)."),
        ({"keystore": packed(AUTHORITY)}, "keystore", "The certificate is not made for signing (key usage)."),
        ({"code": "12345"}, "code", "The code has at least %(count)s characters."),
        ({"keystore": " "}, "keystore", "The key file is missing."),
    ],
)
def test_what_cannot_sign_says_why(changes: dict[str, str], field: str, words: str) -> None:
    problems = Pkcs12Provider().check({**config_of("p256"), **changes})
    assert {name: message.msgid for name, message in problems.items()} == {field: words}


def test_other_curves_may_not_sign() -> None:
    other = ec.generate_private_key(ec.SECP384R1())
    holder = pki.signer("Đường cong khác", "001188000004", kind="p256")
    builder_key = replace(holder, certificate=_certificate(other), key=other)
    problems = Pkcs12Provider().check({**config_of("p256"), "keystore": packed(builder_key)})
    assert [*problems] == ["keystore"] and problems["keystore"].msgid.startswith("Only RSA keys")


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "P-384")])
    since, until = datetime(2025, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, since, until)
    return builder.sign(key, SHA256())
