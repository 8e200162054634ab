"""Addresses of a school that are told of events: make, change, rotate the secret, stop, delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import func, select

from core import audit
from core.data.context import Context
from core.data.types import new_id
from core.settings import keys
from core.types.errors import Invalid, NotFound
from core.types.message import Message, _

from . import bound, guard, signing
from .models import WebhookEndpoint
from .signing import Scheme

MANAGE = "core.webhooks.manage"
OVERLAP = timedelta(hours=24)
"""How long messages carry the signature of the old secret too after a rotation."""
MOST = 20
"""Addresses of one school."""
Stopped = Literal["", "by_hand", "failing", "gone"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address as people see it; its secret is never shown again."""

    id: UUID
    url: str
    label: str
    events: tuple[str, ...]
    scheme: Scheme
    public_key: str
    """For `v1a`: what receivers check with, which is no secret."""
    old_until: datetime | None
    stopped: Stopped
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class Made:
    """A new secret, shown once."""

    id: UUID
    key: str

    def __repr__(self) -> str:
        return f"Made({self.id})"


def endpoints(ctx: Context) -> list[Endpoint]:
    """All addresses of the school, the oldest first. Needs `core.webhooks.manage`."""
    ctx.require(MANAGE)
    rows = ctx.session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.id))
    return [_shown(row) for row in rows]


def endpoint(ctx: Context, id: UUID) -> Endpoint:
    """One address. Raises `NotFound`."""
    ctx.require(MANAGE)
    return _shown(row_of(ctx, id))


def make(ctx: Context, url: str, events: Sequence[str], *, label: str = "", scheme: Scheme = "v1") -> Made:
    """Add an address.

    Args:
        events: names of declared events; each must be one that may leave the program.

    Returns:
        its id and the key for its receiver, which is not shown again.

    Raises:
        Invalid: for an address that is not public, an unknown event, or too many addresses.
    """
    ctx.require(MANAGE)
    _check(url, events, scheme)
    count = len(list(ctx.session.scalars(select(WebhookEndpoint.id))))
    if count >= MOST:
        raise Invalid(_("A school can have at most %(most)s addresses.", most=MOST))
    id, secret = new_id(), signing.make_secret(scheme)
    row = WebhookEndpoint(
        id=id,
        school_id=ctx.school_id,
        url=url,
        label=label.strip()[:100],
        events=sorted(set(events)),
        scheme=scheme,
        secret=keys().seal(secret, place(id)),
        old_secret=None,
        old_until=None,
        stopped="",
        failing_since=None,
    )
    ctx.session.add(row)
    ctx.session.flush()
    audit.record(ctx, "core.webhooks.made", target=("webhook", id), detail={"events": len(row.events)})
    return Made(id, signing.shown_key(secret))


def change(ctx: Context, id: UUID, url: str, events: Sequence[str], *, label: str = "") -> None:
    """Change where and what. Raises as `make`."""
    ctx.require(MANAGE)
    row = row_of(ctx, id)
    _check(url, events, row.scheme)
    row.url, row.events, row.label = url, sorted(set(events)), label.strip()[:100]
    ctx.session.flush()
    audit.record(ctx, "core.webhooks.changed", target=("webhook", id), detail={"events": len(row.events)})


def rotate(ctx: Context, id: UUID) -> Made:
    """Make a new secret. For `OVERLAP` messages carry both signatures, so the receiver can change over in peace."""
    ctx.require(MANAGE)
    row = row_of(ctx, id)
    secret = signing.make_secret(cast("Scheme", row.scheme))
    row.old_secret, row.old_until = row.secret, ctx.now() + OVERLAP
    row.secret = keys().seal(secret, place(id))
    ctx.session.flush()
    audit.record(ctx, "core.webhooks.rotated", target=("webhook", id))
    return Made(id, signing.shown_key(secret))


def stop(ctx: Context, id: UUID) -> None:
    """Send nothing there for now; what happens meanwhile is not kept for it."""
    ctx.require(MANAGE)
    set_stopped(ctx, row_of(ctx, id), "by_hand")


def start(ctx: Context, id: UUID) -> None:
    """Send there again."""
    ctx.require(MANAGE)
    row = row_of(ctx, id)
    row.stopped, row.failing_since = "", None
    ctx.session.flush()
    audit.record(ctx, "core.webhooks.started", target=("webhook", id))


def delete(ctx: Context, id: UUID) -> None:
    """Forget an address with its messages and log."""
    ctx.require(MANAGE)
    ctx.session.delete(row_of(ctx, id))
    ctx.session.flush()
    audit.record(ctx, "core.webhooks.deleted", target=("webhook", id))


def set_stopped(ctx: Context, row: WebhookEndpoint, why: Stopped) -> None:
    """Stop an address and record why; people see it on the start page and the page of addresses."""
    if row.stopped != why:
        row.stopped = why
        ctx.session.flush()
        audit.record(ctx, "core.webhooks.stopped", target=("webhook", row.id), detail={"why": why})


def row_of(ctx: Context, id: UUID, *, lock: bool = False) -> WebhookEndpoint:
    """The row of an address of this school. Raises `NotFound`."""
    query = select(WebhookEndpoint).where(WebhookEndpoint.id == id)
    row = ctx.session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound
    return row


def secrets_of(row: WebhookEndpoint, now: datetime) -> list[str]:
    """The secrets to sign with, the newest first."""
    sealed = [row.secret]
    if row.old_secret and row.old_until and now < row.old_until:
        sealed.append(row.old_secret)
    return [keys().unseal(text, place(row.id)) for text in sealed]


def place(id: UUID) -> str:
    """The place that secrets of an address are sealed for."""
    return f"webhook:{id}"


def _check(url: str, events: Sequence[str], scheme: str) -> None:
    faults: dict[str, Message] = {}
    if wrong := guard.problem(url, loopback=bound.loopback()):
        faults["url"] = wrong
    if not events or any(name not in bound.event_types() for name in events):
        faults["events"] = _("Choose at least one of the events.")
    if scheme not in ("v1", "v1a"):
        faults["scheme"] = _("Choose one of the values.")
    if faults:
        raise Invalid(_("Please check the marked fields."), fields=faults)


def _shown(row: WebhookEndpoint) -> Endpoint:
    scheme = cast("Scheme", row.scheme)
    public = signing.shown_key(keys().unseal(row.secret, place(row.id))) if scheme == "v1a" else ""
    return Endpoint(
        id=row.id,
        url=row.url,
        label=row.label,
        events=tuple(row.events),
        scheme=scheme,
        public_key=public,
        old_until=row.old_until,
        stopped=cast("Stopped", row.stopped),
        failing_since=row.failing_since,
    )


def troubled(ctx: Context) -> int:
    """How many addresses were stopped by failures, for the start page. Needs `core.webhooks.manage`."""
    ctx.require(MANAGE)
    wanted = WebhookEndpoint.stopped.in_(("failing", "gone"))
    return ctx.session.scalar(select(func.count()).select_from(WebhookEndpoint).where(wanted)) or 0
