"""A school's own provider, such as the accounts of its cloud: at hosts that the operator allows, by discovery only."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from core.sdk import Context, _
from core.sdk.identity import AuthMethod, ProviderProfile
from core.sdk.settings import get

from .generic import GenericProvider
from .settings import text as setting
from .settings import words


class SchoolProvider(GenericProvider):
    """Settings of the school; claims as of any other. It names no level of assurance: it would vouch for itself."""

    name = "oidc_school"
    label = _("the account of the school")
    per_school = True

    def profile(self, ctx: Context) -> ProviderProfile | None:
        """The settings of the context's school, once it is switched on and the operator allows its host."""
        if get(ctx, "oidc.school_enabled") is not True:
            return None
        issuer, client_id, hosts = setting(ctx, "school_issuer"), setting(ctx, "school_client_id"), _hosts(ctx)
        if not client_id or urlsplit(issuer).hostname not in hosts:
            return None
        return ProviderProfile(
            issuer=issuer,
            client_id=client_id,
            client_secret=setting(ctx, "school_client_secret"),
            auth_method=cast(AuthMethod, setting(ctx, "school_auth_method")),
            hosts=hosts,
        )


def _hosts(ctx: Context) -> tuple[str, ...]:
    """Lower case, as `urlsplit` gives them."""
    return tuple(word.lower() for word in words(ctx, "school_hosts"))
