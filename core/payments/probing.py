"""Testing the connection of a channel: the provider asks, changes nothing, and says in plain words what it found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from core import audit
from core.data.context import Context
from core.types.errors import Conflict
from core.types.http import HttpClient
from core.types.message import _
from core.types.probe import Probe

from . import channels, providers
from .port import Config


@runtime_checkable
class Probing(Protocol):
    """What a `PaymentProvider` has besides when its connection can be tested."""

    def probe(self, config: Config, http: HttpClient, now: datetime) -> Probe:
        """Ask something harmless with the settings of a channel. Never raises for what the other side does."""
        ...


def can_probe(provider_name: str) -> bool:
    """Whether channels of this provider can be tested."""
    return isinstance(providers.installed().get(provider_name), Probing)


def prepared(ctx: Context, channel_id: UUID) -> Callable[[], Probe]:
    """The test of one channel, to be called when no transaction is open. Needs `payments.channel.manage`.

    Raises:
        NotFound: when the school has no such channel.
        Conflict: when its provider offers no test, or its secrets cannot be opened.
    """
    ctx.require("payments.channel.manage")
    channel = channels.look(ctx, channel_id)
    provider = providers.get(channel.provider)
    if not isinstance(provider, Probing) or channel.broken:
        raise Conflict(_("This connection cannot be tested."))
    audit.record(ctx, "payments.channel.tested", target=("payment_channel", channel_id))
    client, now, config = providers.client(provider, channel.config), ctx.now(), channel.config
    return lambda: provider.probe(config, client, now)
