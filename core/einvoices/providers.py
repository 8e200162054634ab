"""The e-invoice services that are installed, and the one that a school uses."""

from __future__ import annotations

from core import settings
from core.data.bound import Bound
from core.data.context import Context
from core.types.fields import Config

from .port import EInvoiceProvider

_services = Bound[EInvoiceProvider]()
bind, installed, client = _services.bind, _services.installed, _services.client


def config_of(ctx: Context, provider: EInvoiceProvider) -> Config:
    """What the school has entered for a service, secrets opened."""
    return {field.name: str(settings.get(ctx, f"{provider.name}.{field.name}")) for field in provider.fields}


def in_use(ctx: Context) -> EInvoiceProvider | None:
    """The service that the school has switched on and set up well; of several the first by name."""
    for name, provider in sorted(installed().items()):
        if settings.get(ctx, f"{name}.on") and not provider.check(config_of(ctx, provider)):
            return provider
    return None
