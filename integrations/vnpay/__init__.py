"""VNPay: card, bank account and e-wallet payments by redirect."""

from __future__ import annotations

from core.sdk import Manifest, _, hookimpl
from core.sdk.payments import PaymentProvider

from .adapter import VnpayProvider

manifest = Manifest(
    name="vnpay",
    version="0.1.0",
    label=_("VNPay"),
    description=_("Card, bank account and e-wallet payments by redirect to VNPay."),
    requires_api=">=0.1,<1",
    scope="instance",
    outbound_hosts=VnpayProvider.outbound_hosts,
)


class Plugin:
    """The plugin object."""

    @hookimpl
    def provide_payment_providers(self) -> list[PaymentProvider]:
        return [VnpayProvider()]
