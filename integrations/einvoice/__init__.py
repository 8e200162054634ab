"""Electronic invoices through a certified Vietnamese service that speaks JSON over HTTPS."""

from __future__ import annotations

from core.sdk import Manifest, _, hookimpl
from core.sdk.einvoices import EInvoiceProvider

from .adapter import JsonEInvoiceProvider

manifest = Manifest(
    name="einvoice",
    version="0.1.0",
    label=_("E-invoice service"),
    description=_("Issues, adjusts, replaces and cancels electronic invoices through a certified service."),
    requires_api=">=0.1,<1",
    scope="instance",
    outbound_hosts=JsonEInvoiceProvider.outbound_hosts,
)


class Plugin:
    """The plugin object."""

    @hookimpl
    def provide_einvoice_providers(self) -> list[EInvoiceProvider]:
        return [JsonEInvoiceProvider()]
