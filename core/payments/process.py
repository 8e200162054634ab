"""The worker's side of the inbox: one stored message, one transaction, the books."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from core.data.context import Context
from core.data.direct import by_name, direct
from core.types.contributions import Outside, Payload, Progress
from core.types.errors import Unavailable
from core.types.tracing import place
from core.work.queue import enqueue

from . import channels, providers
from .abilities import Fetching
from .booking import Applied, apply_facts
from .booking.evidence import Origin
from .cases_open import open_case
from .channels import Channel
from .facts import from_json
from .inbox import PROCESS
from .port import Fact, Unknown

log = logging.getLogger(__name__)

MAX_TRIES = 8
_DONE = frozenset({"processed", "quarantined"})


class _Message(Protocol):
    """A row of the inbox."""

    id: UUID
    channel_id: UUID
    facts: list[dict[str, Any]]
    method: str
    state: str
    tries: int


_TAKE = (
    "SELECT id, channel_id, facts, method, state, tries FROM core_provider_inbox "
    "WHERE school_id = :school AND id = :id FOR NO KEY UPDATE"
)
_MARK = (
    "UPDATE core_provider_inbox SET state = %(state)s, error = %(error)s, tries = tries + 1, processed_at = %(at)s "
    "WHERE id = %(id)s"
)


def process_inbox(ctx: Context, inbox_id: UUID, fetched: tuple[Fact, ...] | None = None) -> str:
    """Book a stored message; returns its state afterwards. Doing it again changes nothing.

    Args:
        fetched: what the provider says by now of what the message told; without it the message itself counts.

    A fault of ours (not of the database) is kept beside the message and tried again later; after the last try a person
    is asked. Nothing is ever dropped.
    """
    found = _taken(ctx, inbox_id)
    return found if isinstance(found, str) else _book(ctx, *found, fetched)


def _taken(ctx: Context, inbox_id: UUID) -> tuple[_Message, Channel] | str:
    """The message, held until the commit, and its channel; the state of one that is done or not there."""
    row: _Message
    for row in by_name(ctx, _TAKE, {"school": ctx.school_id, "id": inbox_id}):
        return row.state if row.state in _DONE else (row, channels.load(ctx, row.channel_id))
    return "missing"


def _book(ctx: Context, row: _Message, channel: Channel, fetched: tuple[Fact, ...] | None) -> str:
    facts = [from_json(item) for item in row.facts] if fetched is None else list(fetched)
    origin = Origin("query" if row.method == "QUERY" or fetched is not None else "notice", row.id)
    try:
        with ctx.session.begin_nested():
            applied = apply_facts(ctx, channel, facts, origin)
    except (OperationalError, Unavailable):
        raise  # the database or the installation, not the message: the job is tried again as a whole
    except Exception as error:
        return _failed(ctx, row.id, row.tries + 1, error)
    state = "quarantined" if Applied.QUARANTINED in applied else "processed"
    direct(ctx, _MARK, {"id": row.id, "state": state, "error": "", "at": ctx.now()})
    return state


def _failed(ctx: Context, inbox_id: UUID, tries: int, error: Exception) -> str:
    where = place(error)
    log.error("inbox %s failed at try %d: %s", inbox_id, tries, where)
    state = "failed" if tries >= MAX_TRIES else "received"
    direct(ctx, _MARK, {"id": inbox_id, "state": state, "error": where, "at": None})
    if state == "failed":
        open_case(ctx, "not_processed", f"inbox:{inbox_id}", facts={"error": where}, inbox_id=inbox_id)
    else:
        _plan(ctx, inbox_id, tries)
    return state


def _later(ctx: Context, inbox_id: UUID, tries: int, why: str) -> None:
    """Try again soon; `why` stays beside the message."""
    direct(ctx, _MARK, {"id": inbox_id, "state": "received", "error": why, "at": None})
    _plan(ctx, inbox_id, tries)


def _plan(ctx: Context, inbox_id: UUID, tries: int) -> None:
    later = ctx.now() + timedelta(seconds=2**tries)
    enqueue(ctx, PROCESS, {"inbox": str(inbox_id)}, key=str(inbox_id), run_at=later)


def run(ctx: Context, payload: Payload, progress: Progress) -> Outside | None:
    """Book a stored message of a provider; repeating it changes nothing."""
    found = _taken(ctx, UUID(payload["inbox"]))
    if isinstance(found, str):
        return None
    asked = _fetching(ctx, *found)
    if asked is None:
        _book(ctx, *found, None)
    return asked


def _fetching(ctx: Context, row: _Message, channel: Channel) -> Outside | None:
    """The question that a message is the occasion for, where its provider is one that is asked again."""
    if row.state != "received" or row.method == "QUERY" or not row.facts or row.tries >= MAX_TRIES - 1:
        return None
    provider = providers.get(channel.provider)
    if not isinstance(provider, Fetching):
        return None
    inbox_id, tries = row.id, row.tries + 1
    facts = tuple(from_json(item) for item in row.facts)
    client, now = providers.client(provider, channel.config), ctx.now()

    def answered(ctx: Context, answer: tuple[Fact, ...] | Unknown) -> None:
        if isinstance(answer, Unknown):
            _later(ctx, inbox_id, tries, f"not fetched: {answer.detail}")
        else:
            process_inbox(ctx, inbox_id, answer)

    return Outside(lambda: provider.fetch(facts, channel.config, client, now), answered)


_STUCK = text(
    "SELECT id FROM core_provider_inbox WHERE school_id = :school AND state = 'received' AND received_at < "
    ":before "
    "ORDER BY received_at LIMIT 500"
)


def sweep(ctx: Context) -> int:
    """Ask again for messages that wait for longer than two minutes, should their job have been lost."""
    before = ctx.now() - timedelta(minutes=2)
    stuck = ctx.session.scalars(_STUCK, {"school": ctx.school_id, "before": before}).all()
    for inbox_id in stuck:
        enqueue(ctx, PROCESS, {"inbox": str(inbox_id)}, key=str(inbox_id))
    return len(stuck)
