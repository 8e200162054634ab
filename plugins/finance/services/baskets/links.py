"""Making links for a family, and ending all that were made."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Text, cast, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from core.sdk import Context, access
from core.sdk.errors import Forbidden, NotFound
from core.sdk.people import Person, Relation
from plugins.finance.models import Bill, Share
from plugins.finance.services import signed
from plugins.finance.services._trail import note

from .places import FAMILY, GUARDIAN


def family_link(ctx: Context, child_id: UUID) -> str:
    """A fresh token for the bills of a child and of its brothers and sisters with the same guardians.

    Raises:
        NotFound: no such pupil, or not one whose bills this reader may see.
    """
    _require_here(ctx, child_id)
    return signed.make(ctx, FAMILY, child_id, child_id)


def guardian_link(ctx: Context) -> str:
    """A fresh token for all children of the signed-in guardian, at every school of their account.

    Raises:
        Forbidden: nobody is signed in, or the account is no person here.
    """
    ctx.require("finance.bill.read.own")
    if ctx.actor.person_id is None:
        raise Forbidden("finance.bill.read.own")
    return signed.make(ctx, GUARDIAN, ctx.actor.person_id, ctx.actor.person_id)


def _require_here(ctx: Context, child_id: UUID) -> None:
    """Let pass for a person of this school whose bills the reader may see: an id of another school opens nothing."""
    here = select(Person.id).where(Person.school_id == ctx.school_id, Person.id == child_id)
    if ctx.session.scalar(here) is None:
        raise NotFound()
    access.require_for(ctx, "finance.bill.read", child_id)


def household(ctx: Context, child_id: UUID) -> list[UUID]:
    """The child and the children of exactly the same guardians.

    Half brothers and sisters are left out: a link of one family must not tell another parent of a child that is not
    theirs. A guardian without access (a court's or the family's decision) does not count.
    """
    may = Relation.school_id == ctx.school_id, Relation.may_access
    mine = select(Relation.person_id).where(*may, Relation.related_id == child_id)
    near = select(Relation.related_id).where(*may, Relation.person_id.in_(mine))
    query = (
        select(Relation.related_id, func.array_agg(Relation.person_id.distinct()))
        .where(*may, Relation.related_id.in_(near))
        .group_by(Relation.related_id)
    )
    guardians = {child: frozenset(people) for child, people in ctx.session.execute(query)}
    own = guardians.get(child_id, frozenset[UUID]())
    return [child_id, *(child for child, people in guardians.items() if people == own and child != child_id)]


def end_links(ctx: Context, child_id: UUID) -> None:
    """End every link that was made so far for the bills of this child's family, also those for other payers.

    Needs `finance.bill.read` for the child: whoever can make a fresh link can end the old ones.

    Raises:
        NotFound: no such pupil, or not one that this reader may see.
    """
    _require_here(ctx, child_id)
    children = household(ctx, child_id)
    guardians = select(Relation.person_id).where(
        Relation.school_id == ctx.school_id, Relation.related_id.in_(children), Relation.may_access
    )
    signed.end(ctx, {*children, *ctx.session.scalars(guardians)})
    bills = [str(bill) for bill in ctx.session.scalars(select(Bill.id).where(Bill.person_id.in_(children)))]
    named = Share.bills.op("?|")(cast(bills, ARRAY(Text)))
    mine = Share.school_id == ctx.school_id, Share.stopped_at.is_(None), named
    ended = update(Share).where(*mine).values(stopped_at=ctx.now()).returning(Share.id)
    for share_id in ctx.session.scalars(ended).all():
        note(ctx, "finance.share.ended", ("finance_share", share_id))
