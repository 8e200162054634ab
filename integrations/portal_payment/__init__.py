"""The national public-service portal's payment platform, in its two known shapes. UNOFFICIAL: no document is public."""

from __future__ import annotations

from core.sdk import Manifest, _, hookimpl
from core.sdk.payments import PaymentProvider

from .keypay import KeypayProvider
from .platform import PlatformProvider

manifest = Manifest(
    name="portal_payment",
    version="0.1.0",
    label=_("National public-service portal: payment"),
    description=_("Payments over the portal's platform. Unofficial until the agency supplies its document."),
    requires_api=">=0.1,<1",
    scope="instance",
    outbound_hosts=PlatformProvider.outbound_hosts,
)


class Plugin:
    """The plugin object."""

    @hookimpl
    def provide_payment_providers(self) -> list[PaymentProvider]:
        return [PlatformProvider(), KeypayProvider()]
