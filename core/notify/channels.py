"""The channels of this process, bound once at start, and what a school has set for each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from core import settings
from core.data.context import Context
from core.data.http import OutboundClient
from core.types.fields import Config
from core.types.http import HttpClient

from .port import NotificationChannel

_bound: Mapping[str, NotificationChannel] = MappingProxyType({})
_client: HttpClient | None = None


def bind(channels: Mapping[str, NotificationChannel], client: HttpClient | None = None) -> None:
    """Say which channels there are (`registry.notification_channels()`); tests give a client of their own."""
    global _bound, _client
    _bound, _client = MappingProxyType(dict(channels)), client


def installed() -> Mapping[str, NotificationChannel]:
    """Every channel of this process, by name."""
    return _bound


def config_of(ctx: Context, channel: NotificationChannel) -> Config:
    """What the school has entered for a channel, secrets opened."""
    return {field.name: str(settings.get(ctx, f"{channel.name}.{field.name}")) for field in channel.fields}


def in_use(ctx: Context) -> list[NotificationChannel]:
    """Channels that the school has switched on and set up well."""
    return [
        channel
        for channel in _bound.values()
        if settings.get(ctx, f"{channel.name}.on") and not channel.check(config_of(ctx, channel))
    ]


def client(channel: NotificationChannel) -> HttpClient:
    """The way out: to the hosts that the channel declares and no other."""
    return _client or _outbound(frozenset(channel.outbound_hosts))


@lru_cache(maxsize=16)
def _outbound(hosts: frozenset[str]) -> HttpClient:
    return OutboundClient(hosts)
