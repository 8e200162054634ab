"""OpenID Connect: signing in with the identity of a Department, of the school, or of the national portal."""

from __future__ import annotations

from core.sdk import Manifest, Setting, _, hookimpl
from core.sdk.identity import IdentityProvider

from .generic import GenericProvider
from .school import SchoolProvider
from .settings import SETTINGS
from .vnconnect import VnconnectProvider

manifest = Manifest(
    name="oidc",
    version="0.1.0",
    label=_("Sign-in from elsewhere (OpenID Connect)"),
    description=_("Accounts of a Department or of the school, and VNConnect of the national portal."),
    requires_api=">=0.1,<1",
    scope="instance",
    data_classes=("identity",),
)


class Plugin:
    """The plugin object."""

    @hookimpl
    def provide_identity_providers(self) -> list[IdentityProvider]:
        return [GenericProvider(), SchoolProvider(), VnconnectProvider()]

    @hookimpl
    def provide_settings(self) -> list[Setting]:
        return SETTINGS
