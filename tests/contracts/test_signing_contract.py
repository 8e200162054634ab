"""The contract suite of signature providers: two honest ones pass, each planted fault is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa

from core.sdk.signing import (
    Config,
    Credential,
    HttpClient,
    NoAnswer,
    Signing,
    SigningOrder,
    SigningProvider,
    SigningState,
    algorithm_of,
    is_genuine,
)
from core.sdk.testing.http import StubHttp, broken_network
from core.sdk.testing.signing import NOW, Signer, SigningProviderContract, make_digests

from .signers.certificates import chain_for, curve_key, rsa_key
from .signers.keys import Holder, KeySigner, sign_digest
from .signers.remote import CONFIG, Phone, RemoteSigner, Service

CODE = {"code": "2468"}


class TestKeysOfTheProgram(SigningProviderContract):
    @pytest.fixture
    def provider(self) -> SigningProvider:
        return KeySigner()

    @pytest.fixture
    def config(self) -> Config:
        return CODE

    @pytest.fixture
    def signer(self) -> Signer:
        return Holder()


class TestRemoteService(SigningProviderContract):
    @pytest.fixture
    def service(self) -> Service:
        return Service()

    @pytest.fixture
    def provider(self) -> SigningProvider:
        return RemoteSigner()

    @pytest.fixture
    def config(self) -> Config:
        return CONFIG

    @pytest.fixture
    def http(self, service: Service) -> HttpClient:
        return StubHttp(service.answer)

    @pytest.fixture
    def signer(self, service: Service) -> Signer:
        return Phone(service)


class SignsAnotherDigest(KeySigner):
    def authorise(
        self, order: SigningOrder, answer: str, config: Config, http: HttpClient, now: datetime
    ) -> Signing | NoAnswer:
        constant = {d.document_id: sign_digest(self._key, b"\x00" * 32) for d in order.digests}
        return Signing(SigningState.SIGNED, constant)


class SignsWithoutAsking(KeySigner):
    def begin(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        super().begin(order, config, http, now)
        return Signing(SigningState.SIGNED, {d.document_id: sign_digest(self._key, d.digest) for d in order.digests})


class TakesAnyCode(KeySigner):
    def authorise(
        self, order: SigningOrder, answer: str, config: Config, http: HttpClient, now: datetime
    ) -> Signing | NoAnswer:
        return super().authorise(order, config["code"], config, http, now)


class NeverExpires(KeySigner):
    def poll(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        return super().poll(order, config, http, order.created_at)


class ForgetsTheLast(KeySigner):
    def authorise(
        self, order: SigningOrder, answer: str, config: Config, http: HttpClient, now: datetime
    ) -> Signing | NoAnswer:
        seen = super().authorise(order, answer, config, http, now)
        assert isinstance(seen, Signing)
        return Signing(seen.state, dict(list(seen.signatures.items())[:-1]), remember=seen.remember)


class ChangesItsMind(KeySigner):
    def begin(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        return Signing(SigningState.PREPARED, remember={"digests": ""})


class NoSignersCertificate(KeySigner):
    def credentials(self, signer: str, config: Config, http: HttpClient) -> tuple[Credential, ...] | NoAnswer:
        found = super().credentials(signer, config, http)
        assert not isinstance(found, NoAnswer)
        chain = chain_for(self._key, signing=False)
        return (Credential("seal", "x", chain, found[0].algorithm, found[0].max_batch),)


class TellsItsSecret(KeySigner):
    def begin(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        return Signing(SigningState.PREPARED, prompt=f"code={config['code']}")


class BeginsTwice(RemoteSigner):
    def poll(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        answer = super().poll(order, config, http, now)
        return Signing(SigningState.PREPARED) if isinstance(answer, NoAnswer) else answer


Suite = SigningProviderContract
Check = Callable[[KeySigner, Credential], None]


def _check(name: str) -> Check:
    def run(provider: KeySigner, credential: Credential) -> None:
        args = (provider, CODE, StubHttp(broken_network), Holder())
        method = getattr(Suite(), name)
        method(*args, *((credential, NOW) if name != "test_credentials_name_a_certificate_that_may_sign" else ()))

    return run


MUTANTS: list[tuple[KeySigner, str]] = [
    (SignsAnotherDigest(), "test_one_confirmation_signs_all"),
    (SignsWithoutAsking(), "test_nothing_is_signed_before_the_signer_confirms"),
    (TakesAnyCode(), "test_a_declined_order_stays_refused"),
    (NeverExpires(), "test_a_late_confirmation_signs_nothing"),
    (ForgetsTheLast(), "test_one_confirmation_signs_all"),
    (ChangesItsMind(), "test_an_order_cannot_change_after_it_was_begun"),
    (ChangesItsMind(), "test_unusable_orders_are_refused"),
    (ChangesItsMind(), "test_asking_again_gives_the_same"),
    (NoSignersCertificate(), "test_credentials_name_a_certificate_that_may_sign"),
    (TellsItsSecret(), "test_secrets_are_not_shown"),
]


@pytest.mark.parametrize(("mutant", "name"), MUTANTS, ids=[f"{type(m).__name__}-{n[5:25]}" for m, n in MUTANTS])
def test_mutant_is_caught(mutant: KeySigner, name: str) -> None:
    found = KeySigner().credentials("hoa", CODE, StubHttp(broken_network))
    assert not isinstance(found, NoAnswer)
    _check(name)(KeySigner(), found[0])
    with pytest.raises((AssertionError, InvalidSignature, pytest.fail.Exception)):
        _check(name)(mutant, found[0])


def test_an_adapter_that_takes_silence_for_an_answer_is_caught() -> None:
    found = RemoteSigner().credentials("x", CONFIG, StubHttp(Service().answer))
    assert not isinstance(found, NoAnswer)
    phone = Phone(Service())
    Suite().test_no_answer_decides_nothing(RemoteSigner(), CONFIG, phone, found[0], NOW)
    with pytest.raises(AssertionError):
        Suite().test_no_answer_decides_nothing(BeginsTwice(), CONFIG, phone, found[0], NOW)


@pytest.mark.parametrize("key", [rsa_key(), curve_key()], ids=["rsa", "p-256"])
def test_the_cores_own_check(key: object) -> None:
    digest = make_digests(2)[0].digest
    assert isinstance(key, type(rsa_key()) | type(curve_key()))
    certificate, signature = chain_for(key)[0], sign_digest(key, digest)
    assert is_genuine(certificate, digest, signature)
    assert not is_genuine(certificate, make_digests(2)[1].digest, signature)
    assert not is_genuine(certificate, digest, signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not is_genuine(certificate, digest, b"")
    assert not is_genuine(certificate, b"short", signature)
    assert not is_genuine(b"no certificate", digest, signature)
    other = curve_key() if key is rsa_key() else rsa_key()
    assert not is_genuine(chain_for(other)[0], digest, signature)


def test_small_keys_sign_nothing() -> None:
    small = rsa.generate_private_key(65537, 1024)  # noqa: S505  (the point of the test)
    assert algorithm_of(chain_for(small)[0]) is None
