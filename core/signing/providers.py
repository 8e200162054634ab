"""The ways to sign that are installed, bound once at start: contexts carry no registry."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urlsplit

from core.data.http import OutboundClient
from core.types.errors import Unavailable
from core.types.fields import Config
from core.types.http import HttpClient
from core.types.message import _

from .port import SigningProvider

_bound: Mapping[str, SigningProvider] = MappingProxyType({})
_client: HttpClient | None = None


def bind(providers: Mapping[str, SigningProvider], client: HttpClient | None = None) -> None:
    """Say which providers this process uses (`registry.signing_providers()`); tests give a client of their own."""
    global _bound, _client
    _bound, _client = MappingProxyType(dict(providers)), client


def get(name: str) -> SigningProvider:
    """A provider by name.

    Raises:
        Unavailable: when its integration is not installed or was quarantined.
    """
    provider = _bound.get(name)
    if provider is None:
        raise Unavailable(_("The signing service %(name)s is not installed.", name=name))
    return provider


def installed() -> Mapping[str, SigningProvider]:
    """Every provider of this process, by name."""
    return _bound


def client(provider: SigningProvider, config: Config) -> HttpClient:
    """The way out for one account: to the hosts that its integration declares or that its settings name."""
    if _client is not None:
        return _client
    entered = {urlsplit(value).hostname for value in config.values() if value.startswith(("https://", "http://"))}
    return _outbound(frozenset(provider.outbound_hosts) | {host for host in entered if host})


@lru_cache(maxsize=16)
def _outbound(hosts: frozenset[str]) -> HttpClient:
    return OutboundClient(hosts)
