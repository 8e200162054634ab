"""The contract suite of identity providers: an honest profile passes, each planted fault is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from core.sdk import Context, Message, _
from core.sdk.identity import Claims, Endpoints, IdentityProvider, PortalIdentity, ProviderProfile
from core.sdk.testing.identity import IdentityProviderContract, Samples

PROFILE = ProviderProfile(
    issuer="https://id.example.vn",
    client_id="school-1",
    client_secret="only-for-tests-7f3a",
    auth_method="client_secret_post",
    endpoints=Endpoints("https://id.example.vn/auth", "https://id.example.vn/token", "https://id.example.vn/jwks"),
    userinfo="POST",
    levels=("LoA1", "LoA2"),
)
CLAIMS: Claims = {
    "iss": "https://id.example.vn",
    "sub": "5e1c",
    "acr": "LoA2",
    "TechID": "6b0c1d2e",
    "HoVaTen": "Nguyễn Thị Hoa",
    "SoDinhDanh": "001099000001",
    "NgayThangNamSinh": "19990131",
    "LoaiTaiKhoan": "1",
    "ThuDienTu": "hoa@example.vn",
}
HOA = PortalIdentity(
    "https://id.example.vn", "5e1c", "Nguyễn Thị Hoa", "6b0c1d2e", "001099000001", date(1999, 1, 31), "person", "LoA2"
)


def text(claims: Claims, name: str) -> str:
    found = claims.get(name, "")
    if not isinstance(found, str):
        raise ValueError(f"{name} is no text")
    return found


class National:
    """Claims as the national portal names them."""

    name = "national"
    label: Message = _("Cancel")
    outbound_hosts: tuple[str, ...] = ()

    def profile(self, ctx: Context) -> ProviderProfile | None:
        return PROFILE

    def identity(self, claims: Claims) -> PortalIdentity:
        issuer, subject, born = text(claims, "iss"), text(claims, "sub"), text(claims, "NgayThangNamSinh")
        number = text(claims, "SoDinhDanh")
        if not issuer or not subject:
            raise ValueError("nobody")
        if number and not (number.isascii() and number.isdigit() and len(number) in (9, 12)):
            raise ValueError("no personal ID")
        return PortalIdentity(
            issuer,
            subject,
            text(claims, "HoVaTen"),
            text(claims, "TechID"),
            number,
            datetime.strptime(born, "%Y%m%d").date() if born else None,  # noqa: DTZ007
            "organisation" if claims.get("LoaiTaiKhoan") == "2" else "person",
            text(claims, "acr"),
        )


class TestNational(IdentityProviderContract):
    @pytest.fixture
    def provider(self) -> IdentityProvider:
        return National()

    @pytest.fixture
    def profile(self) -> ProviderProfile:
        return PROFILE

    @pytest.fixture
    def samples(self) -> Samples:
        return {"a mother": (CLAIMS, HOA)}


class KnowsPeopleByMail(National):
    def identity(self, claims: Claims) -> PortalIdentity:
        return replace(super().identity(claims), subject=str(claims.get("email") or claims["sub"]))


class OneForAll(National):
    def identity(self, claims: Claims) -> PortalIdentity:
        return replace(super().identity(claims), subject="5e1c")


class AssumesTheBest(National):
    def identity(self, claims: Claims) -> PortalIdentity:
        found = super().identity(claims)
        return replace(found, assurance=found.assurance or "LoA1")


class KeepsTheRest(National):
    def identity(self, claims: Claims) -> PortalIdentity:
        return replace(super().identity(claims), idp=str(claims.get("logoutUri", "")))


class TakesNobody(National):
    def identity(self, claims: Claims) -> PortalIdentity:
        return super().identity({"sub": "?", "iss": PROFILE.issuer, **claims})


class Stumbles(National):
    def identity(self, claims: Claims) -> PortalIdentity:
        name = claims["HoVaTen"]
        return replace(super().identity({**claims, "HoVaTen": ""}), full_name=name.strip())  # type: ignore[attr-defined]


Check = Callable[[IdentityProviderContract, IdentityProvider, Samples], None]
Suite = IdentityProviderContract
MUTANTS: list[tuple[IdentityProvider, Check]] = [
    (KnowsPeopleByMail(), Suite.test_a_person_of_another_subject_is_another_person),
    (OneForAll(), Suite.test_a_person_of_another_subject_is_another_person),
    (AssumesTheBest(), Suite.test_assurance_is_never_assumed),
    (KeepsTheRest(), Suite.test_nothing_but_the_identity_is_taken_over),
    (TakesNobody(), Suite.test_claims_that_name_nobody_are_refused),
    (Stumbles(), lambda suite, mutant, samples: suite.test_odd_claims_are_read_or_refused(mutant, samples)),
]


@pytest.mark.parametrize(("mutant", "check"), MUTANTS, ids=[type(m).__name__ for m, _c in MUTANTS])
def test_mutant_is_caught(mutant: IdentityProvider, check: Check) -> None:
    samples: Samples = {"a mother": (CLAIMS, HOA)}
    check(Suite(), National(), samples)
    with pytest.raises((AssertionError, AttributeError, pytest.fail.Exception)):
        check(Suite(), mutant, samples)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(PROFILE, algorithms=("RS256", "none")),
        replace(PROFILE, algorithms=("HS256",)),
        replace(PROFILE, scopes=("profile",)),
        replace(PROFILE, leeway=3600),
    ],
)
def test_a_profile_that_believes_too_much_is_caught(wrong: ProviderProfile) -> None:
    Suite().test_signatures_that_are_believed_are_signatures(PROFILE)
    with pytest.raises(AssertionError):
        Suite().test_signatures_that_are_believed_are_signatures(wrong)


def test_an_open_line_is_caught() -> None:
    Suite().test_addresses_are_safe(National(), PROFILE)
    with pytest.raises(AssertionError):
        Suite().test_addresses_are_safe(National(), replace(PROFILE, issuer="http://id.example.vn"))
