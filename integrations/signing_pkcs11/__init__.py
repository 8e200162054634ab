"""Signing with a token or security module at this server, by PKCS#11."""

from __future__ import annotations

from core.sdk import Manifest, _, hookimpl
from core.sdk.signing import SigningProvider

from .adapter import Pkcs11Provider

manifest = Manifest(
    name="signing_pkcs11",
    version="0.1.0",
    label=_("Token at the server (PKCS#11)"),
    description=_("Signs with a key that never leaves a token or security module at the server."),
    requires_api=">=0.1,<1",
    scope="instance",
)


class Plugin:
    """The plugin object."""

    @hookimpl
    def provide_signing_providers(self) -> list[SigningProvider]:
        return [Pkcs11Provider()]
