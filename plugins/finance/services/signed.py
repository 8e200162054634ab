"""Signed links that can be ended: each names how often the links of its person had been ended when it was made."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, settings
from core.sdk.errors import NotFound
from core.sdk.links import LinkExpired, make_link, read_link
from plugins.finance.models import LinkStop
from plugins.finance.settings import LINK_DAYS

from ._trail import note


def expiry(ctx: Context) -> datetime:
    """When a link that is made now is over: the days that the school has set."""
    return ctx.now() + timedelta(days=int(settings.get(ctx, LINK_DAYS)))


def make(ctx: Context, kind: str, target: UUID, person_id: UUID) -> str:
    """A token of the kind for a record of the person. The caller has asked for the right."""
    return make_link(_kind(kind, _stops(ctx, person_id)), target, expiry(ctx))


def read(ctx: Context, kind: str, person_id: UUID, token: str) -> UUID:
    """The target of a token, where the person's links have not been ended since.

    Raises:
        NotFound: it was not made here for this kind, or was changed.
        LinkExpired: its time is over, or somebody has ended it.
    """
    stops = _stops(ctx, person_id)
    for number in range(stops, -1, -1):
        try:
            target = read_link(_kind(kind, number), token, ctx.now())
        except NotFound:
            continue
        if number < stops:
            raise LinkExpired(target)
        return target
    raise NotFound()


def _kind(kind: str, stops: int) -> str:
    return f"{kind}:{stops}" if stops else kind


def _stops(ctx: Context, person_id: UUID) -> int:
    return ctx.session.scalar(select(LinkStop.stops).where(LinkStop.person_id == person_id)) or 0


def end(ctx: Context, people: Collection[UUID]) -> None:
    """End every link that was made for these persons so far. The caller has asked for the right."""
    now, who = ctx.now(), ctx.actor.name
    for person in sorted(people):
        row = {"person_id": person, "school_id": ctx.school_id, "stops": 1, "stopped_at": now, "stopped_by": who}
        again = {"stops": LinkStop.stops + 1, "stopped_at": now, "stopped_by": who}
        ctx.session.execute(
            insert(LinkStop).values(row).on_conflict_do_update(index_elements=[LinkStop.person_id], set_=again)
        )
        note(ctx, "finance.links.ended", ("person", person))
