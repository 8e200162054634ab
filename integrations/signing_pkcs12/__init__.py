"""Signing with a key from a PKCS#12 file: seals of private schools, and tests."""

from __future__ import annotations

from core.sdk import Manifest, _, hookimpl
from core.sdk.signing import SigningProvider

from .adapter import Pkcs12Provider

manifest = Manifest(
    name="signing_pkcs12",
    version="0.1.0",
    label=_("Key file (PKCS#12)"),
    description=_("Signs with a key that this program keeps, opened by a code."),
    requires_api=">=0.1,<1",
    scope="instance",
)


class Plugin:
    """The plugin object."""

    @hookimpl
    def provide_signing_providers(self) -> list[SigningProvider]:
        return [Pkcs12Provider()]
