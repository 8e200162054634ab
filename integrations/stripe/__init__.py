"""Stripe: international cards on Stripe's page, for international schools and demonstrations."""

from __future__ import annotations

from core.sdk import Manifest, _, hookimpl
from core.sdk.payments import PaymentProvider

from .adapter import StripeProvider

manifest = Manifest(
    name="stripe",
    version="0.1.0",
    label=_("Stripe"),
    description=_("Payments with international cards, on Stripe's page."),
    requires_api=">=0.1,<1",
    scope="instance",
    outbound_hosts=StripeProvider.outbound_hosts,
)


class Plugin:
    """The plugin object."""

    @hookimpl
    def provide_payment_providers(self) -> list[PaymentProvider]:
        return [StripeProvider()]
