"""The inbox of an account at its school: the channel that is always there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update

from core.data.context import Context
from core.types.errors import NotFound
from core.types.message import Message

from .models import Notification

KEPT = 500
"""Unread messages that are counted; more is "many"."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as its reader sees it."""

    id: UUID
    title: Message
    text: Message
    url: str
    created_at: datetime
    read: bool


def entries(ctx: Context, *, before: UUID | None = None, limit: int = 50) -> list[Entry]:
    """Messages to the actor of the context, newest first.

    Args:
        before: the last one of the page before.
    """
    columns = (
        Notification.id, Notification.title, Notification.text, Notification.url, Notification.created_at,
        Notification.read_at,
    )  # fmt: skip
    query = select(*columns).where(*_mine(ctx)).order_by(Notification.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Notification.id < before)
    return [_entry(*row) for row in ctx.session.execute(query)]


def unread(ctx: Context) -> int:
    """How many messages wait, at most `KEPT`."""
    waiting = select(Notification.id).where(*_mine(ctx), Notification.read_at.is_(None)).limit(KEPT)
    return ctx.session.execute(select(func.count()).select_from(waiting.subquery())).scalar_one()


def read(ctx: Context, message_id: UUID) -> Entry:
    """Open a message: it counts as read from now on. Raises `NotFound` for one of somebody else."""
    mine = (*_mine(ctx), Notification.id == message_id)
    ctx.session.execute(update(Notification).where(*mine, Notification.read_at.is_(None)).values(read_at=ctx.now()))
    columns = Notification.id, Notification.title, Notification.text, Notification.url, Notification.created_at
    row = ctx.session.execute(select(*columns).where(*mine)).one_or_none()
    if row is None:
        raise NotFound
    return _entry(row.id, row.title, row.text, row.url, row.created_at, ctx.now())


def read_all(ctx: Context) -> None:
    """Count everything as read."""
    waiting = (*_mine(ctx), Notification.read_at.is_(None))
    ctx.session.execute(update(Notification).where(*waiting).values(read_at=ctx.now()))


def _mine(ctx: Context) -> tuple[ColumnElement[bool], ...]:
    whose = [Notification.account_id == ctx.actor.account_id]
    if ctx.actor.person_id is not None:
        whose.append(Notification.person_id == ctx.actor.person_id)
    return Notification.school_id == ctx.school_id, or_(*whose)


def _entry(
    id: UUID, title: dict[str, Any], body: dict[str, Any], url: str, created_at: datetime, read_at: datetime | None
) -> Entry:
    return Entry(id, Message.from_json(title), Message.from_json(body), url, created_at, read_at is not None)
