"""Both profiles keep the contract of identity providers, and read claims as VNConnect is known to send them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import pytest

from core.data.session import Database
from core.sdk.identity import Claims, IdentityProvider, PortalIdentity, ProviderProfile
from core.sdk.settings import put
from core.sdk.testing.identity import IdentityProviderContract
from core.types.actor import Actor
from integrations.oidc.claims import day, national_id
from integrations.oidc.generic import GenericProvider
from integrations.oidc.school import SchoolProvider
from integrations.oidc.settings import SETTINGS
from integrations.oidc.vnconnect import VnconnectProvider

ISSUER = "https://so.example"
VNCONNECT = {
    "iss": "https://xacthuc.example/oauth2/token",
    "sub": "001088000123@carbon.super",
    "acr": "LoA2",
    "TechID": "5f0c2a9e-1111-4222-8333-444455556666",
    "LoaiTaiKhoan": "1",
    "HoVaTen": "NGUYỄN THỊ HOA",
    "SoDinhDanh": "001088000123",
    "SoCMND": "012345678",
    "NgayThangNamSinh": "19880203",
    "SoDienThoai": "0912345678",
    "ThuDienTu": "hoa@example.vn",
    "loAs": "LoA2",
    "loginIdp": "BCA",
    "userProfileUri": "https://idp.example/view-info?token_id=abc",
}


class TestGeneric(IdentityProviderContract):
    @pytest.fixture
    def provider(self) -> IdentityProvider:
        return GenericProvider()

    @pytest.fixture
    def profile(self) -> ProviderProfile:
        return ProviderProfile(ISSUER, "truong", "a-secret")

    @pytest.fixture
    def samples(self) -> Mapping[str, tuple[Claims, PortalIdentity]]:
        claims = {"iss": ISSUER, "sub": "u-1", "name": " Trần  Thu Lan ", "birthdate": "1990-12-31", "acr": "2"}
        found = PortalIdentity(ISSUER, "u-1", "Trần Thu Lan", birth_date=date(1990, 12, 31), assurance="2")
        return {"standard": (claims, found), "bare": ({"iss": ISSUER, "sub": "u-2"}, PortalIdentity(ISSUER, "u-2"))}


class TestSchool(TestGeneric):
    """A school's own provider reads claims like any other, but vouches for no level of assurance."""

    @pytest.fixture
    def provider(self) -> IdentityProvider:
        return SchoolProvider()

    @pytest.fixture
    def profile(self, db: Database, system: Actor, school: UUID, app: object) -> ProviderProfile:
        with db.all_schools(system) as ctx:
            put(ctx, "oidc.school_hosts", "so.example")
        with db.context(system, school) as ctx:
            assert SchoolProvider().profile(ctx) is None, "not set up yet"
            put(ctx, "oidc.school_enabled", True)
            put(ctx, "oidc.school_issuer", ISSUER)
            put(ctx, "oidc.school_client_id", "truong")
            put(ctx, "oidc.school_client_secret", "a-secret")
            found = SchoolProvider().profile(ctx)
        assert found is not None and found.levels == ()
        return found


class TestVnconnect(IdentityProviderContract):
    @pytest.fixture
    def provider(self) -> IdentityProvider:
        return VnconnectProvider()

    @pytest.fixture
    def profile(self, db: Database, system: Actor, app: object) -> ProviderProfile:
        with db.all_schools(system) as ctx:
            assert VnconnectProvider().profile(ctx) is None, "not set up yet"
            put(ctx, "oidc.vnconnect_enabled", "1")
            put(ctx, "oidc.vnconnect_client_id", "truong")
            put(ctx, "oidc.vnconnect_client_secret", "a-secret")
            found = VnconnectProvider().profile(ctx)
        assert found is not None
        assert (found.auth_method, found.userinfo, found.levels) == (
            "client_secret_post",
            "POST",
            ("LoA1", "LoA2", "LoA3"),
        )
        return found

    @pytest.fixture
    def samples(self) -> Mapping[str, tuple[Claims, PortalIdentity]]:
        person = PortalIdentity(
            VNCONNECT["iss"],
            VNCONNECT["sub"],
            "NGUYỄN THỊ HOA",
            VNCONNECT["TechID"],
            "001088000123",
            date(1988, 2, 3),
            "person",
            "LoA2",
            "BCA",
        )
        business = {"iss": VNCONNECT["iss"], "sub": "b", "LoaiTaiKhoan": 2, "HoVaTen": "CÔNG TY A", "SoCMND": "x"}
        company = PortalIdentity(VNCONNECT["iss"], "b", "CÔNG TY A", account_type="organisation")
        return {"person": (VNCONNECT, person), "business": (business, company)}


def test_n3_an_account_name_never_contains_the_number() -> None:
    """The mapper hands no name of an account on at all; what is there to match is encrypted by the core."""
    found = VnconnectProvider().identity(VNCONNECT)
    assert "001088000123" not in repr(found).replace(VNCONNECT["sub"], "")
    assert not hasattr(found, "login") and not hasattr(found, "email")


@pytest.mark.parametrize(
    ("written", "read"),
    [("19880203", date(1988, 2, 3)), ("1988-02-03", date(1988, 2, 3)), ("1988", None), ("19881303", None), ("", None),
     ("１９８８0203", None)],
)  # fmt: skip
def test_days(written: str, read: date | None) -> None:
    assert day(written) == read


@pytest.mark.parametrize(
    ("written", "read"), [("012345678", "012345678"), ("B1234567", ""), ("1" * 12, "1" * 12), ("1", "")]
)
def test_numbers(written: str, read: str) -> None:
    assert national_id(written) == read


def test_settings_are_secrets_where_they_should_be() -> None:
    secret = {setting.key for setting in SETTINGS if setting.secret}
    assert secret == {
        "oidc.client_secret",
        "oidc.private_key",
        "oidc.school_client_secret",
        "oidc.vnconnect_client_secret",
    }
    own = {setting.key for setting in SETTINGS if setting.scope == "school"}
    assert own == {f"oidc.school_{name}" for name in ("enabled", "issuer", "client_id", "client_secret", "auth_method")}
