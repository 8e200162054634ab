"""The e-invoice services of this process, bound once at start, and the one that a school uses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urlsplit

from core import settings
from core.data.context import Context
from core.data.http import OutboundClient
from core.types.fields import Config
from core.types.http import HttpClient

from .port import EInvoiceProvider

_bound: Mapping[str, EInvoiceProvider] = MappingProxyType({})
_client: HttpClient | None = None


def bind(providers: Mapping[str, EInvoiceProvider], client: HttpClient | None = None) -> None:
    """Say which services there are (`registry.einvoice_providers()`); tests give a client of their own."""
    global _bound, _client
    _bound, _client = MappingProxyType(dict(providers)), client


def installed() -> Mapping[str, EInvoiceProvider]:
    """Every service of this process, by name."""
    return _bound


def config_of(ctx: Context, provider: EInvoiceProvider) -> Config:
    """What the school has entered for a service, secrets opened."""
    return {field.name: str(settings.get(ctx, f"{provider.name}.{field.name}")) for field in provider.fields}


def in_use(ctx: Context) -> EInvoiceProvider | None:
    """The service that the school has switched on and set up well; of several the first by name."""
    for name in sorted(_bound):
        provider = _bound[name]
        if settings.get(ctx, f"{name}.on") and not provider.check(config_of(ctx, provider)):
            return provider
    return None


def client(provider: EInvoiceProvider, config: Config) -> HttpClient:
    """The way out: to the hosts that the service declares or that its settings name."""
    if _client is not None:
        return _client
    entered = {urlsplit(value).hostname for value in config.values() if value.startswith(("https://", "http://"))}
    return _outbound(frozenset(provider.outbound_hosts) | {host for host in entered if host})


@lru_cache(maxsize=16)
def _outbound(hosts: frozenset[str]) -> HttpClient:
    return OutboundClient(hosts)
