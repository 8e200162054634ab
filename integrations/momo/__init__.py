"""MoMo: e-wallet, domestic card and international card payments on MoMo's page."""

from __future__ import annotations

from core.sdk import Manifest, _, hookimpl
from core.sdk.payments import PaymentProvider

from .adapter import MomoProvider

manifest = Manifest(
    name="momo",
    version="0.1.0",
    label=_("MoMo"),
    description=_("Payments with the MoMo wallet or a card, on MoMo's page."),
    requires_api=">=0.1,<1",
    scope="instance",
    outbound_hosts=MomoProvider.outbound_hosts,
)


class Plugin:
    """The plugin object."""

    @hookimpl
    def provide_payment_providers(self) -> list[PaymentProvider]:
        return [MomoProvider()]
