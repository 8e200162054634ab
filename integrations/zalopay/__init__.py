"""ZaloPay: e-wallet and card payments on ZaloPay's page."""

from __future__ import annotations

from core.sdk import Manifest, _, hookimpl
from core.sdk.payments import PaymentProvider

from .adapter import ZalopayProvider

manifest = Manifest(
    name="zalopay",
    version="0.1.0",
    label=_("ZaloPay"),
    description=_("Payments with the ZaloPay wallet, a bank account or a card, on ZaloPay's page."),
    requires_api=">=0.1,<1",
    scope="instance",
    outbound_hosts=ZalopayProvider.outbound_hosts,
)


class Plugin:
    """The plugin object."""

    @hookimpl
    def provide_payment_providers(self) -> list[PaymentProvider]:
        return [ZalopayProvider()]
