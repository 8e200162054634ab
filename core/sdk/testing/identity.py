"""The contract of identity providers: subclass it in the test module of a profile, give the fixtures, done.

    class TestContract(IdentityProviderContract):
        @pytest.fixture
        def provider(self) -> IdentityProvider: ...
        @pytest.fixture
        def profile(self) -> ProviderProfile: ...     # as `provider.profile(ctx)` gives it when it is set up
        @pytest.fixture
        def samples(self) -> Mapping[str, tuple[Claims, PortalIdentity]]: ...

It checks what a profile decides: endpoints, algorithms, and how claims are read. The protocol is the engine's.
"""

# ruff: noqa: S101 - assertions are what a testing kit is for

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import astuple
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.sdk.identity import Claims, IdentityProvider, PortalIdentity, ProviderProfile

__all__ = ["IdentityProviderContract", "Samples"]

Samples = Mapping[str, tuple[Claims, PortalIdentity]]
"""Genuine claims by name, with the identity each must give."""
_CONTACTS = ("email", "phone_number", "preferred_username", "ThuDienTu", "SoDienThoai", "mail", "upn")
_ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)
_many = settings(
    max_examples=120,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)


class IdentityProviderContract:
    """What the engine relies on. Each test name says which promise it checks."""

    @pytest.fixture
    def provider(self) -> IdentityProvider:
        raise NotImplementedError("give the provider")

    @pytest.fixture
    def profile(self) -> ProviderProfile:
        raise NotImplementedError("give the profile of a provider that is set up")

    @pytest.fixture
    def samples(self) -> Samples:
        raise NotImplementedError("give the samples")

    def test_speaks_the_port(self, provider: IdentityProvider) -> None:
        assert provider.name.isidentifier() and provider.name.islower()
        assert str(provider.label)
        assert callable(provider.profile) and callable(provider.identity)

    def test_addresses_are_safe(self, provider: IdentityProvider, profile: ProviderProfile) -> None:
        addresses = [profile.issuer]
        if profile.endpoints is not None:
            ends = profile.endpoints
            assert ends.authorization and ends.token and ends.jwks
            addresses += [a for a in (ends.authorization, ends.token, ends.jwks, ends.userinfo, ends.end_session) if a]
        for address in addresses:
            parts = urlsplit(address)
            local = parts.hostname in ("localhost", "127.0.0.1", "::1")
            assert parts.scheme == "https" or local, f"{address} is not encrypted"
            assert not parts.username and not parts.fragment
        assert not urlsplit(profile.issuer).query

    def test_signatures_that_are_believed_are_signatures(self, profile: ProviderProfile) -> None:
        assert profile.algorithms
        weak = [a for a in profile.algorithms if a.lower() == "none" or a.startswith("HS")]
        assert not weak, f"{weak}: anybody, or anybody with the client's secret, could write such a token"
        assert "openid" in profile.scopes
        assert 0 <= profile.leeway <= 300

    def test_the_client_can_prove_itself(self, profile: ProviderProfile) -> None:
        assert profile.client_id
        assert profile.private_key if profile.auth_method == "private_key_jwt" else profile.client_secret
        for secret in filter(None, (profile.client_secret, profile.private_key)):
            assert secret not in repr(profile), "a secret is shown"

    def test_genuine_claims_give_their_identity(self, provider: IdentityProvider, samples: Samples) -> None:
        assert samples
        for name, (claims, expected) in samples.items():
            before = copy.deepcopy(dict(claims))
            assert provider.identity(claims) == expected, name
            assert provider.identity(claims) == expected, f"{name}: not the same twice"
            assert dict(claims) == before, f"{name}: the claims were changed"

    def test_the_key_is_issuer_and_subject(self, provider: IdentityProvider, samples: Samples) -> None:
        for name, (claims, _expected) in samples.items():
            found = provider.identity(claims)
            assert (found.issuer, found.subject) == (claims["iss"], claims["sub"]), name

    def test_a_person_of_another_subject_is_another_person(self, provider: IdentityProvider, samples: Samples) -> None:
        """The same mail, phone or user name never makes two subjects one (identity.md, N2)."""
        for claims, _expected in samples.values():
            one = provider.identity({**claims, **dict.fromkeys(_CONTACTS, "hoa@example.vn")})
            other = provider.identity({**claims, "sub": "another-subject"})
            assert (one.issuer, one.subject) != (other.issuer, other.subject)
            assert one.subject == claims["sub"], "a contact replaced the subject"

    def test_claims_that_name_nobody_are_refused(self, provider: IdentityProvider, samples: Samples) -> None:
        for claims, _expected in samples.values():
            for name in ("iss", "sub"):
                for bad in ({k: v for k, v in claims.items() if k != name}, {**claims, name: ""}, {**claims, name: 7}):
                    with pytest.raises(ValueError, match=r"."):
                        provider.identity(bad)

    def test_assurance_is_never_assumed(self, provider: IdentityProvider, samples: Samples) -> None:
        for claims, _expected in samples.values():
            without = {k: v for k, v in claims.items() if k not in ("acr", "loAs", "amr")}
            assert provider.identity(without).assurance == ""

    def test_nothing_but_the_identity_is_taken_over(self, provider: IdentityProvider, samples: Samples) -> None:
        """Providers put tokens and addresses with tokens into claims; they must end here (identity.md, L5)."""
        canary = "https://idp.example/third-party?token_id=CANARY-7f3a"
        for claims, _expected in samples.values():
            extra = {f"x_{n}": canary for n in range(3)} | {"userProfileUri": canary, "logoutUri": canary}
            found = provider.identity({**claims, **extra})
            assert "CANARY" not in "".join(map(str, astuple(found)))

    def test_the_national_id_is_not_shown(self, provider: IdentityProvider, samples: Samples) -> None:
        for claims, _expected in samples.values():
            found = provider.identity(claims)
            if found.national_id:
                assert found.national_id.isascii() and found.national_id.isdigit() and len(found.national_id) in (9, 12)
                assert found.national_id != found.subject or claims["sub"] == found.national_id
                assert f"national_id={found.national_id!r}" not in repr(found)

    @given(data=st.data())
    @_many
    def test_odd_claims_are_read_or_refused(
        self, provider: IdentityProvider, samples: Samples, data: st.DataObject
    ) -> None:
        """Whatever a provider sends: an identity or ValueError, never another error."""
        claims, _expected = data.draw(st.sampled_from(list(samples.values())))
        changed = dict(claims)
        for name in data.draw(st.lists(st.sampled_from(sorted(claims)), min_size=1, max_size=4, unique=True)):
            changed[name] = data.draw(_ODD)
        try:
            found = provider.identity(changed)
        except ValueError:
            return
        assert isinstance(found, PortalIdentity)
        assert all(isinstance(text, str) for text in (found.subject, found.full_name, found.national_id, found.tech_id))
