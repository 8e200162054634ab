"""The channels that are installed, and what a school has set for each."""

from __future__ import annotations

from core import settings
from core.data.bound import Bound
from core.data.context import Context
from core.types.fields import Config

from .port import NotificationChannel

_channels = Bound[NotificationChannel]()
bind, installed, client = _channels.bind, _channels.installed, _channels.client


def config_of(ctx: Context, channel: NotificationChannel) -> Config:
    """What the school has entered for a channel, secrets opened."""
    return {field.name: str(settings.get(ctx, f"{channel.name}.{field.name}")) for field in channel.fields}


def in_use(ctx: Context) -> list[NotificationChannel]:
    """Channels that the school has switched on and set up well."""
    return [
        channel
        for channel in installed().values()
        if settings.get(ctx, f"{channel.name}.on") and not channel.check(config_of(ctx, channel))
    ]
