"""The rails that are installed, bound once at start: contexts carry no registry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.types.errors import Unavailable
from core.types.http import HttpClient
from core.types.message import _

from .port import PaymentProvider

_bound: Mapping[str, PaymentProvider] = MappingProxyType({})
_http: HttpClient | None = None


def bind(providers: Mapping[str, PaymentProvider], http: HttpClient | None = None) -> None:
    """Say which providers this process uses (`registry.providers()`) and how they reach the network."""
    global _bound, _http
    _bound, _http = MappingProxyType(dict(providers)), http


def get(name: str) -> PaymentProvider:
    """A provider by name.

    Raises:
        Unavailable: when its integration is not installed or was quarantined.
    """
    provider = _bound.get(name)
    if provider is None:
        raise Unavailable(_("The payment service %(name)s is not installed.", name=name))
    return provider


def installed() -> Mapping[str, PaymentProvider]:
    return _bound


def http() -> HttpClient:
    """The way out.

    Raises:
        Unavailable: in a process that must not speak to providers.
    """
    if _http is None:
        raise Unavailable(_("This process has no connection to payment services."))
    return _http
