"""Two doors of services that meet the payer first: "is there a bill under this number?", and coming back by a form.

A lookup tells an authenticated service the amount that is open under a payment reference and nothing about people. What
is told can then be paid there: an attempt is begun, so that its notice is compared to the dong with what was told.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from core.data.context import Context
from core.data.session import Database
from core.data.types import local_date
from core.types.clock import Clock, utc_now
from core.types.errors import NotFound, TruongError

from . import attempts, channels, charges
from .abilities import Looking, Payable, Returning
from .channels import Channel
from .port import Answer, Notice, PaymentProvider, Refused

_NOBODY = Answer(404, '{"error":"unknown_channel"}')


def answer_at(
    db: Database,
    providers: Mapping[str, PaymentProvider],
    channel_id: UUID,
    notice: Notice,
    *,
    clock: Clock = utc_now,
) -> Answer:
    """Answer the question of a service at `/lookups/<channel>`."""
    with channels.entered(db, channel_id, clock=clock) as found:
        if found is None:
            return _NOBODY
        ctx, channel = found
        provider = providers.get(channel.provider)
        if not isinstance(provider, Looking) or not channel.enabled:
            return _NOBODY
        asked = provider.read_lookup(notice, channel.config)
        bill = asked if isinstance(asked, Refused) else _payable(ctx, channel, asked)
        return provider.answer_lookup(bill, channel.config)


def _payable(ctx: Context, channel: Channel, number: str) -> Payable | None:
    """What is open under a reference of this school; the same question on one day is the same payment."""
    asked = "".join(char for char in number.upper() if char.isalnum())[:32]
    try:
        charge = charges.by_reference(ctx, asked)
        if charge.owed <= 0:
            return None
        key = f"lookup:{channel.id}:{charge.id}:{charge.owed}:{local_date(ctx.now())}"
        started = attempts.start(ctx, channel.id, [charge.id], key=key)
    except TruongError:
        return None
    return Payable(asked, started.reference, started.amount, ctx.now())


def way_back(
    db: Database,
    providers: Mapping[str, PaymentProvider],
    channel_id: UUID,
    body: bytes,
    *,
    clock: Clock = utc_now,
) -> str | None:
    """Where in this program a payer goes on who was sent back to `/returns/<channel>`; None for nowhere."""
    with channels.entered(db, channel_id, clock=clock) as found:
        if found is None:
            return None
        ctx, channel = found
        provider = providers.get(channel.provider)
        told = provider.read_form(body, channel.config) if isinstance(provider, Returning) else None
        if told is None:
            return None
        reference, query = told
        try:
            attempt = attempts.load(ctx, attempts.by_reference(ctx, reference).id)
        except NotFound:
            return None
        path = urlsplit(attempt.return_url).path
        return f"{path}?{query.decode()}" if path.startswith("/") and attempt.channel_id == channel.id else None
