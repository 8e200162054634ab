"""What a payer's pages ask: ways of paying with their price, how an attempt goes on, what to tell who comes back."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.types.errors import NotFound
from core.types.message import Message

from . import attempts, channels, providers
from .abilities import Limited
from .attempts import AttemptView, Started
from .charges.read import ChargeRow
from .ordering import place
from .port import Attempt, Transfer

__all__ = [
    "Flow",
    "Offer",
    "Told",
    "all_offers",
    "offer_of",
    "offers",
    "place",
    "resume",
    "school_of",
    "told",
    "transfer_code",
    "waiting",
]

Flow = Literal["redirect", "transfer"]
Told = Literal["success", "failure", "unknown"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A way of paying an amount, told before choosing. `fee` in dong is what the rail takes from the payer."""

    channel_id: UUID
    name: Message | str
    provider: str
    flow: Flow
    fee: int
    least: int = 0
    most: int = 0
    """What the rail carries in one payment, in dong; 0 for no limit."""

    def carries(self, amount: int) -> bool:
        """Whether the rail can carry `amount` dong at once."""
        return self.least <= amount and (not self.most or amount <= self.most)


def offers(ctx: Context, amount: int) -> list[Offer]:
    """The ways of paying `amount` dong: to the school's own account first, then the cheapest."""
    return [offer for offer in all_offers(ctx, amount) if offer.carries(amount)]


def all_offers(ctx: Context, amount: int) -> list[Offer]:
    """The same with those that cannot carry so little or so much, to say why they are not offered."""
    found = [_offer(channel, amount) for channel in channels.payable(ctx)]
    return sorted(found, key=lambda offer: (offer.flow != "transfer", offer.fee))


def _offer(channel: channels.Channel, amount: int) -> Offer:
    provider = providers.get(channel.provider)
    flow: Flow = "redirect" if provider.flow == "redirect" else "transfer"
    least, most = provider.limits(channel.config) if isinstance(provider, Limited) else (0, 0)
    name = channel.label or provider.label
    return Offer(channel.id, name, channel.provider, flow, channel.fee(amount), least, most)


def offer_of(ctx: Context, channel_id: UUID, amount: int) -> Offer:
    """The way of paying that an attempt has taken, also when it is offered no more."""
    return _offer(channels.look(ctx, channel_id), amount)


def resume(ctx: Context, attempt_id: UUID) -> Started:
    """What the payer has to do, again: the answer that `attempts.start` gave."""
    row = attempts.load(ctx, attempt_id)
    action = attempts.prepare(channels.load(ctx, row.channel_id), attempts.to_port(row))
    return Started(row.id, row.reference, row.amount, action, row.expires_at, again=True)


def transfer_code(ctx: Context, charge: ChargeRow) -> Transfer | None:
    """What a printed bill shows: a transfer to the school's own account under the charge's own reference.

    None when the school has no such account without a surcharge, or nothing is owed.
    """
    if charge.owed <= 0:
        return None
    own = next((o for o in offers(ctx, charge.owed) if o.flow == "transfer" and o.fee == 0), None)
    if own is None:
        return None
    asked = Attempt(charge.id, charge.reference, charge.owed, "VND", "Thanh toan", ctx.now(), ctx.now())
    action = attempts.prepare(channels.load(ctx, own.channel_id), asked)
    return action if isinstance(action, Transfer) else None


_WAITING = text(
    """
SELECT id FROM core_payment_attempt
 WHERE school_id = :school AND lines @> ANY(CAST(:lines AS jsonb[]))
   AND status IN ('created', 'pending', 'in_review', 'unknown') AND NOT expired AND expires_at > :now
 ORDER BY created_at DESC LIMIT 20
"""
)


def waiting(ctx: Context, charge_ids: Collection[UUID]) -> list[AttemptView]:
    """Attempts to pay any of these charges that nothing has decided and whose time is not over, the newest first.

    A family's attempt names several persons: it is found by each of its charges.
    """
    lines = [json.dumps([{"charge": str(charge)}]) for charge in charge_ids]
    values = {"school": ctx.school_id, "lines": lines, "now": ctx.now()}
    return [attempts.view(ctx, found) for found in ctx.session.scalars(_WAITING, values)]


_SCHOOL = text("SELECT school_id FROM core_payment_attempt WHERE reference = :reference")


def school_of(ctx: Context, reference: str) -> UUID:
    """The school of an attempt, in a context over all schools: a payer comes back with nothing but the reference."""
    found: UUID | None = ctx.session.scalar(_SCHOOL, {"reference": reference})
    if found is None:
        raise NotFound()
    return found


def told(ctx: Context, attempt: AttemptView, query: bytes) -> Told:
    """What the provider told the payer's browser on the way back. To show, never to book."""
    channel = channels.load(ctx, attempt.channel_id)
    return providers.get(channel.provider).read_return(query, channel.config)
