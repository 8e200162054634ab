"""Making the order of an attempt at its service. No transaction is open while the service thinks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from uuid import UUID

from core.data.context import Context
from core.types.errors import Conflict
from core.types.message import _

from . import attempts, channels, providers
from .abilities import Ordering
from .attempts.starting import PAY_URL
from .port import Declined, Redirect, Transfer, Unknown

log = logging.getLogger(__name__)

Opened = Callable[[], AbstractContextManager[Context]]


def place(opened: Opened, attempt_id: UUID, notices: str) -> Redirect | Declined | Unknown:
    """Where to send the payer of an attempt: made at the service at the first call, kept for the next ones.

    Args:
        opened: opens a transaction at the attempt's school; the caller has checked that the payer may pay it.
        notices: the public address of notices, to which the channel's id is added.

    Raises:
        Conflict: for an attempt that is paid by a transfer.
    """
    with opened() as ctx:
        row = attempts.load(ctx, attempt_id)
        channel = channels.load(ctx, row.channel_id)
        action = attempts.prepare(channel, attempts.to_port(row))
        provider = providers.get(channel.provider)
        if isinstance(action, Redirect):
            return action
        if isinstance(action, Transfer) or not isinstance(provider, Ordering):
            raise Conflict(_("This way of paying is not offered."))
        attempt = replace(attempts.to_port(row), notice_url=f"{notices.rstrip('/')}/{channel.id}")
        client, now = providers.client(provider, channel.config), ctx.now()
    answer = provider.place(attempt, channel.config, client, now)
    with opened() as ctx:
        if isinstance(answer, Redirect):
            attempts.remember(ctx, attempt_id, {**answer.remember, PAY_URL: answer.url})
            return answer
        log.warning("no order at %s for attempt %s: %s", channel.provider, attempt_id, answer.detail)
        # A twin of this request (a second tap) may have been given the address meanwhile.
        url = attempts.load(ctx, attempt_id).provider_data.get(PAY_URL)
    return Redirect(url) if url else answer
