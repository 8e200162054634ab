"""The providers of one kind that a process has, bound once at its start: contexts carry no registry.

A kind has one `Bound` in a module of its own, whose functions are its methods: `bind, get, installed, client = ...`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from core.types.errors import Unavailable
from core.types.fields import Config
from core.types.http import HttpClient
from core.types.message import Message, _

from .http import OutboundClient


class Outgoing(Protocol):
    """What all kinds of providers share."""

    @property
    def outbound_hosts(self) -> tuple[str, ...]: ...


P = TypeVar("P", bound=Outgoing)
_NOTHING_ENTERED: Config = MappingProxyType({})


def _missing(name: str) -> Message:
    return _("The service %(name)s is not installed.", name=name)


class Bound(Generic[P]):
    """Providers by name, and the way out for each.

    Args:
        missing: what is said when one is asked for by a name that is not there.
    """

    def __init__(self, missing: Callable[[str], Message] = _missing) -> None:
        self._missing = missing
        self._providers: Mapping[str, P] = MappingProxyType({})
        self._client: HttpClient | None = None

    def bind(self, providers: Mapping[str, P], client: HttpClient | None = None) -> None:
        """Say which providers there are (from the registry); tests give a client of their own."""
        self._providers, self._client = MappingProxyType(dict(providers)), client

    def get(self, name: str) -> P:
        """A provider by name.

        Raises:
            Unavailable: when its integration is not installed or was quarantined.
        """
        provider = self._providers.get(name)
        if provider is None:
            raise Unavailable(self._missing(name))
        return provider

    def installed(self) -> Mapping[str, P]:
        """Every provider of this process, by name."""
        return self._providers

    def client(self, provider: P, config: Config = _NOTHING_ENTERED) -> HttpClient:
        """The way out: to the hosts that the provider declares or that an account's settings name, and no other."""
        if self._client is not None:
            return self._client
        entered = {urlsplit(value).hostname for value in config.values() if value.startswith(("https://", "http://"))}
        return _outbound(frozenset(provider.outbound_hosts) | {host for host in entered if host})


@lru_cache(maxsize=64)
def _outbound(hosts: frozenset[str]) -> HttpClient:
    return OutboundClient(hosts)
