"""Which channels an account wants."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.data.context import Context
from core.types.errors import NotFound
from core.types.message import Message

from .channels import in_use
from .models import Choice


@dataclass(frozen=True, slots=True)
class Wish:
    """A channel and whether its messages are wanted."""

    channel: str
    label: Message
    wanted: bool


def wishes(ctx: Context) -> list[Wish]:
    """Channels that the school uses, and what the actor has chosen; wanted unless they said no."""
    mine = select(Choice.channel, Choice.wanted).where(
        Choice.school_id == ctx.school_id, Choice.account_id == ctx.actor.account_id
    )
    chosen = {row.channel: row.wanted for row in ctx.session.execute(mine)}
    return [Wish(c.name, c.label, chosen.get(c.name, True)) for c in in_use(ctx)]


def choose(ctx: Context, channel: str, *, wanted: bool) -> None:
    """Want a channel, or no longer. The inbox cannot be switched off. Raises `NotFound` for an unknown one."""
    if ctx.actor.account_id is None or channel not in {c.name for c in in_use(ctx)}:
        raise NotFound
    row = {"school_id": ctx.school_id, "account_id": ctx.actor.account_id, "channel": channel}
    statement = insert(Choice).values(**row, wanted=wanted)
    ctx.session.execute(statement.on_conflict_do_update(index_elements=list(row), set_={"wanted": wanted}))
