"""VNPT SmartCA: keys at VNPT's service, confirmed in its app. Unofficial: by public code, without a contract."""

from __future__ import annotations

from core.sdk import Manifest, _, hookimpl
from core.sdk.signing import SigningProvider

from .adapter import SmartCaProvider

manifest = Manifest(
    name="signing_smartca",
    version="0.1.0",
    label=_("VNPT SmartCA (unofficial)"),
    description=_("Signs with keys at VNPT SmartCA; each order is confirmed in its app."),
    requires_api=">=0.1,<1",
    scope="instance",
    outbound_hosts=SmartCaProvider.outbound_hosts,
)


class Plugin:
    """The plugin object."""

    @hookimpl
    def provide_signing_providers(self) -> list[SigningProvider]:
        return [SmartCaProvider()]
