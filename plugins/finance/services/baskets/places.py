"""Where a link leads: one school, or each school at which a guardian's children are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk.errors import NotFound
from core.sdk.identity import places_of
from core.sdk.links import LinkExpired, named_by, read_link
from core.sdk.people import Person
from plugins.finance.models import Share
from plugins.finance.services import signed

Door = Literal["family", "for"]
"""`family`: all children; `for`: what somebody else was asked to pay."""
FAMILY = "finance.family"
"""Names a child; opens the children with the same guardians at its school."""
GUARDIAN = "finance.guardian"
"""Names a guardian, who has made it; opens their children at every school of their account."""
SHARE = "finance.share"


@dataclass(frozen=True, slots=True)
class Place:
    """One school of a link, and who or what it names there: exactly one of the three."""

    school_id: UUID
    child: UUID | None = None
    guardian: UUID | None = None
    share: UUID | None = None


def find(everywhere: Context, door: Door, token: str) -> list[Place]:
    """The schools that a link opens, in a context over all schools; the one that made it first.

    Raises:
        NotFound: it was not made here for this door, or was changed.
        LinkExpired: its time is over, or it was ended.
    """
    return [_share(everywhere, token)] if door == "for" else _family(everywhere, token)


def _family(everywhere: Context, token: str) -> list[Place]:
    named = named_by(token)
    school = everywhere.session.scalar(select(Person.school_id).where(Person.id == named))
    if school is None:
        raise NotFound()
    try:
        signed.read(everywhere, FAMILY, named, token)
    except NotFound:
        signed.read(everywhere, GUARDIAN, named, token)
    else:
        return [Place(school, child=named)]
    there = places_of(everywhere, named) or [(school, named)]
    return [Place(school_id, guardian=person) for school_id, person in there]


def _share(everywhere: Context, token: str) -> Place:
    share_id = read_link(SHARE, token, everywhere.now())
    row = everywhere.session.execute(
        select(Share.school_id, Share.stopped_at).where(Share.id == share_id)
    ).one_or_none()
    if row is None:
        raise NotFound()
    if row.stopped_at is not None:
        raise LinkExpired(share_id)
    return Place(row.school_id, share=share_id)
