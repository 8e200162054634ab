"""VNConnect of the national public-service portal: secret in the form, userinfo by POST, claims with Vietnamese names.

It publishes no discovery document. The sign-in and token addresses are known from callers; those of keys, userinfo and
sign-out are where its software (WSO2 Identity Server) has them, and the agreement has the last word.
"""

from __future__ import annotations

from core.sdk import Context, _
from core.sdk.identity import Claims, Endpoints, PortalIdentity, ProviderProfile
from core.sdk.settings import get

from .claims import day, key, national_id, text
from .settings import text as setting

LEVELS = ("LoA1", "LoA2", "LoA3")


class VnconnectProvider:
    """The profile `form-secret + POST userinfo`."""

    name = "oidc_vnconnect"
    label = _("VNConnect (National Public Service Portal)")
    outbound_hosts: tuple[str, ...] = ()

    def profile(self, ctx: Context) -> ProviderProfile | None:
        """The settings, once it is switched on and they are complete."""
        if get(ctx, "oidc.vnconnect_enabled") is not True:
            return None
        client_id = setting(ctx, "vnconnect_client_id")
        base = setting(ctx, "vnconnect_base").rstrip("/")
        if not client_id or not base:
            return None
        return ProviderProfile(
            issuer=setting(ctx, "vnconnect_issuer") or f"{base}/oauth2/token",
            client_id=client_id,
            client_secret=setting(ctx, "vnconnect_client_secret"),
            auth_method="client_secret_post",
            endpoints=Endpoints(
                authorization=f"{base}/oauth2/authorize",
                token=f"{base}/oauth2/token",
                jwks=f"{base}/oauth2/jwks",
                userinfo=f"{base}/oauth2/userinfo",
                end_session=f"{base}/oidc/logout",
            ),
            userinfo="POST",
            scopes=("openid",),
            levels=LEVELS,
        )

    def identity(self, claims: Claims) -> PortalIdentity:
        """The portal's claims; addresses and tokens among them end here (L5)."""
        citizen = national_id(text(claims, "SoDinhDanh")) or national_id(text(claims, "SoCMND"))
        return PortalIdentity(
            issuer=key(claims, "iss"),
            subject=key(claims, "sub"),
            full_name=text(claims, "HoVaTen"),
            tech_id=text(claims, "TechID"),
            national_id=citizen,
            birth_date=day(text(claims, "NgayThangNamSinh")),
            account_type="organisation" if _kind(claims) == "2" else "person",
            assurance=text(claims, "acr") or text(claims, "loAs"),
            idp=text(claims, "loginIdp"),
        )


def _kind(claims: Claims) -> str:
    """1 a person, 2 a business; some callers see a number."""
    value = claims.get("LoaiTaiKhoan")
    return str(value) if isinstance(value, (int, str)) else ""
