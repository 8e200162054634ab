"""Asking providers about attempts that nothing has decided yet. No transaction is open while a provider thinks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.types.contributions import Outside, Payload, Progress
from core.work.queue import enqueue

from . import attempts, channels, providers
from .booking import evidence as ev
from .facts import to_json
from .inbox import store
from .port import Fact, Notice, Unknown, Verified
from .process import process_inbox
from .rules import POLL_AFTER, Status

_GIVE_UP = text("UPDATE core_payment_attempt SET given_up = true WHERE id = :id")


def question(ctx: Context, attempt_id: UUID, then: Callable[[Context], None]) -> Outside:
    """Ask the provider about an attempt while no transaction is open, book what it says, and go on with `then`."""
    row = attempts.load(ctx, attempt_id)
    channel = channels.load(ctx, row.channel_id)
    provider = providers.get(channel.provider)
    client, attempt, now = providers.client(provider, channel.config), attempts.to_port(row), ctx.now()

    def answered(ctx: Context, answer: tuple[Fact, ...] | Unknown) -> None:
        if not isinstance(answer, Unknown) and answer:
            keep(ctx, channel, answer)
        then(ctx)

    return Outside(lambda: provider.query(attempt, channel.config, client, now), answered)


def keep(ctx: Context, channel: channels.Channel, facts: tuple[Fact, ...]) -> None:
    """Store facts that we asked for like a notice (I4, I12) and book them."""
    body = json.dumps([to_json(fact) for fact in facts], sort_keys=True).encode()
    # Times that a provider leaves out are filled with the moment of asking: they do not make another message.
    names = [(f.kind.value, f.provider_txn, f.amount, f.currency, f.reference) for f in facts]
    dedupe = "query:" + hashlib.sha256(json.dumps(names).encode()).hexdigest()
    notice = Notice("QUERY", b"", {}, body, ctx.now())
    redirect = providers.get(channel.provider).flow == "redirect"
    store(ctx, redirect, channel, notice, Verified(dedupe, facts))
    found: UUID = ctx.session.execute(_FIND, {"channel": channel.id, "dedupe": dedupe}).scalar_one()
    process_inbox(ctx, found)


_FIND = text("SELECT id FROM core_provider_inbox WHERE channel_id = :channel AND dedupe = :dedupe")


def run(ctx: Context, payload: Payload, progress: Progress) -> Outside | None:
    """Ask a provider about an undecided payment, and plan the next question."""
    attempt_id, step = UUID(payload["attempt"]), int(payload["step"])
    if Status(attempts.load(ctx, attempt_id).status).decided:
        return None
    return question(ctx, attempt_id, lambda ctx: _go_on(ctx, attempt_id, step))


def _go_on(ctx: Context, attempt_id: UUID, step: int) -> None:
    row = attempts.load(ctx, attempt_id)
    if Status(row.status).decided:
        return
    # After a stand-still of ours one question answers for all that were missed.
    moments = ((n, row.created_at + POLL_AFTER[n]) for n in range(step + 1, len(POLL_AFTER)))
    following = next(((n, at) for n, at in moments if at > ctx.now()), None)
    if following is not None:
        number, at = following
        enqueue(ctx, attempts.POLL, {"attempt": str(attempt_id), "step": number}, run_at=at)
        return
    locked = ev.lock_attempts(ctx, [row.reference])[row.reference]
    ctx.session.execute(_GIVE_UP, {"id": attempt_id})
    ev.project(ctx, ev.given_up(locked))
