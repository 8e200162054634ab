"""Any provider that keeps to the standard: one of a Department, of a school, of a cloud."""

from __future__ import annotations

from typing import cast

from core.sdk import Context, _
from core.sdk.identity import AuthMethod, Claims, Endpoints, PortalIdentity, ProviderProfile, UserinfoMethod
from core.sdk.settings import get

from .claims import day, key, national_id, text
from .settings import text as setting
from .settings import words

NATIONAL_ID = "national_id"
"""Where the personal identification number is looked for; the standard has no claim for it."""


class GenericProvider:
    """Discovery, or addresses from the settings; claims of OpenID Connect Core section 5.1."""

    name = "oidc"
    label = _("the account of the Department")
    outbound_hosts: tuple[str, ...] = ()

    def profile(self, ctx: Context) -> ProviderProfile | None:
        """The settings, once it is switched on and they are complete."""
        if get(ctx, "oidc.enabled") is not True:
            return None
        issuer, client_id = setting(ctx, "issuer"), setting(ctx, "client_id")
        if not issuer or not client_id:
            return None
        return ProviderProfile(
            issuer=issuer,
            client_id=client_id,
            client_secret=setting(ctx, "client_secret"),
            private_key=setting(ctx, "private_key"),
            auth_method=cast(AuthMethod, setting(ctx, "auth_method")),
            endpoints=_endpoints(ctx),
            hosts=words(ctx, "hosts"),
            userinfo=cast(UserinfoMethod, setting(ctx, "userinfo")),
            scopes=("openid", *(word for word in words(ctx, "scopes") if word != "openid")),
            levels=words(ctx, "levels"),
        )

    def identity(self, claims: Claims) -> PortalIdentity:
        """Standard claims; the personal identification number only under its one name."""
        return PortalIdentity(
            issuer=key(claims, "iss"),
            subject=key(claims, "sub"),
            full_name=text(claims, "name"),
            national_id=national_id(text(claims, NATIONAL_ID)),
            birth_date=day(text(claims, "birthdate")),
            assurance=text(claims, "acr"),
        )


def _endpoints(ctx: Context) -> Endpoints | None:
    authorization = setting(ctx, "authorization_endpoint")
    if not authorization:
        return None
    return Endpoints(
        authorization=authorization,
        token=setting(ctx, "token_endpoint"),
        jwks=setting(ctx, "jwks_uri"),
        userinfo=setting(ctx, "userinfo_endpoint"),
        end_session=setting(ctx, "end_session_endpoint"),
    )
