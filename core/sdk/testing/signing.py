"""The contract of signature providers: subclass it in the test module of an adapter, give the fixtures, done.

    class TestContract(SigningProviderContract):
        @pytest.fixture
        def provider(self) -> SigningProvider: ...
        @pytest.fixture
        def config(self) -> Config: ...
        @pytest.fixture
        def http(self) -> HttpClient: ...    # a client that reaches your simulator
        @pytest.fixture
        def signer(self) -> Signer: ...      # the person with the phone, the card or the code

The suite verifies every signature itself, with `cryptography`; it needs pytest, nothing in the running program does.
"""

# ruff: noqa: S101 - assertions are what a testing kit is for

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from cryptography import x509

from core.sdk.signing import (
    ALLOWED,
    DIGEST_BYTES,
    Config,
    Credential,
    HttpAnswer,
    HttpClient,
    NoAnswer,
    Signing,
    SigningOrder,
    SigningProvider,
    SigningState,
)

from .http import StubHttp, broken_network
from .payment_samples import NOW
from .signing_samples import (
    Signer,
    ask,
    assert_genuine,
    assert_key,
    assert_move,
    is_authority,
    make_digests,
    make_signing_order,
)

__all__ = [
    "NOW",
    "Signer",
    "SigningProviderContract",
    "StubHttp",
    "broken_network",
    "make_digests",
    "make_signing_order",
]

FINAL = frozenset(state for state, following in ALLOWED.items() if not following)
_POLLS = 8


class SigningProviderContract:
    """What the core relies on. Each test name says which promise it checks."""

    @pytest.fixture
    def provider(self) -> SigningProvider:
        raise NotImplementedError("give the provider")

    @pytest.fixture
    def config(self) -> Config:
        raise NotImplementedError("give a usable configuration")

    @pytest.fixture
    def http(self) -> HttpClient:
        return StubHttp(broken_network)

    @pytest.fixture
    def signer(self) -> Signer:
        raise NotImplementedError("give the person who confirms")

    @pytest.fixture
    def now(self) -> datetime:
        """The moment of the tests; give the time of your simulator where it has a clock of its own."""
        return NOW

    @pytest.fixture
    def credential(self, provider: SigningProvider, config: Config, http: HttpClient, signer: Signer) -> Credential:
        found = provider.credentials(signer.id, config, http)
        assert not isinstance(found, NoAnswer), found
        assert found, "the signer has no certificate"
        return found[0]

    def test_speaks_the_port(self, provider: SigningProvider) -> None:
        assert isinstance(provider, SigningProvider)
        assert provider.name.isidentifier() and provider.name.islower()
        assert provider.confirms in ("code", "elsewhere", "agent")
        assert len({field.name for field in provider.fields}) == len(provider.fields)

    def test_configuration_is_checked(self, provider: SigningProvider, config: Config) -> None:
        assert not provider.check(config)
        required = {field.name for field in provider.fields if field.required and not field.default}
        assert required <= set(provider.check({})) <= {field.name for field in provider.fields}

    def test_credentials_name_a_certificate_that_may_sign(
        self, provider: SigningProvider, config: Config, http: HttpClient, signer: Signer
    ) -> None:
        found = provider.credentials(signer.id, config, http)
        assert not isinstance(found, NoAnswer)
        for credential in found:
            chain = [x509.load_der_x509_certificate(der) for der in credential.chain]
            assert chain and credential.max_batch >= 1
            assert_key(chain[0], credential.algorithm)
            usage = chain[0].extensions.get_extension_for_class(x509.KeyUsage).value
            assert usage.digital_signature and usage.content_commitment, "the certificate is not made for signing"
            assert not is_authority(chain[0]), "an authority signs certificates, not records"
            for child, issuer in pairwise(chain):
                child.verify_directly_issued_by(issuer)
        assert len({credential.id for credential in found}) == len(found)

    def test_asking_for_credentials_signs_nothing(
        self, provider: SigningProvider, config: Config, http: HttpClient, signer: Signer
    ) -> None:
        provider.credentials(signer.id, config, http)
        assert signer.confirmations == 0

    def test_nothing_is_signed_before_the_signer_confirms(
        self, provider: SigningProvider, config: Config, http: HttpClient, signer: Signer, credential: Credential,
        now: datetime,
    ) -> None:  # fmt: skip
        order = make_signing_order(credential, signer, 1, now)
        for seen in (ask(provider.begin(order, config, http, now)), ask(provider.begin(order, config, http, now))):
            assert (seen.state, dict(seen.signatures)) == (SigningState.PREPARED, {})
            order = replace(order, provider_data=seen.remember)
        waiting = ask(provider.poll(order, config, http, now))
        assert (waiting.state, dict(waiting.signatures)) == (SigningState.PREPARED, {})

    def test_one_confirmation_signs_all(
        self, provider: SigningProvider, config: Config, http: HttpClient, signer: Signer, credential: Credential,
        now: datetime,
    ) -> None:  # fmt: skip
        order = make_signing_order(credential, signer, min(credential.max_batch, 35), now)
        signed = self.sign(provider, config, http, signer, order, now)
        assert signer.confirmations == 1
        assert signed.state is SigningState.SIGNED
        assert set(signed.signatures) == {digest.document_id for digest in order.digests}
        for digest in order.digests:
            assert_genuine(credential, digest.digest, signed.signatures[digest.document_id])

    def test_asking_again_gives_the_same(
        self, provider: SigningProvider, config: Config, http: HttpClient, signer: Signer, credential: Credential,
        now: datetime,
    ) -> None:  # fmt: skip
        order = make_signing_order(credential, signer, min(credential.max_batch, 3), now)
        signed = self.sign(provider, config, http, signer, order, now)
        order = replace(order, provider_data=signed.remember or order.provider_data)
        again = ask(provider.poll(order, config, http, now))
        begun = ask(provider.begin(order, config, http, now))
        for other in (again, begun):
            assert (other.state, other.signatures) == (SigningState.SIGNED, signed.signatures)
        assert signer.confirmations == 1, "the signer was asked a second time for the same order"

    def test_an_order_cannot_change_after_it_was_begun(
        self, provider: SigningProvider, config: Config, http: HttpClient, signer: Signer, credential: Credential,
        now: datetime,
    ) -> None:  # fmt: skip
        order = make_signing_order(credential, signer, 1, now)
        begun = ask(provider.begin(order, config, http, now))
        other = replace(
            order,
            digests=(replace(order.digests[0], digest=b"\x01" * DIGEST_BYTES),),
            provider_data=begun.remember,
        )
        with pytest.raises(ValueError, match=r"."):
            provider.begin(other, config, http, now)

    def test_unusable_orders_are_refused(
        self, provider: SigningProvider, config: Config, http: HttpClient, signer: Signer, credential: Credential,
        now: datetime,
    ) -> None:  # fmt: skip
        order = make_signing_order(credential, signer, 1, now)
        one = order.digests[0]
        unusable = {
            "no digest": replace(order, digests=()),
            "too many": replace(order, digests=make_digests(credential.max_batch + 1)),
            "no SHA-256": replace(order, digests=(replace(one, digest=one.digest[:20]),)),
            "a document twice": replace(order, digests=(one, replace(one, digest=b"\x02" * DIGEST_BYTES))),
            "an unknown credential": replace(order, credential="somebody-else"),
        }
        for name, wrong in unusable.items():
            with pytest.raises(ValueError, match=r"."):
                provider.begin(replace(wrong, id=uuid4()), config, http, now)
                pytest.fail(f"accepted: {name}")

    def test_a_declined_order_stays_refused(
        self, provider: SigningProvider, config: Config, http: HttpClient, signer: Signer, credential: Credential,
        now: datetime,
    ) -> None:  # fmt: skip
        order = make_signing_order(credential, signer, 1, now)
        begun = ask(provider.begin(order, config, http, now))
        order = replace(order, provider_data=begun.remember)
        answer = signer.decline(order, begun)
        if provider.confirms != "elsewhere":
            seen = ask(provider.authorise(order, answer, config, http, now))
            order = replace(order, provider_data=seen.remember or order.provider_data)
        expected = {SigningState.REFUSED} | ({SigningState.PREPARED} if provider.confirms != "elsewhere" else set())
        for _time in range(2):
            refused = ask(provider.poll(order, config, http, now))
            assert not refused.signatures, "a signature without a confirmation"
            assert refused.state in expected

    def test_a_late_confirmation_signs_nothing(
        self, provider: SigningProvider, config: Config, http: HttpClient, signer: Signer, credential: Credential,
        now: datetime,
    ) -> None:  # fmt: skip
        order = make_signing_order(credential, signer, 1, now)
        begun = ask(provider.begin(order, config, http, now))
        order, late = replace(order, provider_data=begun.remember), order.expires_at + timedelta(seconds=1)
        assert ask(provider.poll(order, config, http, late)).state is SigningState.EXPIRED
        if provider.confirms != "elsewhere":
            answer = signer.confirm(order, begun)
            assert not ask(provider.authorise(order, answer, config, http, late)).signatures
        expired = ask(provider.poll(order, config, http, late))
        assert (expired.state, dict(expired.signatures)) == (SigningState.EXPIRED, {})

    @pytest.mark.parametrize("status", [200, 204, 401, 403, 429, 500, 502])
    def test_odd_answers_decide_nothing(
        self, provider: SigningProvider, config: Config, signer: Signer, credential: Credential, now: datetime,
        status: int,
    ) -> None:  # fmt: skip
        if not provider.outbound_hosts:
            return
        order = make_signing_order(credential, signer, 1, now)
        for body in (b"", b"<html>", b"{", b"[]", b'{"signatures": 1}', b"\xff\x00"):
            http = StubHttp(lambda _request, body=body: HttpAnswer(status, {}, body))  # type: ignore[misc]
            assert isinstance(provider.begin(order, config, http, now), NoAnswer)
            assert isinstance(provider.poll(order, config, http, now), NoAnswer)

    def test_no_answer_decides_nothing(
        self, provider: SigningProvider, config: Config, signer: Signer, credential: Credential, now: datetime
    ) -> None:
        if not provider.outbound_hosts:
            return
        order, http = make_signing_order(credential, signer, 1, now), StubHttp(broken_network)
        assert isinstance(provider.credentials(signer.id, config, http), NoAnswer)
        assert isinstance(provider.begin(order, config, http, now), NoAnswer)
        assert isinstance(provider.poll(order, config, http, now), NoAnswer)

    def test_secrets_are_not_shown(
        self, provider: SigningProvider, config: Config, http: HttpClient, signer: Signer, credential: Credential,
        now: datetime,
    ) -> None:  # fmt: skip
        order = make_signing_order(credential, signer, 1, now)
        shown = repr(provider) + repr(vars(type(provider))) + repr(credential)
        shown += ask(provider.begin(order, config, http, now)).prompt
        for field in provider.fields:
            if field.secret and config.get(field.name):
                assert config[field.name] not in shown, f"{field.name} is shown"

    def sign(
        self, provider: SigningProvider, config: Config, http: HttpClient, signer: Signer, order: SigningOrder,
        now: datetime,
    ) -> Signing:  # fmt: skip
        """The whole way of an order; every move on it must be allowed."""
        seen = ask(provider.begin(order, config, http, now))
        order = replace(order, provider_data=seen.remember)
        answer = signer.confirm(order, seen)
        if provider.confirms != "elsewhere":
            following = ask(provider.authorise(order, answer, config, http, now))
            assert_move(seen, following)
            seen, order = following, replace(order, provider_data=following.remember or order.provider_data)
        for _time in range(_POLLS):
            if seen.state in FINAL:
                break
            following = ask(provider.poll(order, config, http, now))
            assert_move(seen, following)
            seen, order = following, replace(order, provider_data=following.remember or order.provider_data)
        return seen
